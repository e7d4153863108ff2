import { describe, expect, it } from '@jest/globals';
import middy from '@middy/core';
import type { QueueBatchContext, QueueBatchEvent } from '../../../middleware/queue/batch-event.ts';
import { logBatches, queueBatch } from '../../../middleware/queue/queue-batch.ts';
import type { ReceivedBroadcast } from '../../../schemas/broadcast-record.ts';
import { BROADCAST_LIFE_MS } from '../../../schemas/quotas.ts';
import { aContext, fakeServices } from '../../../testing/index.ts';
import { aQueueEvent } from '../../support/a-queue-event.ts';
import { captureLogs } from '../../support/capture-logs.ts';

/** Returns the broadcasts that the handler received, the response to SQS, and the log. */
const handle = async (event: ReturnType<typeof aQueueEvent>, services = fakeServices(), failed: string[] = []) => {
  const received: ReceivedBroadcast[] = [];
  const { logger, lines } = captureLogs();
  const response = await queueBatch().handler(async ({ broadcasts }) => {
    received.push(...broadcasts);
    return failed;
  })(event, aContext({ services, logger }));
  return { received, response, lines };
};

describe('queueBatch', () => {
  it('gives the handler each record as a broadcast', async () => {
    const sentAt = Date.now();
    const broadcast = {
      id: 'b1',
      data: 'hello',
      sentAt,
      expiresAt: sentAt + 1,
      attempts: 2,
      connections: { c1: [1_795_219_006, 1_795_226_506] },
    };
    const { received, response } = await handle(aQueueEvent({ v: 2, ...broadcast }));
    expect(received).toEqual([{ messageId: 'm1', receiveCount: 1, broadcast }]);
    expect(response).toEqual({ batchItemFailures: [] });
  });

  it('counts how often SQS has delivered a record, by default once', async () => {
    const event = aQueueEvent({ v: 1, data: 'again' }, { v: 1, data: 'unknown' });
    const [again, unknown] = event.Records;
    Object.assign(again?.attributes ?? {}, { ApproximateReceiveCount: '3' });
    Object.assign(unknown ?? {}, { attributes: {} });
    const { received } = await handle(event);
    expect(received.map(({ receiveCount }) => receiveCount)).toEqual([3, 1]);
  });

  it('fills in missing fields of a record from the SQS message', async () => {
    const event = aQueueEvent({ v: 1, data: 'hello' });
    const sentAt = Number(event.Records[0]?.attributes.SentTimestamp);
    const { received } = await handle(event);
    expect(received[0]?.broadcast).toEqual({
      id: 'm1',
      data: 'hello',
      sentAt,
      expiresAt: sentAt + BROADCAST_LIFE_MS,
      attempts: 0,
    });
  });

  it.each([
    ['is not JSON', 'hello'],
    ['has an unknown version', { v: 3, data: 'hello' }],
    ['has an unknown field', { v: 1, data: 'hello', colour: 'red' }],
    ['has no data', { v: 1 }],
    ['is a segment and a cursor', { v: 1, data: 'hello', connections: {}, cursor: 'c1' }],
    ['is null', null],
  ])('dead-letters a record that %s, and handles the others', async (_, body) => {
    const services = fakeServices();
    const event = aQueueEvent({ v: 1, data: 'first' }, body, { v: 1, data: 'last' });
    const { received, response, lines } = await handle(event, services);
    expect(received.map(({ broadcast }) => broadcast.data)).toEqual(['first', 'last']);
    expect(services.queue.deadLetters).toMatchObject([{ v: 1, reason: 'unreadable', record: event.Records[1]?.body }]);
    expect(response).toEqual({ batchItemFailures: [] });
    expect(lines).toMatchObject([{ level: 'ERROR', messageId: 'm2' }]);
    expect(JSON.stringify(lines)).not.toContain('hello');
  });

  it('fails an unreadable record if the dead-letter queue refuses it', async () => {
    const { received, response } = await handle(
      aQueueEvent('?', { v: 1, data: 'hello' }),
      fakeServices({ down: ['queue'] }),
    );
    expect(received).toHaveLength(1);
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
  });

  it('answers with the message ids that the handler returns', async () => {
    const { response } = await handle(aQueueEvent({ v: 1, data: 'a' }, { v: 1, data: 'b' }), fakeServices(), ['m2']);
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'm2' }] });
  });

  it('fails every record if it has no handler, and logs what to add', async () => {
    const { logger, lines } = captureLogs();
    const response = await queueBatch()(
      aQueueEvent({ v: 1, data: 'hello' }),
      aContext({ services: fakeServices(), logger }),
    );
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
    expect(JSON.stringify(lines)).toContain('add .handler(async ({ broadcasts }, context) => …)');
  });

  it('fails every record, but not the function, if the handler throws', async () => {
    const { logger, lines } = captureLogs();
    const handler = queueBatch().handler(async () => {
      throw new Error('out of order');
    });
    const event = aQueueEvent({ v: 1, data: 'a' }, { v: 1, data: 'b' });
    expect(await handler(event, aContext({ logger }))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm1' }, { itemIdentifier: 'm2' }],
    });
    expect(lines).toMatchObject([{ level: 'ERROR', error: { message: 'out of order' } }]);
  });
});

it('gives each line of a batch the request id of its invocation', async () => {
  const { logger, lines } = captureLogs();
  const handler = middy((_event: QueueBatchEvent, context: QueueBatchContext) => {
    context.logger.info('Received');
    throw new Error('broken');
  }).use(logBatches());
  await expect(handler(aQueueEvent() as never, aContext({ logger, awsRequestId: 'a1' }))).rejects.toThrow('broken');
  expect(lines).toMatchObject([
    { message: 'Received', requestId: 'a1' },
    { level: 'ERROR', requestId: 'a1', error: { message: 'broken' } },
  ]);
});
