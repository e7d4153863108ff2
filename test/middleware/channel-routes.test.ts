import { describe, expect, it, jest } from '@jest/globals';
import { type ChannelRequest, type ChannelRoutesOptions, channelRoutes } from '../../middleware/channel-routes.ts';
import { ClientError } from '../../schemas/errors.ts';
import { aContext, aMessageEvent, type FakeServices, fakeServices } from '../../testing/index.ts';
import { aChannelConnection, appendMessages, channels, openServices } from '../support/a-room.ts';
import { captureLogs } from '../support/capture-logs.ts';

const ann = { connectionId: 'c1', user: 'ann', protocol: true };

/** Sends a message to a route. @returns the frames and texts that its sender is posted. */
const sendTo = async (
  services: FakeServices,
  action: string,
  frame: unknown,
  { connectionId = 'c1', ...options }: ChannelRoutesOptions & { connectionId?: string } = {},
): Promise<(Record<string, unknown> | string)[]> => {
  const before = services.poster.posted.length;
  const event = aMessageEvent({ routeKey: action, connectionId, body: frame });
  await channelRoutes(channels, options)(event, aContext({ services }));
  return services.poster.posted.slice(before).map(({ data }) => (data.startsWith('{') ? JSON.parse(data) : data));
};

/** Everything that a refused message must not change. */
const written = ({ channels: table, channelQueue }: FakeServices) => ({
  subscriptions: [...table.subscriptions].flatMap(([channel, rows]) => [...rows.keys()].map((key) => [channel, key])),
  sets: [...table.connections.values()].map((row) => [...row.channels]),
  heads: [...table.heads.keys()],
  sent: channelQueue.sent,
});

const refusal = (code: string) => ({ code, ackId: 7, connectionId: 'c1', message: expect.any(String) });

describe('channelRoutes', () => {
  it('subscribes, lets the fan-out look at the user, and answers the state', async () => {
    const services = await openServices(ann);
    const [ack] = await sendTo(services, 'subscribe', { action: 'subscribe', channel: 'room:1', ackId: 7 });
    const { seq } = services.channels.heads.get('room:1') ?? {};
    expect(ack).toEqual({ type: 'ack', ackId: 7, result: { channel: 'room:1', seq } });
    expect(services.channels.connections.get('c1')?.channels).toEqual(new Set(['user:ann', 'room:1']));
    expect(services.channels.subscriptions.get('room:1')?.get('ann#c1')).toEqual(aChannelConnection(ann));
    expect(services.channelQueue.sent).toEqual([{ v: 1, channel: 'room:1', look: 'ann' }]);
  });

  it('answers without a number, and looks at nobody, for a channel without history and presence', async () => {
    const services = await openServices({ connectionId: 'c1', protocol: true });
    const [ack] = await sendTo(services, 'subscribe', { channel: 'typing:1', after: 5, ackId: 'x', more: true });
    expect(ack).toEqual({ type: 'ack', ackId: 'x', result: { channel: 'typing:1' } });
    expect(written(services)).toMatchObject({ heads: [], sent: [] });
    await sendTo(services, 'subscribe', { channel: 'room:1' });
    expect(services.channelQueue.sent).toEqual([]); // a connection without a user is not a member
  });

  it('resumes after a number', async () => {
    const services = await openServices(ann);
    await appendMessages(services, 'room:1', [{}, {}]);
    const [ack] = await sendTo(services, 'subscribe', { channel: 'room:1', after: 1_001, ackId: 7 });
    expect(ack).toMatchObject({ result: { after: 1_001, seq: 1_002, recovered: true, messages: [{ seq: 1_002 }] } });
  });

  it('posts the texts to a plain client after the ack, one after the other and without presence', async () => {
    const services = await openServices({ ...ann, protocol: false });
    await appendMessages(services, 'typing:1', []);
    await appendMessages(services, 'room:1', [{ data: 'one' }, { kind: 'presence' }, { data: { text: 'two' } }]);
    const posts = await sendTo(services, 'subscribe', { channel: 'room:1', after: 1_000, ackId: 7 });
    expect(posts).toEqual([
      { type: 'ack', ackId: 7, result: { channel: 'room:1', after: 1_000, seq: 1_003, recovered: true } },
      'one',
      { text: 'two' },
    ]);
    expect(await sendTo(services, 'subscribe', { channel: 'room:1', last: 1 })).toEqual([{ text: 'two' }]);
    const frame = { channels: [{ channel: 'room:1', after: 1_002 }, { channel: 'nope' }], ackId: 8 };
    expect(await sendTo(services, 'sync', frame)).toEqual([
      {
        type: 'ack',
        ackId: 8,
        result: {
          channels: [
            { channel: 'room:1', after: 1_002, seq: 1_003, recovered: true },
            { channel: 'nope', code: 'CHANNEL_UNKNOWN' },
          ],
          expiresIn: expect.any(Number),
        },
      },
      { text: 'two' },
    ]);
  });

  it('stops at a text that is not delivered, and says how many are left', async () => {
    const services = await openServices({ ...ann, protocol: false });
    await appendMessages(services, 'room:1', [{ data: '' }, { data: 'one' }, { data: 'two' }]);
    services.poster.outcomes.set('c1', 'throttled');
    const { logger, lines } = captureLogs();
    const event = aMessageEvent({ routeKey: 'subscribe', connectionId: 'c1', body: { channel: 'room:1', last: 3 } });
    await channelRoutes(channels)(event, aContext({ services, logger }));
    expect(services.poster.attempted).toHaveLength(1);
    expect(lines[0]).toMatchObject({ level: 'WARN', message: 'Texts of a state were not delivered', undelivered: 2 });
  });

  it('unsubscribes: the subscription, the look at the user, the place in the set', async () => {
    const services = await openServices(ann);
    await sendTo(services, 'subscribe', { channel: 'room:1' });
    const [ack] = await sendTo(services, 'unsubscribe', { channel: 'room:1', ackId: 0 });
    expect(ack).toEqual({ type: 'ack', ackId: 0, result: { channel: 'room:1' } });
    expect(services.channels.subscriptions.get('room:1')?.size).toBe(0);
    expect(services.channels.connections.get('c1')?.channels).toEqual(new Set(['user:ann']));
    expect(services.channelQueue.sent).toHaveLength(2);
  });

  it('answers who is here, decoded, with the number that was read first', async () => {
    const services = await openServices(ann);
    await services.channels.markUser('room:1', 'ann%40x', { here: true, seq: 5 });
    await services.channels.markUser('room:1', 'bob', { here: true, seq: 6 });
    await services.channels.setPresence('room:1', { seq: 6, count: 2, large: false });
    expect(await sendTo(services, 'members', { channel: 'room:1', ackId: 7 })).toEqual([
      { type: 'ack', ackId: 7, result: { channel: 'room:1', seq: 6, members: ['ann@x', 'bob'] } },
    ]);
  });
});

describe('the route publish', () => {
  it('queues the data of a subscriber under its id, the same for the same key of the same user', async () => {
    const services = await openServices(ann, { connectionId: 'c2', user: 'bob' });
    for (const connectionId of ['c1', 'c2']) {
      await sendTo(services, 'subscribe', { channel: 'room:1' }, { connectionId });
    }
    services.channelQueue.sent.length = services.channelQueue.deduplicationIds.length = 0;
    const frame = { channel: 'room:1', data: { text: 'hi' }, key: 'k1', ackId: 7 };
    const [ack] = await sendTo(services, 'publish', frame);
    await sendTo(services, 'publish', frame);
    await sendTo(services, 'publish', frame, { connectionId: 'c2' });
    const { sent, deduplicationIds } = services.channelQueue;
    const [id, again, ofBob] = deduplicationIds;
    expect(ack).toEqual({ type: 'ack', ackId: 7, result: { channel: 'room:1', id } });
    expect(sent[0]).toEqual({ v: 1, channel: 'room:1', data: { text: 'hi' }, id, at: expect.any(Number) });
    expect(again).toBe(id);
    expect(ofBob).not.toBe(id);
  });

  it('needs no subscription if anyone may publish', async () => {
    const services = await openServices({ connectionId: 'c1' });
    await sendTo(services, 'publish', { channel: 'typing:1', data: null });
    expect(services.channelQueue.sent).toMatchObject([{ channel: 'typing:1', data: null }]);
  });
});

describe('the route sync', () => {
  it('subscribes to what is missing, leaves the rest, and refuses single channels', async () => {
    const services = await openServices(ann);
    await sendTo(services, 'subscribe', { channel: 'room:1' });
    await services.channels.markUser('room:1', 'ann', { here: true, seq: 1 });
    const put = jest.spyOn(services.channels, 'putSubscription');
    const asked = ['room:1', 'news', 'nope', 'user:ann', 'user:bob'].map((channel) => ({ channel }));
    const [ack] = await sendTo(services, 'sync', { channels: asked, ackId: 7 });
    expect(ack).toMatchObject({
      result: {
        channels: [
          { channel: 'room:1', seq: expect.any(Number) },
          { channel: 'news', seq: expect.any(Number) },
          { channel: 'nope', code: 'CHANNEL_UNKNOWN' },
          { channel: 'user:ann', seq: expect.any(Number) },
          { channel: 'user:bob', code: 'FORBIDDEN' },
        ],
      },
    });
    expect(put.mock.calls.map(([channel]) => channel)).toEqual(['news']);
    expect(services.channelQueue.sent).toHaveLength(1);
  });

  it('asks for the presence of a user that a killed function left out', async () => {
    const services = await openServices(ann);
    await sendTo(services, 'subscribe', { channel: 'room:1' });
    services.channelQueue.sent.length = 0; // the function was killed before it asked
    await sendTo(services, 'sync', { channels: [{ channel: 'room:1' }] });
    expect(services.channelQueue.sent).toEqual([{ v: 1, channel: 'room:1', look: 'ann' }]);
  });

  it.each([
    [{ connectedAt: -100, ttl: 10_000 }, 7_100],
    [{ connectedAt: -100, ttl: 300 }, 300],
    [{ connectedAt: -7_300, ttl: 100 }, 0],
  ])('answers when the connection ends: %j', async ({ connectedAt, ttl }, expiresIn) => {
    const now = 1_800_000_000;
    jest.useFakeTimers({ now: now * 1_000, doNotFake: ['setImmediate', 'nextTick', 'performance'] });
    try {
      const services = await openServices({ ...ann, connectedAt: now + connectedAt, ttl: now + ttl });
      const [ack] = await sendTo(services, 'sync', { channels: [], ackId: 7 });
      expect(ack).toEqual({ type: 'ack', ackId: 7, result: { channels: [], expiresIn } });
    } finally {
      jest.useRealTimers();
    }
  });

  it('fits 51 states in 32 KB, and says for which channels there is more', async () => {
    const services = await openServices(ann);
    const names = Array.from({ length: 50 }, (_, index) => `room:${index}${'x'.repeat(90)}`);
    for (const name of names) await appendMessages(services, name, [{ data: { text: 'y'.repeat(5_000) } }]);
    const asked = [...names, 'user:ann'].map((channel) => ({ channel, after: 1_000 }));
    const [ack] = await sendTo(services, 'sync', { channels: asked, ackId: '\u0001'.repeat(64) });
    const { channels: states } = (ack as { result: { channels: { more?: true; seq: number }[] } }).result;
    expect(Buffer.byteLength(services.poster.posted[0]?.data ?? '')).toBeLessThanOrEqual(32 * 1_024);
    const full = states.filter(({ more }) => !more);
    expect(full.length).toBeGreaterThan(2);
    expect(states.filter(({ more, seq }) => more && seq === 1_000)).toHaveLength(51 - full.length);
    // The rest in more answers: none is missing.
    const rest = names.slice(full.length - 1).map((channel) => ({ channel, after: 1_000 }));
    const [next] = await sendTo(services, 'sync', { channels: rest, ackId: 1 });
    expect(next).toMatchObject({ result: { channels: { 0: { seq: 1_001, recovered: true } } } });
  });

  it('fails as a whole if a service does', async () => {
    const services = await openServices(ann);
    services.channelQueue.down = true;
    const frame = { channels: [{ channel: 'news' }, { channel: 'room:1' }], ackId: 7 };
    expect(await sendTo(services, 'sync', frame)).toMatchObject([refusal('INTERNAL')]);
  });
});

describe('the limit of 50 channels', () => {
  it('holds under racing subscribes, beside the channel of the user', async () => {
    const services = await openServices(ann);
    const rooms = Array.from({ length: 70 }, (_, index) => `room:${index}`);
    const posts = await Promise.all(
      rooms.map((channel, ackId) => sendTo(services, 'subscribe', { channel, ackId }).then(() => {})),
    );
    expect(posts).toHaveLength(70);
    expect(services.channels.connections.get('c1')?.channels.size).toBe(51);
    const answers = services.poster.posted.map(({ data }) => JSON.parse(data));
    expect(answers.filter(({ type }) => type === 'ack')).toHaveLength(50);
    expect(answers.filter(({ code }) => code === 'TOO_MANY_CHANNELS')).toHaveLength(20);
    const subscribed = rooms.filter((channel) => services.channels.subscriptions.get(channel)?.size);
    expect(subscribed).toHaveLength(50);
    expect(await sendTo(services, 'subscribe', { channel: subscribed[0], ackId: 7 })).toMatchObject([{ type: 'ack' }]);
  });
});

describe('authorize', () => {
  it('is asked for each operation, with the parameters and the decoded user', async () => {
    const services = await openServices({ ...ann, user: 'ann@x' });
    const asked: Partial<ChannelRequest>[] = [];
    const authorize = ({ event, ...question }: ChannelRequest) => {
      expect(event.requestContext.connectionId).toBe('c1');
      asked.push({ ...question, params: { ...question.params } });
      return true;
    };
    const question = { channel: 'room:__proto__', params: { room: '__proto__' }, user: 'ann@x' };
    const { channel } = question;
    await sendTo(services, 'subscribe', { channel }, { authorize });
    await sendTo(services, 'subscribe', { channel, last: 1 }, { authorize });
    await sendTo(services, 'sync', { channels: [{ channel }] }, { authorize });
    await sendTo(services, 'sync', { channels: [{ channel, after: 0 }, { channel: 'user:ann%40x' }] }, { authorize });
    await sendTo(services, 'publish', { channel, data: { text: 'hi' } }, { authorize });
    await sendTo(services, 'members', { channel }, { authorize });
    expect(asked).toEqual(
      ['subscribe', 'subscribe', 'history', 'history', 'publish', 'members'].map((operation) => ({
        ...question,
        operation,
      })),
    );
  });

  it.each([
    ['false', () => false],
    ['a promise of false', async () => false],
    ['another value than true', () => 'yes' as never],
    ['nothing', (() => {}) as never],
  ])('forbids by %s', async (_, authorize) => {
    const services = await openServices(ann);
    const before = written(services);
    const forbidden = [refusal('FORBIDDEN')];
    for (const action of ['subscribe', 'members'])
      expect(await sendTo(services, action, { channel: 'room:1', ackId: 7 }, { authorize })).toMatchObject(forbidden);
    const frame = { channel: 'typing:1', data: 1, ackId: 7 };
    expect(await sendTo(services, 'publish', frame, { authorize })).toMatchObject(forbidden);
    expect(written(services)).toEqual(before);
  });

  it('lets a client subscribe, but not read what was before', async () => {
    const services = await openServices(ann);
    const options = { authorize: ({ operation }: ChannelRequest) => operation !== 'history' };
    const refused = await sendTo(services, 'subscribe', { channel: 'room:1', last: 1, ackId: 7 }, options);
    expect(refused).toMatchObject([refusal('FORBIDDEN')]);
    expect(written(services)).toMatchObject({ heads: [], sent: [] });
    await sendTo(services, 'subscribe', { channel: 'room:1' }, options);
    const frame = { channels: [{ channel: 'room:1', after: 0 }], ackId: 7 };
    expect(await sendTo(services, 'sync', frame, options)).toMatchObject([
      { result: { channels: [{ channel: 'room:1', code: 'FORBIDDEN' }] } },
    ]);
  });

  it('answers with the code of its own error, and INTERNAL for any other', async () => {
    const services = await openServices(ann);
    const full = () => {
      throw new ClientError('ROOM_FULL', { message: 'The room is full' });
    };
    const one = { channel: 'room:1', ackId: 7 };
    expect(await sendTo(services, 'subscribe', one, { authorize: full })).toMatchObject([refusal('ROOM_FULL')]);
    expect(
      await sendTo(services, 'sync', { channels: [{ channel: 'news' }], ackId: 7 }, { authorize: full }),
    ).toMatchObject([{ result: { channels: [{ code: 'ROOM_FULL' }] } }]);
    const broken = () => Promise.reject(new Error('no database'));
    expect(await sendTo(services, 'subscribe', one, { authorize: broken })).toMatchObject([refusal('INTERNAL')]);
  });
});

const manyChannels = (count: number) => Array.from({ length: count }, (_, index) => ({ channel: `room:${index}` }));

describe('bad input', () => {
  it.each<[code: string, action: string, frame: object]>([
    ['CHANNEL_UNKNOWN', 'subscribe', { channel: 'nope' }],
    ['CHANNEL_UNKNOWN', 'subscribe', { channel: '__proto__' }],
    ['CHANNEL_UNKNOWN', 'subscribe', { channel: 'constructor' }],
    ['CHANNEL_UNKNOWN', 'subscribe', { channel: 'room:' }],
    ['CHANNEL_UNKNOWN', 'subscribe', { channel: 'room:a b' }],
    ['CHANNEL_UNKNOWN', 'subscribe', { channel: 'room:1\n' }],
    ['CHANNEL_UNKNOWN', 'unsubscribe', { channel: 'toString' }],
    ['CHANNEL_UNKNOWN', 'publish', { channel: '__proto__', data: 1 }],
    ['CHANNEL_UNKNOWN', 'members', { channel: 'hasOwnProperty' }],
    ['FORBIDDEN', 'subscribe', { channel: 'user:bob' }],
    ['FORBIDDEN', 'unsubscribe', { channel: 'user:ann' }],
    ['FORBIDDEN', 'publish', { channel: 'news', data: { text: 'hi' } }],
    ['FORBIDDEN', 'publish', { channel: 'user:ann', data: { text: 'hi' } }],
    ['FORBIDDEN', 'members', { channel: 'news' }],
    ['FORBIDDEN', 'members', { channel: 'user:bob' }],
    ['NOT_SUBSCRIBED', 'publish', { channel: 'room:1', data: { text: 'hi' } }],
    ['MESSAGE_INVALID', 'subscribe', {}],
    ['MESSAGE_INVALID', 'subscribe', { channel: 42 }],
    ['MESSAGE_INVALID', 'subscribe', { channel: 'x'.repeat(129) }],
    ['MESSAGE_INVALID', 'subscribe', { channel: 'room:1', after: 'x' }],
    ['MESSAGE_INVALID', 'subscribe', { channel: 'room:1', after: -1 }],
    ['MESSAGE_INVALID', 'subscribe', { channel: 'room:1', after: 1.5 }],
    ['MESSAGE_INVALID', 'subscribe', { channel: 'room:1', last: 0 }],
    ['MESSAGE_INVALID', 'subscribe', { channel: 'room:1', last: 101 }],
    ['MESSAGE_INVALID', 'subscribe', { channel: 'room:1', after: 1, last: 1 }],
    ['MESSAGE_INVALID', 'sync', { channels: manyChannels(52) }],
    ['MESSAGE_INVALID', 'sync', { channels: [{ channel: 'room:1' }, { channel: 'news' }, { channel: 'room:1' }] }],
    ['MESSAGE_INVALID', 'sync', {}],
    ['MESSAGE_INVALID', 'publish', { channel: 'typing:1' }],
    ['MESSAGE_INVALID', 'publish', { channel: 'typing:1', data: 1, key: 'a b' }],
    ['MESSAGE_INVALID', 'publish', { channel: 'typing:1', data: 1, key: 'k'.repeat(65) }],
    ['MESSAGE_TOO_LARGE', 'publish', { channel: 'typing:1', data: 'x'.repeat(123_000) }],
  ])('is answered %s by %s, case %#', async (code, action, frame) => {
    const services = await openServices(ann);
    const before = written(services);
    expect(await sendTo(services, action, { ...frame, ackId: 7 })).toMatchObject([refusal(code)]);
    expect(written(services)).toEqual(before);
  });

  it('says which rule of the definition the data breaks', async () => {
    const services = await openServices(ann);
    await sendTo(services, 'subscribe', { channel: 'room:1' });
    const [frame] = await sendTo(services, 'publish', { channel: 'room:1', data: { text: 1 }, ackId: 7 });
    expect(frame).toMatchObject({ ...refusal('MESSAGE_INVALID'), errors: [{ path: '/data/text', rule: 'type' }] });
    expect(services.channelQueue.sent.filter(({ data }) => data !== undefined)).toEqual([]);
  });

  it('says where a channel is in the list twice', async () => {
    const services = await openServices(ann);
    const frame = { channels: [{ channel: 'news' }, { channel: 'news' }], ackId: 7 };
    expect(await sendTo(services, 'sync', frame)).toMatchObject([{ errors: [{ path: '/channels/1/channel' }] }]);
  });

  it('refuses a key that could change a prototype', async () => {
    const services = await openServices(ann);
    const [frame] = await sendTo(services, 'publish', '{"channel":"typing:1","data":{"__proto__":{"x":1}},"ackId":7}');
    expect(frame).toMatchObject({ code: 'MESSAGE_INVALID', errors: [{ rule: 'forbiddenKey' }] });
    expect(services.channelQueue.sent).toEqual([]);
  });
});

describe('a connection that is not open', () => {
  const frames: [action: string, frame: object][] = [
    ['subscribe', { channel: 'room:1' }],
    ['unsubscribe', { channel: 'room:1' }],
    ['sync', { channels: [{ channel: 'room:1' }] }],
    ['publish', { channel: 'typing:1', data: 1 }],
  ];

  it.each(frames)('changes nothing by %s after its end', async (action, frame) => {
    const services = await openServices(ann);
    await services.channels.endConnection('c1');
    const before = written(services);
    expect(await sendTo(services, action, { ...frame, ackId: 7 })).toMatchObject([refusal('UNAUTHORIZED')]);
    expect(written(services)).toEqual(before);
  });

  it.each(frames)('makes %s fail with what $connect lacks, if it was never opened', async (action, frame) => {
    const { logger, lines } = captureLogs();
    const services = fakeServices();
    const event = aMessageEvent({ routeKey: action, connectionId: 'c1', body: frame });
    await channelRoutes(channels)(event, aContext({ services, logger }));
    expect(lines[0]).toMatchObject({
      message: 'Failed',
      error: { message: expect.stringContaining('keepConnection()') },
    });
    expect(services.poster.posted).toMatchObject([{ data: expect.stringContaining('INTERNAL') }]);
    expect(written(services)).toEqual({ subscriptions: [], sets: [], heads: [], sent: [] });
  });
});

describe('a mistake at set-up', () => {
  it.each<[() => unknown, string]>([
    [() => channelRoutes(undefined as never), 'channelRoutes: Expected channels to be the result of defineChannels'],
    [() => channelRoutes({ 'room:{room}': {} } as never), 'channelRoutes: Expected channels'],
    [() => channelRoutes(channels, { authorise: () => true } as never), "channelRoutes: Unknown option 'authorise'"],
    [() => channelRoutes(channels, { authorize: true } as never), "channelRoutes: Option 'authorize'"],
  ])('%s fails by name', (set, message) => expect(set).toThrow(message));

  it.each<[route: string, services: object, message: string]>([
    ['wave', {}, 'channelRoutes serves only subscribe, unsubscribe, sync, publish, members, and got the route "wave"'],
    ['constructor', {}, 'got the route "constructor"'],
    ['sync', { channels: undefined }, 'channelRoutes has no channel table: FAN_OUT_CHANNELS_TABLE is not set'],
    ['sync', { channelQueue: undefined }, 'channelRoutes has no channel queue: FAN_OUT_CHANNEL_QUEUE_URL is not set'],
  ])('the route %s fails with %j: %s', async (routeKey, missing, message) => {
    const { logger, lines } = captureLogs();
    const services = { ...(await openServices(ann)), ...missing } as FakeServices;
    const event = aMessageEvent({ routeKey, connectionId: 'c1', body: { channels: [] } });
    await channelRoutes(channels)(event, aContext({ services, logger }));
    expect(lines[0]).toMatchObject({ message: 'Failed', error: { message: expect.stringContaining(message) } });
  });
});
