import { describe, expect, it } from '@jest/globals';
import { WaitingRows } from '../../fan-out/waiting-rows.ts';
import { aDelivery } from '../builders/a-delivery.ts';
import { someRows } from './simulation/timed-fan-out.ts';

const NOW = 1_795_219_010_000;

describe('WaitingRows', () => {
  it('gives rows out in the order in which they came, with their messages', () => {
    const waiting = new WaitingRows();
    const [first, second] = [aDelivery({ id: 'b1' }), aDelivery({ id: 'b2' })];
    waiting.add({ rows: [], deliveries: [first] });
    waiting.add({ rows: someRows(2), deliveries: [first] });
    waiting.add({ rows: someRows(1), deliveries: [second] });
    const taken = [waiting.take(NOW), waiting.take(NOW), waiting.take(NOW), waiting.take(NOW)];
    expect(taken.map((connection) => [connection?.connectionId, connection?.deliveries[0]?.broadcast.id])).toEqual([
      ['c000000', 'b1'],
      ['c000001', 'b1'],
      ['c000000', 'b2'],
      [undefined, undefined],
    ]);
    expect(waiting.isEmpty).toBe(true);
  });

  it('passes over rows that have outlived their ttl, and counts them', () => {
    const waiting = new WaitingRows();
    const delivery = aDelivery();
    const [old, young] = someRows(2).map((row, index) => ({ ...row, ttl: NOW / 1_000 + index }));
    if (old && young) waiting.add({ rows: [old, young], deliveries: [delivery] });
    expect(waiting.take(NOW)?.connectionId).toBe('c000001');
    expect(delivery.account.expired).toBe(1);
  });

  it('has room below 20,000 rows, also where one page has more', async () => {
    const waiting = new WaitingRows();
    waiting.add({ rows: someRows(20_002), deliveries: [aDelivery()] });
    let hasRoom = false;
    const room = waiting.room().then(() => {
      hasRoom = true;
    });
    waiting.take(NOW);
    waiting.take(NOW);
    await Promise.resolve();
    expect(hasRoom).toBe(false);
    waiting.take(NOW);
    await room;
    await expect(waiting.room()).resolves.toBeUndefined();
  });
});
