import { fork } from 'node:child_process';
import { once } from 'node:events';
import { FAN_OUT_NODE_OPTIONS } from '../schemas/environment.ts';
import { nextMessage } from './next-message.ts';
import type { Stub } from './stub/start-stub.ts';
import type { StubCounts, StubSettings } from './stub/stub-messages.ts';

/** A way to deliver a batch, ready to be called again and again as a warm Lambda is. */
export type Way = (order: WayOrder) => Promise<void>;

export interface WayOrder {
  /** Connections in the table. Only the floor, which has no table, needs to be told. */
  connections: number;
  /** One message a record; all of them are one batch. */
  messages: readonly string[];
  postsPerSecond: number;
}

/** What the process of a way (`worker.ts`) is to measure. */
export interface WorkerOrder {
  way: 'seed' | 'ours' | 'floor';
  connections: number;
  messages: number;
  messageBytes: number;
  postsPerSecond: number;
  /** Batches delivered before the one that is measured, as a warm Lambda has. */
  warmUps: number;
  /** When in the middle of the measured batch the heap is looked at, in milliseconds after its start. */
  heapAfterMs?: number;
}

interface WorkerResult {
  /** Epoch milliseconds. */
  startedAt: number;
  endedAt: number;
  /** User and system, of the whole process during the batch, in milliseconds. */
  cpuMs: number;
  /** After a forced collection, the larger of the middle (if asked for) and the end, in bytes. */
  heapBytes: number;
  /** Largest resident set of the process so far, in bytes. */
  peakBytes: number;
}

/** What the process of a way sends: that it is warm, then what it measured. */
export type WorkerMessage = { type: 'warm' } | ({ type: 'measured' } & WorkerResult);

export interface WayRun extends WorkerResult {
  counts: StubCounts;
  /** From the start of the batch, in milliseconds, as the stub saw it. */
  firstDeliveryMs: number;
  lastDeliveryMs: number;
}

/**
 * Runs a way once against the stub, in a new process of its own, and counts at the stub what it did.
 *
 * @param workerFile Bundled as a Lambda is.
 * @throws {Error} If the process ends before it has measured.
 */
export const runWay = async (
  workerFile: string,
  stub: Stub,
  settings: StubSettings,
  order: WorkerOrder,
): Promise<WayRun> => {
  await stub.reset(settings);
  const child = fork(workerFile, [JSON.stringify(order)], {
    env: { PATH: process.env.PATH ?? '', ...stub.environment },
    execArgv: ['--expose-gc', ...(order.way === 'ours' ? FAN_OUT_NODE_OPTIONS : [])],
    stdio: 'inherit',
  });
  const ended = once(child, 'exit');
  const next = (): Promise<WorkerMessage> => nextMessage(child, `The ${order.way} way`);
  await next();
  await stub.reset(settings);
  const measured = next();
  child.send('go');
  const message = await measured;
  if (message.type !== 'measured') throw new Error(`Expected a measurement, got ${message.type}`);
  const counts = await stub.counts();
  await ended;
  const { type, ...result } = message;
  return {
    ...result,
    counts,
    firstDeliveryMs: counts.firstDeliveredAt - result.startedAt,
    lastDeliveryMs: counts.lastDeliveredAt - result.startedAt,
  };
};
