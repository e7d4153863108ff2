import { describe, expect, it } from '@jest/globals';
import type { SQSEvent } from 'aws-lambda';
import { channelBatch } from '../../../middleware/queue/channel-batch.ts';
import type { ReceivedChannelRecord } from '../../../schemas/channels/channel-record.ts';
import { aContext, fakeServices } from '../../../testing/index.ts';
import { aQueueEvent } from '../../support/a-queue-event.ts';
import { captureLogs } from '../../support/capture-logs.ts';

interface Sent {
  body: unknown;
  /** Default: the channel of the body. */
  group?: string;
}

/** An event of the channel queue. Message ids are m1, m2, …, and so are the sequence numbers. */
const anEvent = (...sent: Sent[]): SQSEvent => {
  const event = aQueueEvent(...sent.map(({ body }) => body));
  for (const [index, record] of event.Records.entries()) {
    const { body, group = (body as { channel?: string } | null)?.channel } = sent[index] as Sent;
    Object.assign(record.attributes, { MessageGroupId: group, SequenceNumber: `1884949646046769612${index + 1}` });
    record.eventSourceARN = 'arn:aws:sqs:us-east-1:123456789012:chat-channels.fifo';
  }
  return event;
};
const message = (channel: string, data: unknown): Sent => ({ body: { v: 1, channel, data } });

/** Returns the records that the handler received, the response to SQS, and the log. */
const handle = async (event: SQSEvent, services = fakeServices(), failed: string[] = []) => {
  const received: ReceivedChannelRecord[] = [];
  const { logger, lines } = captureLogs();
  const handler = channelBatch().handler(async ({ channelRecords }) => {
    received.push(...channelRecords);
    return failed;
  });
  const response = await handler(event, aContext({ services, logger }));
  return { received, lines, failed: response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) };
};

describe('channelBatch', () => {
  it('gives the handler each record with its source, and fills in missing fields from the SQS message', async () => {
    const event = anEvent(message('room:42', { text: 'hi' }));
    const at = Number(event.Records[0]?.attributes.SentTimestamp);
    Object.assign(event.Records[0]?.attributes ?? {}, { ApproximateReceiveCount: '3' });
    expect(await handle(event)).toMatchObject({
      received: [
        {
          messageId: 'm1',
          receiveCount: 3,
          source: 'chat-channels.fifo/18849496460467696121',
          channel: 'room:42',
          content: { data: { text: 'hi' }, id: 'm1' },
          at,
        },
      ],
      failed: [],
    });
  });

  it.each([
    ['is not JSON', { body: 'hello', group: 'room:1' }],
    ['has an unknown version', { body: { v: 2, channel: 'room:1', data: 'hello' } }],
    ['has an unknown field', { body: { v: 1, channel: 'room:1', data: 'hello', colour: 'red' } }],
    ['has neither data nor a look', { body: { v: 1, channel: 'room:1' } }],
    ['has an empty text', { body: { v: 1, channel: 'room:1', data: '' } }],
    ['is of another channel than its group', { body: { v: 1, channel: 'room:2', data: 'hello' }, group: 'room:1' }],
    ['is null', { body: null, group: 'room:1' }],
  ] as [string, Sent][])('dead-letters a record that %s with its group, and handles the others', async (_, bad) => {
    const services = fakeServices();
    const event = anEvent(message('room:1', 'first'), bad, message('room:1', 'last'));
    const { received, failed, lines } = await handle(event, services);
    expect(received.map(({ content }) => content)).toMatchObject([{ data: 'first' }, { data: 'last' }]);
    expect(services.channelQueue.deadLetters).toMatchObject([{ reason: 'unreadable', record: event.Records[1]?.body }]);
    expect(services.channelQueue.deadLetterGroups).toEqual(['room:1']);
    expect(services.queue.deadLetters).toEqual([]);
    expect(failed).toEqual([]);
    expect(lines).toMatchObject([{ level: 'ERROR', messageId: 'm2' }]);
    expect(JSON.stringify(lines)).not.toContain('hello');
  });

  it('fails an unreadable record that no queue takes with the later records of its group, and no other', async () => {
    const event = anEvent(
      message('room:1', 'first'),
      { body: '?', group: 'room:1' },
      message('room:2', 'other'),
      message('room:1', 'last'),
    );
    const { received, failed } = await handle(event, fakeServices({ down: ['channelQueue'] }));
    expect(received.map(({ content }) => content)).toMatchObject([{ data: 'first' }, { data: 'other' }]);
    expect(failed).toEqual(['m2', 'm4']);
  });

  it('answers with the message ids that the handler returns', async () => {
    const event = anEvent(message('room:1', 'a'), message('room:2', 'b'));
    expect((await handle(event, fakeServices(), ['m2'])).failed).toEqual(['m2']);
  });

  it('fails every record if the handler throws', async () => {
    const { logger, lines } = captureLogs();
    const handler = channelBatch().handler(() => Promise.reject(new Error('out of order')));
    const response = await handler(anEvent(message('room:1', 'a'), message('room:2', 'b')), aContext({ logger }));
    expect(response.batchItemFailures).toEqual([{ itemIdentifier: 'm1' }, { itemIdentifier: 'm2' }]);
    expect(lines).toMatchObject([{ level: 'ERROR', error: { message: 'out of order' } }]);
  });
});

describe('channelBatch without a channel queue', () => {
  it('fails every record, and names the variable', async () => {
    const { channelQueue, ...services } = fakeServices();
    const { failed, lines } = await handle(anEvent(message('room:1', 'a')), services as never);
    expect(failed).toEqual(['m1']);
    expect(JSON.stringify(lines)).toContain('FAN_OUT_CHANNEL_QUEUE_URL is not set');
  });
});
