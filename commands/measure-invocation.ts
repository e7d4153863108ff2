import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { startEngines } from '../packages/local/engines/start-engines.ts';
import { startEventSources } from '../packages/local/event-sources/start-event-sources.ts';
import { DEVELOPER_CREDENTIALS, FunctionKeyring } from '../packages/local/functions/function-keyring.ts';
import { startFunctions } from '../packages/local/functions/start-functions.ts';
import type { LambdaFunction, Queue } from '../packages/local/model/application.ts';

/**
 * `npm run measure:invocation`: what running a function here adds to what the function does, and how long a message waits
 * in a queue. Needs no stack: an empty function, a queue, an event source.
 */
const ROUNDS = 1_000;
const MESSAGES = 100;
const COLD_STARTS = 10;

const account = { region: 'us-east-1', accountId: '123456789012' };
const codePath = mkdtempSync(join(tmpdir(), 'measure-'));
writeFileSync(join(codePath, 'index.mjs'), 'export const handler = async (event) => event.Records?.length ?? null;');
const aFunction = (functionName: string): LambdaFunction => ({
  ...{ logicalId: functionName, functionName, codePath, handler: 'index.handler', runtime: 'nodejs24.x' },
  arn: `arn:aws:lambda:us-east-1:123456789012:function:${functionName}`,
  ...{
    environment: {},
    timeoutMs: 3_000,
    memoryMb: 128,
    recursiveLoop: 'Terminate',
    roleArn: 'arn:aws:iam::123456789012:role/r',
  },
});

const quantile = (values: readonly number[], q: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor(q * (values.length - 1))] as number;
const line = (name: string, values: readonly number[]): void => {
  const [median, p99, least] = [0.5, 0.99, 0].map((q) => quantile(values, q).toFixed(2).padStart(8));
  console.log(`${name.padEnd(52)} median ${median} ms   p99 ${p99} ms   min ${least} ms`);
};
const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
};
const megabytes = (): string => (process.memoryUsage.rss() / 1_000_000).toFixed(0);

const before = megabytes();
const startedAt = performance.now();
const engines = await startEngines();
const keyring = new FunctionKeyring();
const queue: Queue = {
  ...{ logicalId: 'Jobs', queueName: 'jobs', arn: 'arn:aws:sqs:us-east-1:123456789012:jobs', attributes: {} },
  url: `${engines.sqsUrl}/123456789012/jobs`,
};
const authority = { decide: () => ({ allowed: true as const }) };
await engines.deploy({ ...account, tables: [], queues: [queue], keyring, authority });
console.log(
  `engines started in ${(performance.now() - startedAt).toFixed(0)} ms; memory of the process ${before} MB before, ${megabytes()} MB after`,
);

let invoked = (): void => {};
const names = Array.from({ length: COLD_STARTS }, (_, index) => `cold-${index}`);
const functions = startFunctions({
  functions: ['warm', 'consumer', ...names].map(aFunction),
  keyring,
  log: (event) => {
    if (event.type === 'invocation' && event.functionName === 'consumer') invoked();
  },
});

const cold: number[] = [];
for (const name of names) cold.push(await timed(() => functions.invoke(name, {})));
line('cold start of an empty function, until it answered', cold);

const overheads: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  let insideMs = 0;
  const outsideMs = await timed(async () => {
    insideMs = (await functions.invoke('warm', { round })).durationMs;
  });
  if (round > 0) overheads.push(outsideMs - insideMs);
}
line('overhead of a warm invocation (around the handler)', overheads);

const eventSource = { logicalId: 'Mapping', queueArn: queue.arn, functionName: 'consumer', batchSize: 10 };
const consumer = aFunction('consumer');
const sources = startEventSources({
  eventSources: [{ ...eventSource, batchingWindowSeconds: 0, reportBatchItemFailures: true, enabled: true }],
  functions: () => [consumer],
  ...{ invoker: functions, queues: engines.queues, authority },
});
const client = new SQSClient({ region: 'us-east-1', endpoint: engines.sqsUrl, credentials: DEVELOPER_CREDENTIALS });
const waits: number[] = [];
for (let message = 0; message <= MESSAGES; message += 1) {
  const arrived = new Promise<void>((resolve) => {
    invoked = resolve;
  });
  const waitMs = await timed(async () => {
    await client.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: String(message) }));
    await arrived;
  });
  if (message > 0) waits.push(waitMs);
}
line('from sending a message (SDK) to the end of its function', waits);
console.log(`memory of the process with ${COLD_STARTS + 2} warm empty functions: ${megabytes()} MB`);

client.destroy();
await sources.stop();
await functions.stop();
await engines.stop();
