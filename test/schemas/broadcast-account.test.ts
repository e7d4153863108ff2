import { describe, expect, it } from '@jest/globals';
import { BROADCAST_ACCOUNT, readAccount, sumAccounts } from '../../schemas/broadcast-account.ts';
import { anAccount } from './an-account.ts';

describe('readAccount', () => {
  const account = anAccount({ delivered: 3 });
  const line = JSON.stringify({ level: 'INFO', message: BROADCAST_ACCOUNT, account, requestId: 'r1' });

  it.each([
    ['a line of a function', line],
    ['a line after a time and a stream', `2026-11-20T23:44:55 2026/11/20/[$LATEST]ab ${line}`],
    ['a line of npm start -- --json', JSON.stringify({ type: 'log', functionName: 'fan-out', line })],
  ])('finds the account in %s', (_, text) => {
    expect(readAccount(text)).toEqual({ account, requestId: 'r1' });
  });

  it.each([
    '',
    'hello',
    '{"message":"Handled"}',
    BROADCAST_ACCOUNT,
    `${BROADCAST_ACCOUNT} {not JSON`,
    `{"message":"${BROADCAST_ACCOUNT}"}`,
    `{"message":"other","account":{"note":"${BROADCAST_ACCOUNT}"}}`,
  ])('finds no account in %j', (text) => {
    expect(readAccount(text)).toBeUndefined();
  });
});

describe('sumAccounts', () => {
  const first = anAccount({
    ...{ scanned: 10, delivered: 6, stale: 1, excluded: 1, deferred: 2, posts: 9, throttled: 2 },
    ...{ firstDeliveredAt: 1_050, lastDeliveredAt: 1_200 },
  });

  it('sums counts, and takes the first and the last time', () => {
    const second = anAccount({
      ...{ messageId: 'm2', attempts: 1, carried: 2, delivered: 2, posts: 3, unknown: 1 },
      ...{ firstDeliveredAt: 2_000, lastDeliveredAt: 2_500 },
    });
    expect(sumAccounts([first, second])).toMatchObject({
      ...{ records: 2, scanned: 10, delivered: 8, posts: 12, unknown: 1, outstanding: 0, wrong: [], repeated: [] },
      ...{ firstDeliveredAt: 1_050, lastDeliveredAt: 2_500 },
    });
  });

  it('reports queued connections, repeated records and wrong counts', () => {
    const again = anAccount({ messageId: 'm4', receiveCount: 2 });
    const failed = anAccount({ messageId: 'm5', failed: true });
    const wrong = anAccount({ messageId: 'm6', delivered: 1 });
    expect(sumAccounts([first, again, failed, wrong])).toMatchObject({
      ...{ outstanding: 2, repeated: ['m4', 'm5'], wrong: ['m6'] },
    });
  });
});
