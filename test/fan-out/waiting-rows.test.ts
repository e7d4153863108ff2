import { describe, expect, it } from '@jest/globals';
import { WaitingRows } from '../../fan-out/waiting-rows.ts';
import { aDelivery } from '../builders/a-delivery.ts';
import { someRows } from './simulation/timed-fan-out.ts';

describe('WaitingRows', () => {
  it('gives rows out in the order in which they came, with their messages', () => {
    const waiting = new WaitingRows();
    const [first, second] = [aDelivery({ id: 'b1' }), aDelivery({ id: 'b2' })];
    waiting.add({ rows: [], deliveries: [first] });
    waiting.add({ rows: someRows(2), deliveries: [first] });
    waiting.add({ rows: someRows(1), deliveries: [second] });
    const taken = [waiting.take(), waiting.take(), waiting.take(), waiting.take()];
    expect(taken.map((connection) => [connection?.connectionId, connection?.current?.broadcast.id])).toEqual([
      ['c000000', 'b1'],
      ['c000001', 'b1'],
      ['c000000', 'b2'],
      [undefined, undefined],
    ]);
    expect(waiting.isEmpty).toBe(true);
  });

  it('has room below 20,000 rows, also where one page has more', async () => {
    const waiting = new WaitingRows();
    waiting.add({ rows: someRows(20_002), deliveries: [aDelivery()] });
    let hasRoom = false;
    const room = waiting.room().then(() => {
      hasRoom = true;
    });
    waiting.take();
    waiting.take();
    await Promise.resolve();
    expect(hasRoom).toBe(false);
    waiting.take();
    await room;
    await expect(waiting.room()).resolves.toBeUndefined();
  });
});
