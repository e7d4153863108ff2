import { describe, expect, it } from '@jest/globals';
import { NO_EXPIRY_SECONDS } from '../../schemas/connections/connection-row.ts';
import { BROADCAST_LIFE_MS } from '../../schemas/quotas.ts';
import { readBroadcast } from '../../schemas/read-broadcast.ts';

const NOW = 1_796_012_310_453;
const RECEIVED = NOW - 20;
const read = (record: unknown) =>
  readBroadcast({ messageId: 'm1', body: JSON.stringify(record), receivedAt: RECEIVED }, NOW);

describe('readBroadcast', () => {
  it('fills in the missing fields of a record', () => {
    expect(read({ v: 1, data: 'hello' })).toEqual({
      id: 'm1',
      data: 'hello',
      sentAt: RECEIVED,
      expiresAt: RECEIVED + BROADCAST_LIFE_MS,
      attempts: 0,
    });
  });

  it.each([
    ['seconds', 1_796_012_310, 1_796_012_310_000],
    ['seconds with a fraction', 1_796_012_310.453, 1_796_012_310_453],
    ['milliseconds with a fraction', 1_796_012_310_453.7, 1_796_012_310_453],
    ['microseconds', 1_796_012_310_453_000, 1_796_012_310_453],
  ])('recognizes times in %s', (_, time, ms) => {
    expect(read({ v: 1, data: 'hello', sentAt: time })).toMatchObject({
      sentAt: ms,
      expiresAt: ms + BROADCAST_LIFE_MS,
    });
    expect(read({ v: 1, data: 'hello', expiresAt: time })).toMatchObject({ expiresAt: ms });
  });

  it('reads segments of both versions, and corrects only invalid entries', () => {
    const old = { c1: 1_796_000_000, c2: 1_796_000_000_123, c3: -1, c4: 'yesterday', c5: null };
    expect(read({ v: 1, data: 'hello', connections: old })?.connections).toEqual({
      c1: [1_796_000_000, NO_EXPIRY_SECONDS],
      c2: [1_796_000_000, NO_EXPIRY_SECONDS],
      c3: [0, NO_EXPIRY_SECONDS],
      c4: [0, NO_EXPIRY_SECONDS],
      c5: [0, NO_EXPIRY_SECONDS],
    });
    const today = { c1: [1_796_000_000, 1_796_007_500], c2: [], c3: [1_796_000_000.5] };
    expect(read({ v: 2, data: 'hello', connections: today })?.connections).toEqual({
      c1: [1_796_000_000, 1_796_007_500],
      c2: [0, NO_EXPIRY_SECONDS],
      c3: [1_796_000_000, NO_EXPIRY_SECONDS],
    });
  });

  it('keeps a connection whose id is also a property of objects', () => {
    const body = '{"v":2,"data":"hello","connections":{"__proto__":[5,9]}}';
    const { connections = {} } = readBroadcast({ messageId: 'm1', body, receivedAt: RECEIVED }, NOW) ?? {};
    expect(Object.entries(connections)).toEqual([['__proto__', [5, 9]]]);
  });

  it.each(['hello', '{', 'null', '{"v":3,"data":"hello"}', '{"v":1}'])('reads no broadcast from %s', (body) => {
    expect(readBroadcast({ messageId: 'm1', body, receivedAt: RECEIVED }, NOW)).toBeUndefined();
  });
});
