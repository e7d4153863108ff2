import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sendTimes } from '../../../../packages/load/generator/send-times.ts';
import { aPhase } from '../a-workload.ts';

describe('sendTimes', () => {
  it('sends at even intervals at a steady rate, the first at once', () => {
    expect([...sendTimes([aPhase({ durationMs: 1_000, rateFrom: 4, rateTo: 4 })])]).toEqual([0, 250, 500, 750]);
  });

  it('sends a burst at the start of its phase, on top of the rate', () => {
    const phases = [
      aPhase({ durationMs: 500, rateFrom: 0, rateTo: 0 }),
      aPhase({ durationMs: 1_000, rateFrom: 2, rateTo: 2, burst: 3 }),
    ];
    expect([...sendTimes(phases)]).toEqual([500, 500, 500, 500, 1_000]);
  });

  it('sends faster and faster on a ramp up, slower and slower on a ramp down', () => {
    const up = [...sendTimes([aPhase({ durationMs: 10_000, rateFrom: 0, rateTo: 10 })])];
    const down = [...sendTimes([aPhase({ durationMs: 10_000, rateFrom: 10, rateTo: 0 })])];
    expect([up.length, down.length]).toEqual([50, 50]);
    expect(up.filter((ms) => ms < 5_000)).toHaveLength(13);
    expect(down.filter((ms) => ms < 5_000)).toHaveLength(38);
  });

  it('stays in order and inside its phase, and sends as many as the rate asks for, for any phases', () => {
    const phase = fc.record({
      durationMs: fc.integer({ min: 1_000, max: 60_000 }),
      rateFrom: fc.integer({ min: 0, max: 50 }),
      rateTo: fc.integer({ min: 0, max: 50 }),
      burst: fc.integer({ min: 0, max: 5 }),
    });
    fc.assert(
      fc.property(fc.array(phase.map(aPhase), { minLength: 1, maxLength: 3 }), (phases) => {
        const times = [...sendTimes(phases)];
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        expect(times.at(-1) ?? 0).toBeLessThanOrEqual(phases.reduce((sum, { durationMs }) => sum + durationMs, 0));
        const asked = phases.reduce(
          (sum, { burst, rateFrom, rateTo, durationMs }) =>
            sum + burst + (((rateFrom + rateTo) / 2) * durationMs) / 1_000,
          0,
        );
        expect(times.length - asked).toBeGreaterThan(-1e-6);
        expect(times.length - asked).toBeLessThan(phases.length);
      }),
      { numRuns: 50 },
    );
  });
});
