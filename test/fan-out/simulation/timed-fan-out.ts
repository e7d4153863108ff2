import { type FanOutResult, fanOutBatch } from '../../../fan-out/fan-out-batch.ts';
import type { FanOutProblem } from '../../../fan-out/records/fan-out-problem.ts';
import type { Broadcast } from '../../../schemas/broadcast-record.ts';
import type { ConnectionRow } from '../../../schemas/connections/connection-row.ts';
import { FakeBroadcastQueue, FakeConnectionTable } from '../../../testing/fake-services.ts';
import { aBroadcast } from '../../support/a-broadcast.ts';
import { TimedPoster, type TimedPosterOptions } from './timed-poster.ts';
import { VirtualTime } from './virtual-time.ts';

export interface TimedFanOutOptions extends TimedPosterOptions {
  broadcasts?: readonly Partial<Broadcast>[];
  rows?: readonly ConnectionRow[];
  pageSize?: number;
  connections?: FakeConnectionTable;
  queue?: FakeBroadcastQueue;
  /** How often each message is in the batch. Default 1. */
  handedOut?: number;
  postsPerSecond?: number;
  targetMs?: number;
  /** How long a page of the scan takes. Default 0. */
  scanMs?: number;
  /** How much time the function has. Default 30,000. */
  leftMs?: number;
}

export interface TimedFanOut extends FanOutResult {
  poster: TimedPoster;
  connections: FakeConnectionTable;
  queue: FakeBroadcastQueue;
  tookMs: number;
  /** The problems that the fan-out reported. */
  problems: readonly FanOutProblem[];
  /** When each page was asked for, in milliseconds from the start. */
  scansAt: readonly number[];
}

const NOW = 1_795_219_010_000;

/** Rows of connections that connected long ago: c000000, c000001, … */
export const someRows = (count: number): ConnectionRow[] =>
  Array.from({ length: count }, (_, index) => ({
    connectionId: `c${String(index).padStart(6, '0')}`,
    connectedAt: NOW / 1_000 - 600,
    ttl: NOW / 1_000 + 6_900,
  }));

/** Runs one invocation of 30 seconds in virtual time. Default: broadcasts b1, b2, … with the data d1, d2, … */
export const timedFanOut = async (options: TimedFanOutOptions = {}): Promise<TimedFanOut> => {
  const {
    broadcasts = [{}],
    rows = [],
    pageSize = 1_000,
    handedOut = 1,
    postsPerSecond = 4_000,
    targetMs = 5_000,
    scanMs = 0,
    leftMs = 30_000,
  } = options;
  const time = new VirtualTime(NOW, 1);
  const poster = new TimedPoster(time, options);
  const { connections = new FakeConnectionTable({ rows, pageSize }), queue = new FakeBroadcastQueue() } = options;
  const problems: FanOutProblem[] = [];
  const scansAt: number[] = [];
  const scanPage: FakeConnectionTable['scanPage'] = async (cursor) => {
    scansAt.push(time.now() - NOW);
    if (scanMs > 0) await time.sleep(scanMs);
    return connections.scanPage(cursor);
  };
  const table = { ...methodsOf(connections), scanPage };
  const messages = broadcasts.map((overrides, index) => ({
    messageId: `m${index + 1}`,
    receiveCount: 1,
    broadcast: aBroadcast({ id: `b${index + 1}`, data: `d${index + 1}`, sentAt: NOW + index, ...overrides }),
  }));
  const received = Array.from({ length: handedOut }, () => messages).flat();
  const onProblem = (problem: FanOutProblem): void => {
    if (problem.kind === 'unbalanced') throw new Error(JSON.stringify(problem.account));
    problems.push(problem);
  };
  let ended: (FanOutResult & { at: number }) | undefined;
  const running = fanOutBatch(
    received,
    { connections: table, queue, poster },
    { postsPerSecond, targetMs, endsAt: NOW + leftMs, timekeeper: time, onProblem },
  ).then((result) => {
    ended = { ...result, at: time.now() };
  });
  await time.run(NOW + 30_000);
  if (!ended) throw new Error('The fan-out has not ended within 30 seconds');
  await running;
  const { at, ...result } = ended;
  return { ...result, poster, connections, queue, tookMs: at - NOW, problems, scansAt };
};

const methodsOf = (table: FakeConnectionTable) => ({
  put: table.put.bind(table),
  delete: table.delete.bind(table),
  deleteMany: (connectionIds: readonly string[]) => table.deleteMany(connectionIds),
});
