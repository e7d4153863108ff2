import { beforeEach, describe, expect, it } from '@jest/globals';
import { Deadlines } from '../../../packages/client/deadlines.ts';
import { createRuntime } from '../../../packages/client/runtime.ts';

let now = 1_000_000;
/** The timer that is set. */
let timer: { delayMs: number; fire: () => void } | undefined;
const runtime = createRuntime({
  now: () => now,
  after: (delayMs, fire) => {
    timer = { delayMs, fire };
    return () => {
      timer = undefined;
    };
  },
});
let woken = 0;
let deadlines: Deadlines;
let met: string[];
beforeEach(() => {
  [woken, met] = [0, []];
  deadlines = new Deadlines(runtime, () => woken++);
});

const set = (name: string, delayMs: number) => deadlines.after(delayMs, () => met.push(name));
/** Lets the timer fire, at its time or earlier. */
const fire = (earlyMs = 0) => {
  const { delayMs, fire } = timer as NonNullable<typeof timer>;
  now += delayMs - earlyMs;
  fire();
};

describe('a deadline', () => {
  it('is met once, after those before it', () => {
    set('second', 200);
    set('first', 100);
    fire();
    fire();
    fire();
    expect(met).toEqual(['first', 'second']);
  });

  it('is met although its timer fires a millisecond early', () => {
    set('call', 100);
    fire(1);
    expect(met).toEqual([]);
    fire();
    expect(met).toEqual(['call']);
  });

  it('is met by a look if its timer is late', () => {
    set('call', 100);
    now += 5_000;
    deadlines.look();
    expect(met).toEqual(['call']);
  });

  it('is not met after it was cancelled', () => {
    const cancel = set('call', 100);
    cancel();
    fire();
    expect(met).toEqual([]);
  });

  it('keeps its time to wait if the clock is set back', () => {
    set('call', 100);
    now -= 3_600_000;
    deadlines.look();
    fire();
    fire();
    expect(met).toEqual(['call']);
  });

  it('is forgotten at the end, and no timer is left', () => {
    set('call', 100);
    deadlines.stop();
    expect(timer).toBeUndefined();
  });
});

describe('a device that has slept', () => {
  it('is noticed when the next timer fires', () => {
    now += 3_600_000;
    timer?.fire();
    expect(woken).toBe(1);
  });

  it('is not taken for a hidden tab, whose timers fire once a minute', () => {
    now += 60_000;
    timer?.fire();
    expect(woken).toBe(0);
  });
});
