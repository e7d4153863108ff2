import { describe, expect, it } from '@jest/globals';
import { addDeliveries } from '../../fan-out/add-deliveries.ts';
import { aDelivery } from '../builders/a-delivery.ts';

const sentAt = (time: number) => aDelivery({ id: `b${time}`, sentAt: time });

describe('addDeliveries', () => {
  it('puts more messages among those to come, and leaves what is being received first', () => {
    const pending = { deliveries: [sentAt(1), sentAt(5), sentAt(7)], next: 1 };
    const merged = addDeliveries(pending, [sentAt(3), sentAt(6)]);
    expect(merged.map(({ broadcast }) => broadcast.id)).toEqual(['b1', 'b5', 'b3', 'b6', 'b7']);
    expect(pending.deliveries).toHaveLength(3);
  });
});
