import { fork } from 'node:child_process';
import { once } from 'node:events';
import { FAN_OUT_NODE_OPTIONS } from '../schemas/environment.ts';
import { nextMessage } from './next-message.ts';
import type { Stub } from './stub/start-stub.ts';
import type { StubCounts, StubSettings } from './stub/stub-messages.ts';

/** One implementation of the delivery of a batch. It is called several times, like a warm Lambda. */
export type Variant = (order: VariantOrder) => Promise<void>;

export interface VariantOrder {
  /** Connections in the table. Only `raw-tls` reads this number, because it does not scan the table. */
  connections: number;
  /** One message for each record of the batch. */
  messages: readonly string[];
  /** How many channels the messages go to, in turn. Only the variants of channels read this number. */
  channels: number;
  postsPerSecond: number;
}

/** The task of the process of a variant (`worker.ts`). */
export interface WorkerOrder {
  variant: 'sdk-loop' | 'fan-out' | 'raw-tls' | 'channel-fan-out' | 'large-room';
  connections: number;
  messages: number;
  messageBytes: number;
  postsPerSecond: number;
  /** Batches that are delivered before the measured batch, to warm the process up. */
  warmUps: number;
  /** How many batches are measured together. Default 1. */
  batches?: number;
  /** How many of these batches run at the same time. Default 1. */
  parallel?: number;
  /** How many channels the messages go to, in turn. Default 1. */
  channels?: number;
  /** When the heap is measured during the batch, in milliseconds after its start. Default: only at its end. */
  heapAtMs?: readonly number[];
}

interface WorkerResult {
  /** Epoch milliseconds. */
  startedAt: number;
  endedAt: number;
  /** User and system, of the whole process during the batches, in milliseconds. */
  cpuMs: number;
  /** The largest heap of `heapAtMs` and the end, after a forced collection, in bytes. */
  heapBytes: number;
  /** Largest resident set of the process so far, in bytes. */
  peakBytes: number;
}

/** A message from the process of a variant: it is warm, then its measurement. */
export type WorkerMessage = { type: 'warm' } | ({ type: 'measured' } & WorkerResult);

/** The variants that are a function of the framework run with its options of Node. */
const FUNCTIONS: ReadonlySet<WorkerOrder['variant']> = new Set(['fan-out', 'channel-fan-out', 'large-room']);

export interface VariantRun extends WorkerResult {
  counts: StubCounts;
  /** Time from the start of the batch to the first delivery at the stub, in milliseconds. */
  firstDeliveryMs: number;
  /** Time from the start of the batch to the last delivery at the stub, in milliseconds. */
  lastDeliveryMs: number;
}

/**
 * Runs a variant once against the stub, in a new process, and reads the counts of the stub.
 *
 * @param workerFile The bundle of `bundleWorker`.
 * @throws {Error} if the process ends before it has measured.
 */
export const runVariant = async (
  workerFile: string,
  stub: Stub,
  settings: StubSettings,
  order: WorkerOrder,
): Promise<VariantRun> => {
  await stub.reset(settings);
  const child = fork(workerFile, [JSON.stringify(order)], {
    env: { PATH: process.env.PATH ?? '', ...stub.environment },
    execArgv: ['--expose-gc', ...(FUNCTIONS.has(order.variant) ? FAN_OUT_NODE_OPTIONS : [])],
    stdio: 'inherit',
  });
  const ended = once(child, 'exit');
  const next = (): Promise<WorkerMessage> => nextMessage(child, `The variant ${order.variant}`);
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
