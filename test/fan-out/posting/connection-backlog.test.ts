import { describe, expect, it } from '@jest/globals';
import { ConnectionBacklog } from '../../../fan-out/posting/connection-backlog.ts';
import type { PendingConnection } from '../../../fan-out/posting/pending-connection.ts';
import { aDelivery } from '../../support/a-delivery.ts';
import { someRows } from '../simulation/timed-fan-out.ts';
import { VirtualTime } from '../simulation/virtual-time.ts';

const NOW = 1_795_219_010_000;

describe('ConnectionBacklog', () => {
  it('returns rows in the order in which they were added, with their messages', () => {
    const backlog = new ConnectionBacklog();
    const [first, second] = [aDelivery({ id: 'b1' }), aDelivery({ id: 'b2' })];
    backlog.add({ rows: [], deliveries: [first] });
    backlog.add({ rows: someRows(2), deliveries: [first] });
    backlog.add({ rows: someRows(3).slice(2), deliveries: [second] });
    const taken = [backlog.next(NOW), backlog.next(NOW), backlog.next(NOW), backlog.next(NOW)];
    expect(taken.map((connection) => [connection?.connectionId, connection?.current?.broadcast.id])).toEqual([
      ['c000000', 'b1'],
      ['c000001', 'b1'],
      ['c000002', 'b2'],
      [undefined, undefined],
    ]);
    expect(backlog.isEmpty).toBe(true);
  });

  it('returns a connection once if it is added again with more messages', () => {
    const backlog = new ConnectionBacklog();
    backlog.add({ rows: someRows(1), deliveries: [aDelivery({ id: 'b1' })] });
    const connection = backlog.next(NOW);
    backlog.add({ rows: someRows(1), deliveries: [aDelivery({ id: 'b2' })] });
    expect(backlog.next(NOW)).toBeUndefined();
    connection?.delivered(NOW);
    expect(connection?.current?.broadcast.id).toBe('b2');
  });

  it('drains every connection without a post in flight, and cancels its timers', async () => {
    const time = new VirtualTime(NOW, 1);
    const backlog = new ConnectionBacklog();
    backlog.add({ rows: someRows(4), deliveries: [aDelivery()] });
    const [resting, ready, inFlight] = [backlog.next(NOW), backlog.next(NOW), backlog.next(NOW)];
    let wakeUps = 0;
    if (resting) backlog.rest(resting, 100, time, () => wakeUps++);
    if (ready) backlog.putBack(ready);
    const idsOf = (connections: Iterable<PendingConnection>) =>
      [...connections].map(({ connectionId }) => connectionId);
    expect(idsOf(backlog.drain())).toEqual(['c000000', 'c000001', 'c000003']);
    expect(idsOf(backlog.drainInFlight())).toEqual([inFlight?.connectionId]);
    await time.run();
    expect([wakeUps, backlog.isEmpty]).toEqual([0, true]);
  });

  it('has room below 20,000 rows, even if one page has more', async () => {
    const backlog = new ConnectionBacklog();
    backlog.add({ rows: someRows(20_002), deliveries: [aDelivery()] });
    let hasRoom = false;
    const room = backlog.room().then(() => {
      hasRoom = true;
    });
    backlog.next(NOW);
    backlog.next(NOW);
    await Promise.resolve();
    expect(hasRoom).toBe(false);
    backlog.next(NOW);
    await room;
    await expect(backlog.room()).resolves.toBeUndefined();
  });
});
