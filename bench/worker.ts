// The process of a way: warms up, says so, delivers one batch when told to, and sends what it cost.
import { once } from 'node:events';
import type { Way, WayOrder, WorkerMessage, WorkerOrder } from './run-way.ts';

const WAYS: Readonly<Record<WorkerOrder['way'], () => Promise<Way>>> = {
  seed: async () => (await import('./variants/seed-way.ts')).seedWay,
  ours: async () => (await import('./variants/our-way.ts')).ourWay,
  floor: async () => (await import('./variants/floor.ts')).floor,
};

const settings = JSON.parse(process.argv[2] ?? '') as WorkerOrder;
const way = await WAYS[settings.way]();
const order: WayOrder = {
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

for (let warmUp = 0; warmUp < settings.warmUps; warmUp += 1) await way(order);
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
await way(order);
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
