import { describe, expect, it } from '@jest/globals';
import { Ledger } from '../../../fan-out/records/ledger.ts';
import type { BroadcastAccount } from '../../../schemas/broadcast-account.ts';
import { aBroadcast } from '../../support/a-broadcast.ts';

const aLedger = () =>
  new Ledger({
    messageId: 'm1',
    receiveCount: 1,
    broadcast: aBroadcast({ connections: { c1: [1, 9], c2: [1, 9], c3: [1, 9] } }),
  });
const fail = (account: BroadcastAccount): never => {
  throw new Error(JSON.stringify(account));
};

describe('Ledger', () => {
  it('fails the record while a hand-over has no answer', () => {
    const ledger = aLedger();
    ledger.leaving(2);
    ledger.leaving(1);
    ledger.deferred(2);
    expect(ledger.close(fail)).toMatchObject({ carried: 3, deferred: 3, failed: true });
  });

  it('does not fail a record if a queue took every hand-over', () => {
    const ledger = aLedger();
    ledger.leaving(2);
    ledger.leaving(1);
    ledger.deferred(2);
    ledger.undelivered(1);
    expect(ledger.close(fail)).toMatchObject({ deferred: 2, undelivered: 1, failed: false });
  });

  it('detects a connection that was not counted', () => {
    const ledger = aLedger();
    ledger.delivered(5);
    ledger.stale();
    expect(() => ledger.close(fail)).toThrow('"carried":3,"delivered":1,"stale":1');
  });

  it('detects a connection that was counted twice', () => {
    const ledger = aLedger();
    ledger.expired(3);
    ledger.delivered(5);
    expect(() => ledger.close(fail)).toThrow('"expired":3');
  });
});
