import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { createFaultPicker } from '../faults/fault-picker.ts';
import { moveDate } from '../runtime/move-date.ts';
import { connectThread } from '../runtime/thread-calls.ts';
import { createDecisions } from './create-decisions.ts';
import { callService } from './dynamodb/call-service.ts';
import { createDynamoDbEngine } from './dynamodb/dynamodb-engine.ts';
import type { EngineData, MainMethods } from './engine-protocol.ts';
import { serveEngine } from './serve-engine.ts';
import { createSqsEngine } from './sqs/sqs-engine.ts';

const { service, host, clockOffset, faults, seed }: EngineData = workerData;
moveDate(clockOffset);
// A small Buffer keeps its whole pool of 64 KB in memory. Without a pool, a stored row keeps only its own bytes.
Buffer.poolSize = 0;

let url = '';
const faultPicker = createFaultPicker(faults, seed);
const { engine, methods } =
  service === 'sqs'
    ? createSqsEngine(faultPicker)
    : createDynamoDbEngine(faultPicker, (operation, body) => callService(url, `DynamoDB_20120810.${operation}`, body));

const listen = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, () => {
      const { port } = server.address() as AddressInfo;
      url = `http://${host}:${port}`;
      resolve(port);
    });
  });

const call = connectThread<MainMethods>(parentPort as MessagePort, {
  ...methods,
  forgetDecisions: () => decisions.forget(),
  listen: () => listen(serveEngine(engine, decisions.authorize, (line) => void call('log', line))),
});
const decisions = createDecisions((accessKeyId, permission) => call('authorize', accessKeyId, permission));
