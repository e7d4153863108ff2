import { afterEach, describe, expect, it } from '@jest/globals';
import type { ChannelActions } from '../../../middleware/channels/provide-channel-actions.ts';
import { provideChannelActions } from '../../../middleware/channels/provide-channel-actions.ts';
import { webSocketRoute } from '../../../middleware/web-socket-route.ts';
import { aContext, aMessageEvent, type FakeServices } from '../../../testing/index.ts';
import { aChannelConnection, channels, openServices } from '../../support/a-room.ts';

type Actions = ChannelActions<typeof channels>;

/** Runs actions as the route `wave` of the connection `c1`. @returns what they return. */
const act = async <T>(services: FakeServices, run: (actions: Actions) => Promise<T>, routeKey = 'wave'): Promise<T> => {
  let result: Promise<T> = Promise.reject(new Error('not run'));
  result.catch(() => {});
  const handler = webSocketRoute({ channels }).handler(async (_event, context) => {
    result = run(context);
    await result.catch(() => {});
  });
  await handler(aMessageEvent({ routeKey, connectionId: 'c1', body: '' }), aContext({ services }));
  return result;
};

afterEach(() => {
  delete process.env.FAN_OUT_MAY_PUBLISH;
});

describe('publish', () => {
  it('queues the data under its id, whatever clients may do', async () => {
    const services = await openServices();
    const { id } = await act(services, ({ publish }) => publish('news', { text: 'hi' }));
    expect(services.channelQueue.sent).toEqual([
      { v: 1, channel: 'news', data: { text: 'hi' }, id, at: expect.any(Number) },
    ]);
    expect(services.channelQueue.deduplicationIds).toEqual([id]);
  });

  it('gives the same key the same id, and leaves out a connection', async () => {
    const services = await openServices();
    const one = await act(services, ({ publish }) => publish('typing:1', 1, { key: 'k', except: 'c9' }));
    expect(await act(services, ({ publish }) => publish('typing:1', 2, { key: 'k' }))).toEqual(one);
    expect(services.channelQueue.sent[0]).toMatchObject({ except: 'c9' });
  });

  it.each<[string, (actions: Actions) => Promise<unknown>]>([
    ['There is no such channel', ({ publish }) => publish('room:a:b', { text: 'hi' })],
    ['does not match its schema', ({ publish }) => publish('news', { text: 1 } as never)],
    ['larger than API Gateway', ({ publish }) => publish('news', { text: 'x'.repeat(125_000) })],
    ['has a history', ({ publish }) => publish('news', { text: 'hi' }, { except: 'c1' })],
    ["Expected a user, got ''", ({ sendToUser }) => sendToUser('', { text: 'hi' })],
    ['at most 100 characters', ({ sendToUser }) => sendToUser('é'.repeat(50), { text: 'hi' })],
    ['well-formed', ({ sendToUser }) => sendToUser('\ud800', { text: 'hi' })],
  ])('fails, and queues nothing: %s', async (message, run) => {
    const services = await openServices();
    await expect(act(services, run)).rejects.toThrow(message);
    expect(services.channelQueue.sent).toEqual([]);
  });

  it('refuses a channel that the route may not publish to, and names the route and the remedy', async () => {
    process.env.FAN_OUT_MAY_PUBLISH = '["room:*","a.s","user:ann"]';
    const services = await openServices();
    await act(services, ({ publish }) => publish('room:1', { text: 'hi' }));
    await act(services, ({ sendToUser }) => sendToUser('ann', { text: 'hi' }));
    await expect(act(services, ({ publish }) => publish('news', { text: 'hi' }))).rejects.toThrow(
      `The route "wave" may not publish to news: add can: ['publish'] to addRoute('wave')`,
    );
    await expect(act(services, ({ sendToUser }) => sendToUser('bob', { text: 'x' }), '$default')).rejects.toThrow(
      `The route "$default" may not publish to user:bob: add default: { can: ['publish'] } to the options of FanOutApi`,
    );
    await expect(act(services, ({ publish }) => publish('axs' as 'news', { text: 'x' }))).rejects.toThrow('to axs');
    expect(services.channelQueue.sent.map(({ channel }) => channel)).toEqual(['room:1', 'user:ann']);
  });

  it.each(['room:*', '{}', '[1]'])('refuses FAN_OUT_MAY_PUBLISH=%s at set-up', (value) => {
    process.env.FAN_OUT_MAY_PUBLISH = value;
    expect(() => provideChannelActions(channels)).toThrow('Expected FAN_OUT_MAY_PUBLISH to be a JSON list');
  });
});

it('sendToUser publishes to the channel of the encoded user', async () => {
  const services = await openServices();
  await act(services, ({ sendToUser }) => sendToUser('ann@x', { text: 'hi' }));
  expect(services.channelQueue.sent).toMatchObject([{ channel: 'user:ann%40x', data: { text: 'hi' } }]);
});

describe('subscribe and unsubscribe', () => {
  it('change the caller, and tell the fan-out to look', async () => {
    const services = await openServices({ connectionId: 'c1', user: 'ann' });
    await act(services, ({ subscribe }) => subscribe('room:1'));
    expect(services.channels.subscriptions.get('room:1')?.get('ann#c1')).toEqual(aChannelConnection({ user: 'ann' }));
    await act(services, ({ unsubscribe }) => unsubscribe('room:1'));
    expect(services.channels.subscriptions.get('room:1')?.size).toBe(0);
    expect(services.channels.connections.get('c1')?.channels).toEqual(new Set(['user:ann']));
    const look = { v: 1, channel: 'room:1', look: 'ann' };
    expect(services.channelQueue.sent).toEqual([look, look]);
    expect(services.queue.ended).toEqual([]);
  });

  it('change another connection, which is unsubscribed again after 30 seconds', async () => {
    const services = await openServices({ connectionId: 'c1' }, { connectionId: 'c2' });
    await act(services, ({ subscribe }) => subscribe('news', 'c2'));
    expect([...(services.channels.subscriptions.get('news')?.keys() ?? [])]).toEqual(['#c2']);
    await act(services, ({ unsubscribe }) => unsubscribe('news', 'c2'));
    expect(services.channels.subscriptions.get('news')?.size).toBe(0);
    const record = { v: 2, ended: ['c2'], channel: 'news' };
    expect(services.queue.ended).toEqual([{ record, delaySeconds: 30 }]);
  });

  it('write nothing for a connection that has ended or is unknown', async () => {
    const services = await openServices({ connectionId: 'c1' }, { connectionId: 'c2' });
    await services.channels.endConnection('c2');
    for (const connectionId of ['c2', 'c3']) {
      await act(services, ({ subscribe }) => subscribe('news', connectionId));
      await act(services, ({ unsubscribe }) => unsubscribe('news', connectionId));
    }
    expect(services.channels.subscriptions.size).toBe(0);
    expect(services.queue.ended).toEqual([]);
  });

  it('fail for the caller that was never opened, at the limit, and for an unknown channel, and for the channel of a user', async () => {
    const services = await openServices();
    await expect(act(services, ({ subscribe }) => subscribe('news'))).rejects.toThrow('keepConnection()');
    await services.channels.openConnection(aChannelConnection());
    for (let room = 0; room < 50; room++) await act(services, ({ subscribe }) => subscribe(`room:${room}`));
    for (const connectionId of [undefined, 'c1'])
      await expect(act(services, ({ subscribe }) => subscribe('news', connectionId))).rejects.toMatchObject({
        code: 'TOO_MANY_CHANNELS',
      });
    for (const name of ['subscribe', 'unsubscribe'] as const) {
      await expect(act(services, (actions) => actions[name]('nope' as 'news'))).rejects.toMatchObject({
        code: 'CHANNEL_UNKNOWN',
      });
      await expect(act(services, (actions) => actions[name]('user:ann'))).rejects.toThrow(TypeError);
    }
  });
});

describe('members', () => {
  it('returns the users with the number that was read first', async () => {
    const services = await openServices();
    await services.channels.markUser('room:1', 'ann%40x', { here: true, seq: 5 });
    await services.channels.setPresence('room:1', { seq: 5, count: 1, large: false });
    expect(await act(services, ({ members }) => members('room:1'))).toEqual({ seq: 5, members: ['ann@x'] });
  });

  it('returns at most 1,000 users, and at most 120 KB', async () => {
    const services = await openServices();
    const mark = (channel: string, user: string) => services.channels.markUser(channel, user, { here: true, seq: 1 });
    for (let index = 0; index < 1_001; index++) await mark('room:1', `u${index}`);
    const many = await act(services, ({ members }) => members('room:1'));
    expect(many).toMatchObject({ more: true, members: { length: 1_000 } });
    for (let index = 0; index < 999; index++) await mark('room:2', `${'%01'.repeat(31)}${index}`);
    const long = await act(services, ({ members }) => members('room:2'));
    expect(long.more).toBe(true);
    expect(Buffer.byteLength(JSON.stringify(long.members))).toBeLessThanOrEqual(120 * 1_024);
  });

  it('fails for a channel without presence', async () => {
    await expect(act(await openServices(), ({ members }) => members('news'))).rejects.toThrow('add presence: true');
  });
});
