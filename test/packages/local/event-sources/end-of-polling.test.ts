import { describe, expect, it } from '@jest/globals';
import type { ReceivedMessage } from '../../../../packages/local/engines/engine-protocol.ts';
import type { QueueAccess } from '../../../../packages/local/engines/start-engines.ts';
import { startEventSources } from '../../../../packages/local/event-sources/start-event-sources.ts';
import type { EventSource } from '../../../../packages/local/model/application.ts';
import { aFunction } from '../functions/a-function.ts';

const QUEUE_ARN = 'arn:aws:sqs:us-east-1:123456789012:jobs';
const SOURCE: EventSource = {
  ...{ logicalId: 'Mapping', queueArn: QUEUE_ARN, functionName: 'echo', enabled: true },
  ...{ batchSize: 10, batchingWindowSeconds: 0, reportBatchItemFailures: true },
};
const MESSAGE: ReceivedMessage = {
  ...{ messageId: 'm1', receiptHandle: 'handle-1', body: 'late', md5OfBody: '' },
  ...{ attributes: {}, messageAttributes: {} },
};

/** A queue that receives its only message when it is woken. */
const start = (functions = [aFunction()]) => {
  const invoked: unknown[] = [];
  const released: string[] = [];
  const held = [MESSAGE];
  const receiving = Promise.withResolvers<void>();
  const woken = Promise.withResolvers<void>();
  const queues: QueueAccess = {
    receive: async () => {
      receiving.resolve();
      await woken.promise;
      return held.splice(0);
    },
    wake: async () => woken.resolve(),
    release: async (_queueArn, handles) => void released.push(...handles),
    delete: async () => {},
    deadLetter: async () => 'moved',
  };
  const sources = startEventSources({
    eventSources: [SOURCE],
    functions: () => functions,
    invoker: {
      invoke: async (_functionName, event) => {
        invoked.push(event);
        return { ok: true, payload: null, durationMs: 1 };
      },
    },
    queues,
    authority: { decide: () => ({ allowed: true }) },
  });
  return { sources, invoked, released, receiving: receiving.promise };
};

describe('startEventSources', () => {
  it('releases the messages that it receives while it stops, and does not run them', async () => {
    const { sources, invoked, released, receiving } = start();
    await receiving;
    await sources.stop();
    expect([invoked, released]).toEqual([[], ['handle-1']]);
  });

  it('names a function that does not exist', () => {
    expect(() => start([aFunction({ functionName: 'another' })])).toThrow(
      'An event source names the function echo, which does not exist',
    );
  });
});
