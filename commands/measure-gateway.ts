import { Receivers } from '../bench/gateway/receivers.ts';
import { sendPosts, signedPosts } from '../bench/gateway/signed-posts.ts';
import { startProcess } from '../bench/gateway/start-process.ts';

// `npm run measure:gateway`: what the local gateway can do, beside what `ws` alone can do, in one run on this machine.
const CONNECTIONS = 1_000;
const IDLE_CONNECTIONS = 2_000;
const MESSAGE = 'a'.repeat(1_024);
const ROUNDS = 100;
const POSTS_IN_FLIGHT = 64;

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`;
const perSecond = (count: number, ms: number): string => Math.round((count / ms) * 1_000).toLocaleString('en');

const timed = async (work: () => Promise<void>): Promise<number> => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};

const measureGateway = async (): Promise<void> => {
  const gateway = await startProcess('./gateway-process.ts');
  const receivers = new Receivers(`ws://127.0.0.1:${gateway.port}/production`);
  const opening = await timed(() => receivers.open(CONNECTIONS));
  print(`${CONNECTIONS} connections through $connect, opened and held: ${seconds(opening)}`);

  const { connectionIds } = await gateway.usage();
  const posts = signedPosts(gateway.port, connectionIds, MESSAGE);
  await sendPosts(gateway.port, posts, 5 * CONNECTIONS, POSTS_IN_FLIGHT); // warms both processes up
  await receivers.until(5 * CONNECTIONS);
  const before = await gateway.usage();
  const count = ROUNDS * CONNECTIONS;
  const posting = await timed(async () => {
    await sendPosts(gateway.port, posts, count, POSTS_IN_FLIGHT);
    await receivers.until(5 * CONNECTIONS + count);
  });
  const after = await gateway.usage();
  const cpuMs = after.cpuMs - before.cpuMs;
  print(`signed posts of ${MESSAGE.length} bytes in, frames out: ${perSecond(count, posting)} a second`);
  print(`  ${perSecond(count, cpuMs)} a CPU-second of the gateway (${((cpuMs / count) * 1_000).toFixed(0)} µs a post)`);
  print(`  memory: ${before.residentMb.toFixed(0)} MB before them, ${after.residentMb.toFixed(0)} MB after`);
  receivers.close();
  gateway.stop();
};

const measureBroadcast = async (): Promise<void> => {
  const server = await startProcess('./broadcast-process.ts');
  const receivers = new Receivers(`ws://127.0.0.1:${server.port}`);
  await receivers.open(CONNECTIONS + 1);
  const [sender] = receivers.webSockets;
  const before = await server.usage();
  const broadcasting = await timed(async () => {
    for (let round = 1; round <= ROUNDS; round++) {
      sender?.send(MESSAGE);
      await receivers.until(round * CONNECTIONS);
    }
  });
  const cpuMs = (await server.usage()).cpuMs - before.cpuMs;
  const count = ROUNDS * CONNECTIONS;
  print(`a plain ws broadcast of the same, for comparison: ${perSecond(count, broadcasting)} frames a second`);
  print(`  ${perSecond(count, cpuMs)} a CPU-second of the server`);
  receivers.close();
  server.stop();
};

const measureIdle = async (): Promise<void> => {
  const gateway = await startProcess('./gateway-process.ts');
  const { residentMb: empty } = await gateway.usage();
  const receivers = new Receivers(`ws://127.0.0.1:${gateway.port}/production`);
  await receivers.open(IDLE_CONNECTIONS);
  const { residentMb } = await gateway.usage();
  print(`${IDLE_CONNECTIONS} idle connections: ${residentMb.toFixed(0)} MB (${empty.toFixed(0)} MB without any)`);
  receivers.close();
  gateway.stop();
};

await measureGateway();
await measureBroadcast();
await measureIdle();
process.exit();
