import { parentPort, workerData } from 'node:worker_threads';
import { SdkConnectionPoster } from '../../aws/sdk-connection-poster.ts';

// Under jest Node's own errors are of another realm, which the SDK wraps without their code: it has to run outside.
const { environment, connectionId } = workerData as { environment: Record<string, string>; connectionId: string };
Object.assign(process.env, environment);
parentPort?.postMessage(await new SdkConnectionPoster().post(connectionId, 'text'));
