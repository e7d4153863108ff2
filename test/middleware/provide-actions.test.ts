import { describe, expect, it } from '@jest/globals';
import { provideActions } from '../../middleware/provide-actions.ts';
import type { RouteContext } from '../../middleware/support/route-context.ts';
import { broadcastRecord } from '../../schemas/broadcast-record.validator.ts';
import { MAX_MESSAGE_BYTES } from '../../schemas/quotas.ts';
import { aConnectEvent, aContext, aDisconnectEvent, aMessageEvent, fakeServices } from '../../testing/index.ts';
import { aConnectionRow } from '../support/a-connection-row.ts';

const actions = (services = fakeServices(), event = aMessageEvent({ connectionId: 'c1' })) => {
  const context = aContext({ services }) as RouteContext;
  provideActions().before?.({ event: { ...event, rawBody: '', body: undefined }, context, internal: {} } as never);
  return { ...context, services };
};

const TOO_LARGE = `${'é'.repeat(MAX_MESSAGE_BYTES / 2)}!`; // half as many characters as bytes

describe('broadcast', () => {
  it('queues one record that the fan-out accepts, and posts nothing', async () => {
    const { broadcast, services } = actions();
    const before = Date.now();
    await broadcast('hello', { except: 'c1' });
    expect(services.queue.sent).toHaveLength(1);
    const [record] = services.queue.sent;
    expect(record).toMatchObject({ v: 1, data: 'hello', except: 'c1' });
    expect(record?.sentAt).toBeGreaterThanOrEqual(before);
    expect(record?.expiresAt).toBe((record?.sentAt ?? 0) + 600_000);
    expect(broadcastRecord(record)).toBe(true);
    expect(services.poster.attempted).toEqual([]);
  });

  it('gives each broadcast its own id', async () => {
    const { broadcast, services } = actions();
    await broadcast('hello');
    await broadcast('hello');
    expect(new Set(services.queue.sent.map(({ id }) => id)).size).toBe(2);
  });

  it('queues as many bytes as API Gateway delivers, and not one more', async () => {
    const { broadcast, services } = actions();
    await broadcast(TOO_LARGE.slice(0, -1));
    await expect(broadcast(TOO_LARGE)).rejects.toMatchObject({
      code: 'MESSAGE_TOO_LARGE',
      details: { bytes: MAX_MESSAGE_BYTES + 1, maxBytes: MAX_MESSAGE_BYTES },
    });
    expect(services.queue.sent).toHaveLength(1);
  });

  it('rejects if the queue is down', async () => {
    await expect(actions(fakeServices({ down: ['queue'] })).broadcast('hello')).rejects.toThrow('queue is down');
  });
});

describe('reply', () => {
  it('posts the text to the caller only', async () => {
    const { reply, services } = actions();
    await reply('bye!');
    expect(services.poster.posted).toEqual([{ connectionId: 'c1', data: 'bye!' }]);
    expect(services.queue.sent).toEqual([]);
  });

  it('resolves if the caller is gone, and deletes its row', async () => {
    const { reply, services } = actions(
      fakeServices({
        gone: ['c1'],
        rows: [aConnectionRow({ connectionId: 'c1' }), aConnectionRow({ connectionId: 'c2' })],
      }),
    );
    await reply('bye!');
    expect([...services.connections.rows.keys()]).toEqual(['c2']);
  });

  it('rejects with the outcome if the text was not delivered', async () => {
    const { reply } = actions(fakeServices({ throttled: ['c1'] }));
    await expect(reply('bye!')).rejects.toThrow(/not delivered: throttled/);
  });

  it('refuses a text that API Gateway cannot deliver', async () => {
    const { reply, services } = actions();
    await expect(reply(TOO_LARGE)).rejects.toMatchObject({ code: 'MESSAGE_TOO_LARGE' });
    expect(services.poster.attempted).toEqual([]);
  });

  it.each([aConnectEvent(), aDisconnectEvent()])('rejects before and after the connection is open', async (event) => {
    const { reply, services } = actions(fakeServices({ rows: [aConnectionRow()] }), event);
    await expect(reply('hello')).rejects.toThrow(/reply\(\) cannot reach the caller on (DIS)?CONNECT/);
    expect(services.connections.rows.size).toBe(1);
  });
});

const circle: unknown[] = [];
circle.push(circle);

describe.each(['broadcast', 'reply'] as const)('%s', (name) => {
  const sent = async (data: unknown): Promise<string | undefined> => {
    const { services, ...context } = actions();
    await context[name](data as string);
    return name === 'broadcast' ? services.queue.sent[0]?.data : services.poster.posted[0]?.data;
  };

  it.each([
    ['hello', 'hello'],
    ['"hello"', '"hello"'],
    [{ price: 5, at: new Date(0) }, '{"price":5,"at":"1970-01-01T00:00:00.000Z"}'],
    [[1, null, 'a'], '[1,null,"a"]'],
    [5, '5'],
    [true, 'true'],
    [null, 'null'],
    [{ toJSON: () => 'hello' }, '"hello"'],
  ])('sends %j as %s', async (data, text) => {
    expect(await sent(data)).toBe(text);
  });

  it.each([
    ['an empty text', '', "a string that is not empty or a JSON value, got ''"],
    ['undefined', undefined, 'a string or another JSON value, got undefined'],
    ['a function', () => 'hello', 'a string or another JSON value, got function'],
    ['a symbol', Symbol('hello'), 'a string or another JSON value, got symbol'],
    ['a BigInt', 5n, 'a string or another JSON value, got Do not know how to serialize a BigInt'],
    ['a nested BigInt', { a: [5n] }, 'a string or another JSON value, got Do not know how to serialize a BigInt'],
    ['a circle', circle, 'a string or another JSON value, got Converting circular structure to JSON'],
    ['a promise', Promise.resolve('hello'), 'a string or another JSON value, got a promise: await it'],
    [
      'an object whose toJSON returns undefined',
      { toJSON: () => undefined },
      'a string or another JSON value, got object',
    ],
  ])('refuses %s with a clear error', async (_, data, message) => {
    await expect(sent(data)).rejects.toThrow(new TypeError(`Expected data to be ${message}`));
  });

  it('counts the bytes of the JSON', async () => {
    await expect(sent(['x'.repeat(MAX_MESSAGE_BYTES - 4)])).resolves.toHaveLength(MAX_MESSAGE_BYTES);
    await expect(sent(['x'.repeat(MAX_MESSAGE_BYTES - 3)])).rejects.toMatchObject({ code: 'MESSAGE_TOO_LARGE' });
  });
});
