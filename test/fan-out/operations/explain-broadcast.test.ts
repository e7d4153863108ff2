import { describe, expect, it } from '@jest/globals';
import { explainBroadcast } from '../../../fan-out/operations/explain-broadcast.ts';
import { readAccounts } from '../../../fan-out/operations/read-accounts.ts';
import type { BroadcastAccount } from '../../../schemas/broadcast-account.ts';
import { sumAccounts } from '../../../schemas/broadcast-account.ts';

const account = (changes: Partial<BroadcastAccount> = {}): BroadcastAccount => ({
  id: 'b1',
  messageId: 'm1',
  attempts: 0,
  receiveCount: 1,
  scanned: 0,
  carried: 0,
  delivered: 0,
  stale: 0,
  excluded: 0,
  expired: 0,
  deferred: 0,
  undelivered: 0,
  posts: 0,
  unknown: 0,
  throttled: 0,
  sentAt: 1_000,
  scanHandedOver: false,
  failed: false,
  ...changes,
});
const first = account({
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
const second = account({
  messageId: 'm2',
  attempts: 1,
  carried: 2,
  delivered: 2,
  posts: 3,
  unknown: 1,
  firstDeliveredAt: 2_000,
  lastDeliveredAt: 2_500,
});
const line = (one: BroadcastAccount): string =>
  JSON.stringify({ level: 'INFO', message: 'Broadcast account', account: one });

describe('readAccounts', () => {
  it('finds the accounts of one broadcast in bare lines, behind a prefix and in the lines of --json', () => {
    const lines = [
      line(first),
      `2026-11-20T23:44:55 2026/11/20/[$LATEST]ab ${line(second)}`,
      JSON.stringify({ type: 'log', functionName: 'fan-out', line: line(account({ messageId: 'm3' })) }),
      line(account({ id: 'another' })),
      '{"message":"Handled"}',
      'Broadcast account {not JSON',
      '',
    ];
    expect(readAccounts(lines, 'b1').map(({ messageId }) => messageId)).toEqual(['m1', 'm2', 'm3']);
  });
});

describe('sumAccounts', () => {
  it('sums counts and spans times', () => {
    expect(sumAccounts([first, second])).toMatchObject({
      ...{ records: 2, scanned: 10, delivered: 8, posts: 12, unknown: 1, outstanding: 0, wrong: [], repeated: [] },
      ...{ firstDeliveredAt: 1_050, lastDeliveredAt: 2_500 },
    });
  });

  it('tells of what is still queued, what came again and what does not add up', () => {
    const again = account({ messageId: 'm4', receiveCount: 2 });
    const failed = account({ messageId: 'm5', failed: true });
    const wrong = account({ messageId: 'm6', delivered: 1 });
    expect(sumAccounts([first, again, failed, wrong])).toMatchObject({
      ...{ outstanding: 2, repeated: ['m4', 'm5'], wrong: ['m6'] },
    });
  });
});

describe('explainBroadcast', () => {
  it('says what became of every connection', () => {
    expect(explainBroadcast([first, second]).split('\n')).toEqual([
      'Broadcast b1, sent 1970-01-01T00:00:01.000Z, in 2 records',
      '  10 connections found: 8 delivered, 1 stale, 1 excluded, 0 expired, 0 undelivered (dead-letter queue)',
      '  12 posts: 2 throttled, 1 without an answer and repeated',
      '  first delivery after 50 ms, last after 1500 ms',
    ]);
  });

  it('names what is out of the ordinary', () => {
    const text = explainBroadcast([
      first,
      account({ messageId: 'm7', failed: true, delivered: 1, scanHandedOver: true }),
    ]);
    expect(text).toMatch(/2 connections still queued/);
    expect(text).toMatch(/handed over/);
    expect(text).toMatch(/twice: m7/);
    expect(text).toMatch(/DOES NOT ADD UP.*m7/);
  });
});
