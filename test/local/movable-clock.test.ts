import { describe, expect, it } from '@jest/globals';
import { createMovableClock } from '../../local/movable-clock.ts';
import { until } from '../builders/until.ts';

const HOUR_MS = 3_600_000;

describe('a movable clock', () => {
  it('goes on like the system', () => {
    const clock = createMovableClock();
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(50);
  });

  it('fires the timers on its way in order, each at its own time, and those that they set', async () => {
    const clock = createMovableClock();
    const startMs = clock.now();
    const fired: [string, number][] = [];
    const note = (name: string) => fired.push([name, Math.round((clock.now() - startMs) / 60_000)]);
    clock.after(2 * HOUR_MS, () => note('second'));
    clock.after(HOUR_MS, () => {
      note('first');
      clock.after(30 * 60_000, () => note('of the first'));
    });
    clock.after(9 * HOUR_MS, () => note('later'));
    await clock.advance(3 * HOUR_MS);
    expect(fired).toEqual([
      ['first', 60],
      ['of the first', 90],
      ['second', 120],
    ]);
    expect(clock.now() - startMs).toBeGreaterThanOrEqual(3 * HOUR_MS);
  });

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY])('is not moved by %d milliseconds', async (durationMs) => {
    const clock = createMovableClock();
    await expect(clock.advance(durationMs)).rejects.toThrow(RangeError);
    expect(clock.now()).toBeLessThanOrEqual(Date.now());
  });

  it('does not fire what was cancelled', async () => {
    const clock = createMovableClock();
    const fired: string[] = [];
    clock.after(1_000, () => fired.push('cancelled'))();
    await clock.advance(HOUR_MS);
    expect(fired).toEqual([]);
  });

  it('fires by itself what is left of a timer after a move', async () => {
    const clock = createMovableClock();
    let fired = false;
    clock.after(HOUR_MS, () => {
      fired = true;
    });
    await clock.advance(HOUR_MS - 20);
    expect(fired).toBe(false);
    await until(() => fired);
  });

  it('takes a delay that is longer than the system can wait', async () => {
    const clock = createMovableClock();
    let fired = false;
    clock.after(60 * 24 * HOUR_MS, () => {
      fired = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(fired).toBe(false);
    await clock.advance(60 * 24 * HOUR_MS);
    expect(fired).toBe(true);
  });
});
