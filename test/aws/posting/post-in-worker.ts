import { parentPort, workerData } from 'node:worker_threads';
import { SdkConnectionPoster } from './sdk-connection-poster.ts';

interface Order {
  environment: Record<string, string>;
  connectionId: string;
  timeoutMs: number;
}

const { environment, connectionId, timeoutMs } = workerData as Order;
// Under jest Node's own errors are of another realm, which the SDK wraps without their code: it has to run outside.
Object.assign(process.env, environment);
parentPort?.postMessage(await new SdkConnectionPoster().post(connectionId, 'text', { timeoutMs }));
