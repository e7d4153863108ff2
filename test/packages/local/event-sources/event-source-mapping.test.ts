import { afterEach, describe, expect, it } from '@jest/globals';
import type { ReceivedMessage } from '../../../../packages/local/engines/engine-protocol.ts';
import type { QueueAccess } from '../../../../packages/local/engines/start-engines.ts';
import { type EventSources, startEventSources } from '../../../../packages/local/event-sources/start-event-sources.ts';
import { nextTraceHeader } from '../../../../packages/local/event-sources/trace-lineage.ts';
import type { Authority, EventSource, LambdaFunction } from '../../../../packages/local/model/application.ts';
import { createMovableClock } from '../../../../packages/local/runtime/clock.ts';
import { aFunction } from '../functions/a-function.ts';

const QUEUE_ARN = 'arn:aws:sqs:us-east-1:123456789012:jobs';
let ending = () => {};
let sources: EventSources | undefined;
afterEach(async () => {
  const stopped = sources?.stop();
  ending();
  await stopped;
});

/** The trace header of a message that went through the function sixteen times. */
const looping = Array.from({ length: 16 }).reduce<string>((header) => nextTraceHeader([header], aFunction().arn), '');

/**
 * Starts an event source with a queue that is never empty, and batches that run until a test ends them.
 * @param fifthMessage The queue is empty after four messages until this resolves.
 */
const start = (source: Partial<EventSource> = {}, fifthMessage: Promise<void> = Promise.resolve()) => {
  const clock = createMovableClock();
  const ends: (() => void)[] = [];
  const recursiveLoop = 'Allow' as LambdaFunction['recursiveLoop'];
  const state = { running: 0, most: 0, received: 0, stoppedLoops: 0, mayReceive: true, recursiveLoop };
  const message = (): ReceivedMessage => ({
    ...{ messageId: String(state.received), receiptHandle: String(state.received) },
    ...{ body: '', md5OfBody: '', attributes: { AWSTraceHeader: looping }, messageAttributes: {} },
  });
  const queues: QueueAccess = {
    receive: async () => {
      await new Promise(setImmediate);
      if (state.received === 4) await fifthMessage;
      state.received += 1;
      return [message()];
    },
    ...{ wake: async () => {}, release: async () => {}, delete: async () => {} },
    deadLetter: async () => {
      state.stoppedLoops += 1;
      return 'moved';
    },
  };
  const invoke = async () => {
    state.running += 1;
    state.most = Math.max(state.most, state.running);
    await new Promise<void>((resolve) => ends.push(resolve));
    state.running -= 1;
    return { ok: true, payload: null, durationMs: 1 } as const;
  };
  const authority: Authority = {
    decide: () => (state.mayReceive ? { allowed: true } : { allowed: false, message: 'no' }),
  };
  const end = (count = ends.length) => {
    for (const resolve of ends.splice(0, count)) resolve();
  };
  sources = startEventSources({
    eventSources: [
      {
        ...{ logicalId: 'Mapping', queueArn: QUEUE_ARN, functionName: 'echo', batchSize: 1, enabled: true },
        ...{ batchingWindowSeconds: 0, reportBatchItemFailures: true, ...source },
      },
    ],
    functions: () => [aFunction({ recursiveLoop: state.recursiveLoop })],
    invoker: { invoke },
    ...{ queues, authority, clock },
  });
  ending = () => {
    state.mayReceive = false;
    end();
  };
  /** Waits until everything has happened that does not need the clock to move. */
  const settle = async () => {
    for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate);
  };
  return { clock, state, end, settle };
};

describe('an event source whose queue stays full', () => {
  it('runs five batches at first and five more each second, even if no batch ends', async () => {
    const { clock, state, settle } = start();
    const running: number[] = [];
    for (let second = 0; second < 4; second++) {
      await settle();
      running.push(state.running);
      await clock.advance(1_000);
    }
    expect(running).toEqual([5, 10, 15, 20]);
  });

  it('runs five more each second while new batches replace old ones', async () => {
    const { clock, state, end, settle } = start();
    for (let step = 0; step < 10; step++) {
      await settle();
      end(1);
      await clock.advance(200);
    }
    await settle();
    expect(state.running).toBe(15);
  });

  it('does not count the time in which it waited for messages', async () => {
    const fifthMessage = Promise.withResolvers<void>();
    const { clock, state, settle } = start({}, fifthMessage.promise);
    await settle();
    expect(state.running).toBe(4);
    await clock.advance(20_000);
    fifthMessage.resolve();
    await settle();
    await clock.advance(500);
    await settle();
    expect(state.running).toBe(5);
    await clock.advance(500);
    await settle();
    expect(state.running).toBe(10);
  });

  it('never runs more than its maximum concurrency', async () => {
    const { clock, state, settle } = start({ maximumConcurrency: 7 });
    for (let second = 0; second < 4; second++) {
      await settle();
      await clock.advance(1_000);
    }
    expect(state.most).toBe(7);
  });

  it('stops loops as soon as the function no longer allows them', async () => {
    const { state, end, settle } = start();
    await settle();
    expect([state.running, state.stoppedLoops]).toEqual([5, 0]);
    state.recursiveLoop = 'Terminate';
    end();
    await settle();
    expect(state.running).toBe(0);
    expect(state.stoppedLoops).toBeGreaterThan(0);
  });

  it('stops receiving while its role lacks the permission, and starts again when it has it', async () => {
    const { state, end, settle } = start();
    await settle();
    state.mayReceive = false;
    sources?.reload();
    end();
    await settle();
    const { received } = state;
    end();
    await settle();
    expect([state.running, state.received]).toEqual([0, received]);
    state.mayReceive = true;
    sources?.reload();
    await settle();
    expect(state.running).toBe(5);
  });
});
