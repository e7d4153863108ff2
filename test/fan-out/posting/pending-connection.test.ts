import { describe, expect, it } from '@jest/globals';
import { PendingConnection } from '../../../fan-out/posting/pending-connection.ts';
import type { ConnectionRow } from '../../../schemas/connections/connection-row.ts';
import { aConnectionRow } from '../../support/a-connection-row.ts';
import { accountOf, aDelivery } from '../../support/a-delivery.ts';

const NOW = 1_795_219_010_000;
const sentAt = (time: number) => aDelivery({ id: `b${time}`, sentAt: time });
const pending = (deliveries: ReturnType<typeof aDelivery>[], row: Partial<ConnectionRow> = {}) =>
  new PendingConnection(aConnectionRow({ connectionId: 'c1', ...row }), deliveries);

describe('PendingConnection', () => {
  it('sorts added messages among the next ones, and keeps the current message first', () => {
    const deliveries = [sentAt(1), sentAt(5), sentAt(7)];
    const connection = pending(deliveries);
    connection.delivered(NOW);
    connection.append(pending([sentAt(3), sentAt(6)]));
    const order: (string | undefined)[] = [];
    for (let next = connection.advance(NOW); next; next = connection.advance(NOW)) {
      order.push(next.broadcast.id);
      connection.delivered(NOW);
    }
    expect(order).toEqual(['b5', 'b3', 'b6', 'b7']);
    expect(deliveries).toHaveLength(3);
  });

  it('receives nothing after its ttl, even in the middle of its messages', () => {
    const deliveries = [sentAt(1), sentAt(2)];
    const connection = pending(deliveries, { ttl: NOW / 1_000 + 1 });
    expect(connection.advance(NOW)).toBe(deliveries[0]);
    connection.delivered(NOW + 999);
    expect(connection.advance(NOW + 1_000)).toBeUndefined();
    expect(deliveries.map((delivery) => accountOf(delivery).expired)).toEqual([0, 1]);
  });

  it('counts each message of a stale connection once, by the reason why it is not posted', () => {
    const deliveries = [
      aDelivery({ except: 'c1' }),
      aDelivery({ expiresAt: NOW }),
      aDelivery({}),
      aDelivery({ sentAt: 9 }),
    ];
    pending(deliveries, { ttl: NOW }).gone(NOW);
    const counts = deliveries.map((delivery) => accountOf(delivery));
    expect(counts.map(({ excluded, expired, stale }) => [excluded, expired, stale])).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
      [0, 0, 1],
    ]);
  });

  it('stops a message for all connections after 413 for a second connection', () => {
    const delivery = aDelivery({});
    const [first, second, third] = ['c1', 'c2', 'c3'].map((connectionId) =>
      pending([delivery], { connectionId, ttl: NOW }),
    );
    first?.tooLarge();
    expect(second?.advance(NOW)).toBe(delivery);
    second?.tooLarge();
    expect(third?.advance(NOW)).toBeUndefined();
  });

  it('counts two 413s of one connection as one', () => {
    const delivery = aDelivery({});
    pending([delivery], { ttl: NOW }).tooLarge();
    pending([delivery], { ttl: NOW }).tooLarge();
    expect(pending([delivery], { connectionId: 'c2', ttl: NOW }).advance(NOW)).toBe(delivery);
  });
});
