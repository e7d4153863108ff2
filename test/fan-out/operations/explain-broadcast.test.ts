import { describe, expect, it } from '@jest/globals';
import { explainBroadcast } from '../../../fan-out/operations/explain-broadcast.ts';
import { anAccount } from '../../schemas/an-account.ts';

const first = anAccount({
  scanned: 10,
  delivered: 6,
  stale: 1,
  excluded: 1,
  deferred: 2,
  posts: 9,
  throttled: 2,
  firstDeliveredAt: 1_050,
  lastDeliveredAt: 1_200,
});
const second = anAccount({
  messageId: 'm2',
  attempts: 1,
  carried: 2,
  delivered: 2,
  posts: 3,
  unknown: 1,
  firstDeliveredAt: 2_000,
  lastDeliveredAt: 2_500,
});

describe('explainBroadcast', () => {
  it('says how each connection ended', () => {
    expect(explainBroadcast([first, second]).split('\n')).toEqual([
      'Broadcast b1, sent 1970-01-01T00:00:01.000Z, in 2 records',
      '  10 connections found: 8 delivered, 1 stale, 1 excluded, 0 expired, 0 undelivered (dead-letter queue)',
      '  12 posts: 2 throttled, 1 without an answer and repeated',
      '  first delivery after 50 ms, last after 1500 ms',
    ]);
  });

  it('names unusual counts', () => {
    const text = explainBroadcast([
      first,
      anAccount({ messageId: 'm7', failed: true, delivered: 1, scanHandedOver: true }),
    ]);
    expect(text).toMatch(/2 connections still queued/);
    expect(text).toMatch(/handed over/);
    expect(text).toMatch(/twice: m7/);
    expect(text).toMatch(/DOES NOT ADD UP.*m7/);
  });
});
