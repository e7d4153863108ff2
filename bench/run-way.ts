import { fork } from 'node:child_process';
import { once } from 'node:events';
import { FAN_OUT_NODE_OPTIONS } from '../schemas/environment.ts';
import { nextMessage } from './next-message.ts';
import type { Stub } from './stub/start-stub.ts';
import type { StubCounts, StubSettings } from './stub/stub-messages.ts';
import type { WorkerMessage, WorkerOrder, WorkerResult } from './worker-messages.ts';

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
 * @throws {Error} where the process ends before it has measured.
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
