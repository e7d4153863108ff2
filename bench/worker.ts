// The process of a variant: warms up, reports it, delivers its batches when told to, and sends its measurement.
import { once } from 'node:events';
import type { Variant, VariantOrder, WorkerMessage, WorkerOrder } from './run-variant.ts';

const VARIANTS: Readonly<Record<WorkerOrder['variant'], () => Promise<Variant>>> = {
  'sdk-loop': async () => (await import('./variants/sdk-loop.ts')).sdkLoop,
  'fan-out': async () => (await import('./variants/fan-out.ts')).fanOut,
  'raw-tls': async () => (await import('./variants/raw-tls.ts')).rawTls,
  'channel-fan-out': async () => (await import('./variants/channel-fan-out.ts')).channelFanOut,
  'large-room': async () => (await import('./variants/large-room.ts')).largeRoom,
};

const settings = JSON.parse(process.argv[2] ?? '') as WorkerOrder;
const variant = await VARIANTS[settings.variant]();
const order: VariantOrder = {
  connections: settings.connections,
  messages: Array.from({ length: settings.messages }, (_, index) => `${index} `.padEnd(settings.messageBytes, 'x')),
  postsPerSecond: settings.postsPerSecond,
  channels: settings.channels ?? 1,
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
const samples = (settings.heapAtMs ?? []).map((atMs) =>
  setTimeout(() => {
    heapBytes = Math.max(heapBytes, heapAfterCollection());
  }, atMs),
);
let batchesLeft = settings.batches ?? 1;
const deliverBatches = async (): Promise<void> => {
  while (batchesLeft-- > 0) await variant(order);
};
const startedAt = epochMs();
const cpuBefore = process.cpuUsage();
await Promise.all(Array.from({ length: settings.parallel ?? 1 }, deliverBatches));
const { user, system } = process.cpuUsage(cpuBefore);
const endedAt = epochMs();
for (const sample of samples) clearTimeout(sample);
await send({
  type: 'measured',
  startedAt,
  endedAt,
  cpuMs: (user + system) / 1_000,
  heapBytes: Math.max(heapBytes, heapAfterCollection()),
  peakBytes: process.resourceUsage().maxRSS * 1_024,
});
process.exit(); // sockets are still open
