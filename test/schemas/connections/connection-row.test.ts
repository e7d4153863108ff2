import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NO_EXPIRY_SECONDS, normalizeRow } from '../../../schemas/connections/connection-row.ts';

const NOW_SECONDS = 1_796_012_310;
const normalize = (connectedAt?: unknown, ttl?: unknown) =>
  normalizeRow({ connectionId: 'c1', connectedAt, ttl }, NOW_SECONDS * 1_000 + 500);

describe('normalizeRow', () => {
  it.each([
    ['whole seconds', NOW_SECONDS - 3_600, NOW_SECONDS - 3_600],
    ['a fraction', NOW_SECONDS - 3_599.5, NOW_SECONDS - 3_600],
    ['a number as text', `${NOW_SECONDS - 100}.453`, NOW_SECONDS - 100],
    ['milliseconds', (NOW_SECONDS - 3_600) * 1_000 + 17, NOW_SECONDS - 3_600],
    ['microseconds', (NOW_SECONDS - 3_600) * 1_000_000, NOW_SECONDS - 3_600],
    ['nanoseconds', (NOW_SECONDS - 3_600) * 1e9, NOW_SECONDS - 3_600],
    ['a clock that is ahead', NOW_SECONDS + 5, NOW_SECONDS],
    ['the far future', NOW_SECONDS + 3_600, 0],
    ['a negative number', -5, 0],
    ['the year 1970', 12, 12],
    ['nothing', undefined, 0],
    ['null', null, 0],
    ['other text', 'yesterday', 0],
    ['an empty text', ' ', 0],
    ['NaN', Number.NaN, 0],
    ['infinity', Number.POSITIVE_INFINITY, 0],
    ['a list', [NOW_SECONDS], 0],
  ])('reads connectedAt from %s', (_, stored, expected) => {
    expect(normalize(stored)).toMatchObject({ connectedAt: expected });
  });

  it.each([
    ['whole seconds', NOW_SECONDS + 7_500, NOW_SECONDS + 7_500],
    ['a fraction', NOW_SECONDS + 0.5, NOW_SECONDS],
    ['milliseconds', (NOW_SECONDS + 60) * 1_000, NOW_SECONDS + 60],
    ['a time in the past', NOW_SECONDS - 60, NOW_SECONDS - 60],
    ['zero', 0, 0],
    ['a negative number', -1, 0],
    ['nothing', undefined, NO_EXPIRY_SECONDS],
    ['other text', 'never', NO_EXPIRY_SECONDS],
    ['infinity', Number.POSITIVE_INFINITY, NO_EXPIRY_SECONDS],
  ])('reads ttl from %s', (_, stored, expected) => {
    expect(normalize(NOW_SECONDS, stored)).toMatchObject({ ttl: expected });
  });

  it('turns any value into whole seconds, and reads them unchanged', () => {
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.anything()), fc.oneof(fc.double(), fc.anything()), (connectedAt, ttl) => {
        const row = normalize(connectedAt, ttl);
        expect(Number.isInteger(row.connectedAt) && row.connectedAt >= 0 && row.connectedAt <= NOW_SECONDS).toBe(true);
        expect(Number.isInteger(row.ttl) && row.ttl >= 0 && row.ttl <= NO_EXPIRY_SECONDS).toBe(true);
        expect(normalize(row.connectedAt, row.ttl)).toEqual(row);
      }),
    );
  });
});
