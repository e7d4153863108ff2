import { parentPort, workerData } from 'node:worker_threads';
import { SdkConnectionPoster } from './sdk-connection-poster.ts';

interface Order {
  environment: Record<string, string>;
  connectionId: string;
  timeoutMs: number;
}

const { environment, connectionId, timeoutMs } = workerData as Order;
// In jest, Node's errors belong to another realm, and the SDK loses their code. So the SDK runs outside of jest.
Object.assign(process.env, environment);
parentPort?.postMessage(await new SdkConnectionPoster().post(connectionId, 'text', { timeoutMs }));
