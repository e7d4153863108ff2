// The process of a variant: warms up, reports it, delivers one batch when told to, and sends its measurement.
import { once } from 'node:events';
import type { Variant, VariantOrder, WorkerMessage, WorkerOrder } from './run-variant.ts';

const VARIANTS: Readonly<Record<WorkerOrder['variant'], () => Promise<Variant>>> = {
  'sdk-loop': async () => (await import('./variants/sdk-loop.ts')).sdkLoop,
  'fan-out': async () => (await import('./variants/fan-out.ts')).fanOut,
  'raw-tls': async () => (await import('./variants/raw-tls.ts')).rawTls,
};

const settings = JSON.parse(process.argv[2] ?? '') as WorkerOrder;
const variant = await VARIANTS[settings.variant]();
const order: VariantOrder = {
  connections: settings.connections,
  messages: Array.from({ length: settings.messages }, (_, index) => `${index} `.padEnd(settings.messageBytes, 'x')),
  postsPerSecond: settings.postsPerSecond,
};
const send = (message: WorkerMessage): Promise<void> =>
  new Promise((resolve, reject) =>
    process.send?.(message, (error: Error | null) => (error ? reject(error) : resolve())),
  );
const heapAfterCollection = (): number => {
  if (globalThis.gc === undefined) throw new Error('Expected node --expose-gc');
  globalThis.gc();
  return process.memoryUsage().heapUsed;
};
const epochMs = (): number => performance.timeOrigin + performance.now();

for (let warmUp = 0; warmUp < settings.warmUps; warmUp += 1) await variant(order);
await send({ type: 'warm' });
await once(process, 'message');

let heapBytes = 0;
if (settings.heapAfterMs !== undefined) {
  setTimeout(() => {
    heapBytes = heapAfterCollection();
  }, settings.heapAfterMs);
}
const startedAt = epochMs();
const cpuBefore = process.cpuUsage();
await variant(order);
const { user, system } = process.cpuUsage(cpuBefore);
const endedAt = epochMs();
await send({
  type: 'measured',
  startedAt,
  endedAt,
  cpuMs: (user + system) / 1_000,
  heapBytes: Math.max(heapBytes, heapAfterCollection()),
  peakBytes: process.resourceUsage().maxRSS * 1_024,
});
process.exit(); // sockets are still open
