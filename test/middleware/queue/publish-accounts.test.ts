import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { describe, expect, it } from '@jest/globals';
import { publishAccounts } from '../../../middleware/queue/publish-accounts.ts';
import type { BroadcastAccount } from '../../../schemas/broadcast-account.ts';
import { accountOf, aDelivery } from '../../support/a-delivery.ts';
import { captureLogs } from '../../support/capture-logs.ts';

const anAccount = (overrides: Partial<BroadcastAccount>): BroadcastAccount => ({
  ...accountOf(aDelivery({ sentAt: 1_000 })),
  ...overrides,
});

const publish = (...accounts: BroadcastAccount[]) => {
  const { logger, lines } = captureLogs();
  const embedded: Record<string, unknown>[] = [];
  const stream = new Writable({
    write: (chunk, _, done) => {
      embedded.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const metrics = new Metrics({ namespace: 'middy-fanout' });
  Object.assign(metrics, { console: new Console(stream, stream) });
  publishAccounts(accounts, logger, metrics);
  return { lines, embedded };
};

describe('publishAccounts', () => {
  it('logs each account, and embeds the metrics of all accounts in one line', () => {
    const first = anAccount({ delivered: 8, stale: 1, throttled: 2, firstDeliveredAt: 1_040, lastDeliveredAt: 1_900 });
    const second = anAccount({
      delivered: 3,
      unknown: 1,
      undelivered: 4,
      firstDeliveredAt: 1_050,
      lastDeliveredAt: 1_060,
    });
    const { lines, embedded } = publish(first, second);
    expect(lines).toMatchObject([
      { message: 'Broadcast account', account: first },
      { message: 'Broadcast account', account: second },
    ]);
    expect(embedded).toMatchObject([
      {
        Delivered: [8, 3],
        Stale: [1, 0],
        Throttled: [2, 0],
        Unknown: [0, 1],
        Undelivered: [0, 4],
        TimeToFirst: [40, 50],
        TimeToLast: [900, 60],
      },
    ]);
    expect(JSON.stringify(embedded[0]?._aws)).toContain('{"Name":"TimeToFirst","Unit":"Milliseconds"}');
    expect(JSON.stringify(embedded[0]?._aws)).toContain('"Namespace":"middy-fanout"');
  });

  it('has no times if nothing was delivered', () => {
    const { embedded } = publish(anAccount({ stale: 1 }));
    expect(embedded).toMatchObject([{ Delivered: 0, Stale: 1 }]);
    expect(embedded[0]).not.toHaveProperty('TimeToFirst');
  });

  it('logs nothing without accounts', () => {
    expect(publish()).toEqual({ lines: [], embedded: [] });
  });
});
