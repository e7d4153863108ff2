import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { createMovableClock, systemClock } from '../../../../packages/local/runtime/clock.ts';
import { until } from '../../../support/until.ts';

const HOUR_MS = 3_600_000;
/** Longest delay of the system's timers. A longer one would fire immediately. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

it.each([
  ['system', systemClock],
  ['movable', createMovableClock()],
])('the %s clock takes a negative delay for 0, so that Node does not warn', async (_, clock) => {
  const setTimer = jest.spyOn(globalThis, 'setTimeout');
  await new Promise<void>((resolve) => clock.after(-5, resolve));
  expect(setTimer.mock.calls.map(([, delayMs]) => delayMs)).toEqual([0]);
});

describe('a movable clock', () => {
  it('runs like the system clock', () => {
    const clock = createMovableClock();
    const beforeMs = Date.now();
    const nowMs = clock.now();
    expect(nowMs).toBeGreaterThanOrEqual(beforeMs);
    expect(nowMs).toBeLessThanOrEqual(Date.now());
  });

  it('fires timers in order, each at its own time, and the timers that they set', async () => {
    const clock = createMovableClock();
    const startMs = clock.now();
    const fired: [string, number][] = [];
    const record = (name: string) => fired.push([name, Math.round((clock.now() - startMs) / 60_000)]);
    clock.after(2 * HOUR_MS, () => record('second'));
    clock.after(HOUR_MS, () => {
      record('first');
      clock.after(30 * 60_000, () => record('of the first'));
    });
    clock.after(9 * HOUR_MS, () => record('later'));
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

  it('does not fire a cancelled timer', async () => {
    const clock = createMovableClock();
    const fired: string[] = [];
    clock.after(1_000, () => fired.push('cancelled'))();
    await clock.advance(HOUR_MS);
    expect(fired).toEqual([]);
  });

  it('fires a timer after its remaining time if the clock was moved', async () => {
    const clock = createMovableClock();
    const dueMs = clock.now() + HOUR_MS;
    let fired: { atMs: number; movedMs: number | undefined } | undefined;
    clock.after(HOUR_MS, () => {
      fired = { atMs: clock.now(), movedMs: new Float64Array(clock.offset)[0] };
    });
    await clock.advance(HOUR_MS - 20);
    const { atMs, movedMs } = await until(() => fired);
    expect(atMs).toBeGreaterThanOrEqual(dueMs);
    expect(movedMs).toBeLessThanOrEqual(HOUR_MS - 20);
  });

  it('does not fire a timer before it is due, even if the system’s timer is early', () => {
    jest.useFakeTimers();
    const clock = createMovableClock();
    const dueMs = clock.now() + 1_000;
    const fired: number[] = [];
    clock.after(1_000, () => fired.push(clock.now()));
    jest.setSystemTime(Date.now() - 1);
    jest.advanceTimersByTime(1_000);
    expect(fired).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(fired).toEqual([dueMs]);
  });

  it('fires a timer that became due while the clock was moved, without a negative delay', async () => {
    jest.useFakeTimers();
    const clock = createMovableClock();
    const setTimer = jest.spyOn(globalThis, 'setTimeout');
    let fired = false;
    clock.after(1_000, () => jest.setSystemTime(Date.now() + HOUR_MS));
    clock.after(2_000, () => {
      fired = true;
    });
    await clock.advance(1_500);
    expect(fired).toBe(false);
    jest.advanceTimersByTime(0);
    expect(fired).toBe(true);
    expect(setTimer.mock.calls.map(([, delayMs]) => delayMs)).toEqual([1_000, 2_000, 0]);
  });

  it('accepts a delay that is longer than the system’s longest', () => {
    jest.useFakeTimers();
    const clock = createMovableClock();
    const startMs = clock.now();
    const fired: number[] = [];
    clock.after(60 * 24 * HOUR_MS, () => fired.push(clock.now() - startMs));
    jest.advanceTimersByTime(LONGEST_WAIT_MS);
    expect(fired).toEqual([]);
    jest.advanceTimersByTime(60 * 24 * HOUR_MS - LONGEST_WAIT_MS);
    expect(fired).toEqual([60 * 24 * HOUR_MS]);
  });

  it('can be moved over a delay that is longer than the system’s longest', async () => {
    const clock = createMovableClock();
    let fired = false;
    clock.after(60 * 24 * HOUR_MS, () => {
      fired = true;
    });
    await clock.advance(59 * 24 * HOUR_MS);
    expect(fired).toBe(false);
    await clock.advance(24 * HOUR_MS);
    expect(fired).toBe(true);
  });
});
