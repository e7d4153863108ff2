import { Receivers } from '../gateway/receivers.ts';
import { sendPosts, signedPosts } from '../gateway/signed-posts.ts';
import { type ServerProcess, startProcess } from '../gateway/start-process.ts';
import type { CaseReport } from '../report.ts';
import type { BenchOptions } from '../run-bench.ts';
import { timed } from '../timing.ts';

const CONNECTIONS = 1_000;
const IDLE_CONNECTIONS = 2_000;
const MESSAGE = 'a'.repeat(1_024);
const ROUNDS = 100;
const WARM_UP_ROUNDS = 5;
const POSTS_IN_FLIGHT = 64;

/** Compares the local gateway with plain `ws`. It takes ten seconds, so it ignores `quick`. */
export const gateway = async ({ onProgress }: Pick<BenchOptions, 'onProgress'>): Promise<CaseReport[]> => {
  onProgress('the gateway');
  const posts = await withServer('./gateway-process.ts', '/production', measurePosts);
  onProgress('ws alone');
  const broadcast = await withServer('./broadcast-process.ts', '', measureBroadcast);
  onProgress('idle connections');
  const idle = await withServer('./gateway-process.ts', '/production', measureIdle);
  return [
    {
      title: 'The local gateway, and ws alone for comparison',
      columns: ['', 'measured'],
      rows: [...posts, ...broadcast, ...idle],
      figures: [],
    },
  ];
};

type Row = [name: string, measured: string];

/** Starts a server, measures it with connections to it, then closes both. */
const withServer = async (
  file: string,
  path: string,
  measure: (server: ServerProcess, receivers: Receivers) => Promise<Row[]>,
): Promise<Row[]> => {
  const server = await startProcess(file);
  const receivers = new Receivers(`ws://127.0.0.1:${server.port}${path}`);
  try {
    return await measure(server, receivers);
  } finally {
    receivers.close();
    server.stop();
  }
};

const measurePosts = async (server: ServerProcess, receivers: Receivers): Promise<Row[]> => {
  const openingMs = await timed(() => receivers.open(CONNECTIONS));
  const { connectionIds } = await server.usage();
  const posts = signedPosts(server.port, connectionIds, MESSAGE);
  const warmUps = WARM_UP_ROUNDS * CONNECTIONS; // warms up both processes
  await sendPosts(server.port, posts, warmUps, POSTS_IN_FLIGHT);
  await receivers.until(warmUps);
  const before = await server.usage();
  const count = ROUNDS * CONNECTIONS;
  const postingMs = await timed(async () => {
    await sendPosts(server.port, posts, count, POSTS_IN_FLIGHT);
    await receivers.until(warmUps + count);
  });
  const after = await server.usage();
  const cpuMs = after.cpuMs - before.cpuMs;
  const microseconds = ((cpuMs / count) * 1_000).toFixed(1);
  return [
    [`${CONNECTIONS} connections through $connect, opened and held`, `${(openingMs / 1_000).toFixed(2)} s`],
    [`signed posts of ${MESSAGE.length} bytes in, frames out`, `${perSecond(count, postingMs)} a second`],
    ['the same by CPU time', `${perSecond(count, cpuMs)} a CPU-second of the gateway (${microseconds} µs a post)`],
    ['memory', `${before.residentMb.toFixed(0)} MB before the posts, ${after.residentMb.toFixed(0)} MB after`],
  ];
};

const measureBroadcast = async (server: ServerProcess, receivers: Receivers): Promise<Row[]> => {
  await receivers.open(CONNECTIONS + 1);
  const [sender] = receivers.webSockets;
  const before = await server.usage();
  const broadcastingMs = await timed(async () => {
    for (let round = 1; round <= ROUNDS; round += 1) {
      sender?.send(MESSAGE);
      await receivers.until(round * CONNECTIONS);
    }
  });
  const cpuMs = (await server.usage()).cpuMs - before.cpuMs;
  const count = ROUNDS * CONNECTIONS;
  return [
    ['a plain ws broadcast of the same', `${perSecond(count, broadcastingMs)} frames a second`],
    ['the same by CPU time', `${perSecond(count, cpuMs)} a CPU-second of the server`],
  ];
};

const measureIdle = async (server: ServerProcess, receivers: Receivers): Promise<Row[]> => {
  const { residentMb: empty } = await server.usage();
  await receivers.open(IDLE_CONNECTIONS);
  const { residentMb } = await server.usage();
  return [[`${IDLE_CONNECTIONS} idle connections`, `${residentMb.toFixed(0)} MB (${empty.toFixed(0)} MB without any)`]];
};

const perSecond = (count: number, ms: number): string => Math.round((count / ms) * 1_000).toLocaleString('en');
