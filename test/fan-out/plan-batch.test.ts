import { describe, expect, it } from '@jest/globals';
import { planBatch } from '../../fan-out/plan-batch.ts';
import { aDelivery } from '../support/a-delivery.ts';

const NOW = 1_795_219_010_000;
const shape = (plan: ReturnType<typeof planBatch>) => ({
  carried: plan.carried.map(({ rows, deliveries }) => [
    rows.map(({ connectionId }) => connectionId),
    deliveries.map(({ broadcast }) => broadcast.id),
  ]),
  scans: plan.scans.map(({ cursor, deliveries }) => [cursor, deliveries.map(({ broadcast }) => broadcast.id)]),
});

describe('planBatch', () => {
  it('gives new broadcasts one shared scan, in the order of sentAt', () => {
    const plan = planBatch([aDelivery({ id: 'b2', sentAt: 2 }), aDelivery({ id: 'b1', sentAt: 1 })], NOW);
    expect(shape(plan)).toEqual({ carried: [], scans: [[undefined, ['b1', 'b2']]] });
  });

  it('gives records with the same cursor one scan, before the scan from the start', () => {
    const plan = planBatch(
      [aDelivery({ id: 'b1' }), aDelivery({ id: 'b2', cursor: 'c5' }), aDelivery({ id: 'b3', cursor: 'c5' })],
      NOW,
    );
    expect(shape(plan).scans).toEqual([
      ['c5', ['b2', 'b3']],
      [undefined, ['b1']],
    ]);
  });

  it('merges segments, so that each connection is in one group with its messages in order', () => {
    const plan = planBatch(
      [
        aDelivery({ id: 'b2', sentAt: 2, connections: { c1: [10, 99], c2: [20, 99] } }),
        aDelivery({ id: 'b1', sentAt: 1, connections: { c2: [20, 100], c3: [30, 99] } }),
      ],
      NOW,
    );
    expect(shape(plan)).toEqual({
      carried: [
        [['c2'], ['b1', 'b2']],
        [['c3'], ['b1']],
        [['c1'], ['b2']],
      ],
      scans: [],
    });
    expect(plan.carried[0]?.rows[0]).toMatchObject({ connectedAt: 20, ttl: 100 });
  });

  it('separates expired records', () => {
    const segment = aDelivery({ connections: { c1: [10, 99], c2: [20, 99] }, expiresAt: NOW });
    const whole = aDelivery({ expiresAt: NOW - 1 });
    const plan = planBatch([segment, whole], NOW);
    expect(shape(plan)).toEqual({ carried: [], scans: [] });
    expect(plan.expired).toEqual([segment, whole]);
  });
});
