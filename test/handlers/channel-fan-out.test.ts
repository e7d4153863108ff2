import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SQSEvent } from 'aws-lambda';
import { aContext, type FakeServices, fakeServices } from '../../testing/index.ts';
import { aQueueEvent } from '../support/a-queue-event.ts';
import { captureLogs } from '../support/capture-logs.ts';

const ENVIRONMENT = {
  FAN_OUT_POSTS_PER_SECOND: '1000',
  FAN_OUT_CHANNELS: '{"room:{room}":{"history":{"seconds":3600}},"news":{}}',
  POWERTOOLS_METRICS_DISABLED: 'true',
};

let handler: typeof import('../../handlers/channel-fan-out.ts').handler;
beforeAll(async () => {
  Object.assign(process.env, ENVIRONMENT);
  ({ handler } = await import('../../handlers/channel-fan-out.ts')); // it reads its environment at import
});
afterAll(() => {
  for (const name of Object.keys(ENVIRONMENT)) delete process.env[name];
});

/** An event of the channel queue with these messages: m1, m2, … */
const anEvent = (...messages: [channel: string, data: unknown][]): SQSEvent => {
  const event = aQueueEvent(...messages.map(([channel, data]) => ({ v: 1, channel, data })));
  for (const [index, { attributes }] of event.Records.entries())
    Object.assign(attributes, { MessageGroupId: messages[index]?.[0], SequenceNumber: `1884949646046769612${index}` });
  return event;
};

const subscribe = async ({ channels }: FakeServices, channel: string, connectionId: string, protocol = false) => {
  const connectedAt = Math.floor(Date.now() / 1_000) - 600;
  const connection = { connectionId, user: '', connectedAt, ttl: connectedAt + 7_500, ...(protocol && { protocol }) };
  await channels.openConnection(connection);
  await channels.putSubscription(channel, connection);
};

describe('channel-fan-out', () => {
  it('appends a message to its channel and posts it to the subscribers only', async () => {
    const services = fakeServices();
    await subscribe(services, 'room:1', 'c1');
    await subscribe(services, 'room:1', 'c2', true);
    await subscribe(services, 'room:2', 'c3');
    expect(await handler(anEvent(['room:1', { text: 'hi' }]), aContext({ services }))).toEqual({
      batchItemFailures: [],
    });
    const { seq } = services.channels.heads.get('room:1') ?? {};
    const posted = new Map(services.poster.posted.map(({ connectionId, data }) => [connectionId, JSON.parse(data)]));
    expect([...posted.keys()].sort()).toEqual(['c1', 'c2']);
    expect(posted.get('c1')).toEqual({ text: 'hi' });
    expect(posted.get('c2')).toMatchObject({ type: 'message', channel: 'room:1', seq, data: { text: 'hi' }, id: 'm1' });
  });

  it('logs an account of the subscribers, without the text or a connection id', async () => {
    const services = fakeServices({ gone: ['c2'] });
    for (const id of ['c1', 'c2']) await subscribe(services, 'room:1', id);
    const { logger, lines } = captureLogs();
    await handler(anEvent(['room:1', 'the secret']), aContext({ services, logger }));
    expect(lines).toMatchObject([
      { message: 'Broadcast account', account: { id: 'm1', scanned: 2, delivered: 1, stale: 1 } },
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/secret|"c[12]"/);
  });

  it('fails the records that it could not finish, and logs why', async () => {
    const services = fakeServices();
    await subscribe(services, 'news', 'c1');
    services.channels.head = () => Promise.reject(new Error('throttled'));
    const { logger, lines } = captureLogs();
    const event = anEvent(['room:1', 'a'], ['news', 'b']);
    expect(await handler(event, aContext({ services, logger }))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm1' }],
    });
    expect(services.poster.posted).toEqual([{ connectionId: 'c1', data: 'b' }]);
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: 'WARN',
        message: 'A channel could not be read or written: SQS will deliver its records again',
        error: expect.objectContaining({ message: 'throttled' }),
      }),
    );
    expect(lines).toContainEqual(expect.objectContaining({ level: 'ERROR', messageIds: ['m1'] }));
  });

  it('logs why API Gateway refuses its posts', async () => {
    const services = fakeServices({ outcomes: { c1: 'forbidden' } });
    await subscribe(services, 'news', 'c1');
    const { logger, lines } = captureLogs();
    await handler(anEvent(['news', 'a']), aContext({ services, logger }));
    expect(lines).toContainEqual(expect.objectContaining({ level: 'ERROR', forbidden: 'set by the test' }));
  });

  it('posts nothing, and fails the batch, if less than 2.5 seconds are left', async () => {
    const services = fakeServices();
    await subscribe(services, 'news', 'c1');
    const context = aContext({ services, getRemainingTimeInMillis: () => 2_000 });
    expect(await handler(anEvent(['news', 'a']), context)).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
    expect(services.poster.attempted).toEqual([]);
  });

  it.each([
    ['FAN_OUT_CHANNELS', '{"user:x":{}}', "FAN_OUT_CHANNELS is invalid: The channel 'user:x' begins with 'user:'"],
    ['FAN_OUT_POSTS_PER_SECOND', 'many', 'FAN_OUT_POSTS_PER_SECOND to be a number from 1, got many'],
  ] as const)('fails every record if %s is %s', async (name, value, message) => {
    const { logger, lines } = captureLogs();
    process.env[name] = value;
    const response = await handler(anEvent(['news', 'a']), aContext({ logger }));
    process.env[name] = ENVIRONMENT[name];
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
    expect(JSON.stringify(lines)).toContain(message);
  });

  it('fails every record without a table of channels', async () => {
    const { channels, ...services } = fakeServices();
    const { logger, lines } = captureLogs();
    const response = await handler(anEvent(['news', 'a']), aContext({ services: services as never, logger }));
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
    expect(JSON.stringify(lines)).toContain('FAN_OUT_CHANNELS_TABLE or FAN_OUT_CHANNEL_QUEUE_URL is not set');
  });
});
