import { setImmediate as turn } from 'node:timers/promises';

/** The one source of time of a local run. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Calls `callback` once, `delayMs` from now by this clock. Returns what cancels it. A waiting timer keeps no process alive. */
  after(delayMs: number, callback: () => void): () => void;
  /** A float64: milliseconds this clock is ahead of the system's, shared with the threads. Absent where it cannot be moved. */
  readonly offset?: SharedArrayBuffer;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

export interface MovableClock extends Clock {
  readonly offset: SharedArrayBuffer;
  /**
   * Moves the clock forward, stopping at each timer on the way so that they fire in order and may set others.
   * Threads that were given `offset` see the new time at once.
   * @throws {RangeError} for anything but a finite number of milliseconds from 0 on: a clock does not go back.
   */
  advance(durationMs: number): Promise<void>;
}

interface Timer {
  dueMs: number;
  callback: () => void;
  /** The system's timer, for as long as nobody moves the clock. */
  system?: NodeJS.Timeout;
}

/** Longest delay of Node's own timers; a longer one would fire at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** A clock that goes on like the system's and can be moved ahead: a ten-hour chat runs in seconds. */
export const createMovableClock = (): MovableClock => {
  const offset = new SharedArrayBuffer(8);
  const ahead = new Float64Array(offset);
  const timers = new Set<Timer>();
  const now = () => Date.now() + (ahead[0] as number);

  const cancel = (timer: Timer) => {
    clearTimeout(timer.system);
    timers.delete(timer);
  };
  const fire = (timer: Timer) => {
    cancel(timer);
    timer.callback();
  };
  const arm = (timer: Timer) => {
    clearTimeout(timer.system);
    timer.system = setTimeout(() => fireIfDue(timer), Math.min(timer.dueMs - now(), MAX_DELAY_MS)).unref();
  };
  /** The system's timers count by another clock than `Date.now()`: one may end a millisecond early. */
  const fireIfDue = (timer: Timer) => {
    if (timer.dueMs > now()) arm(timer);
    else fire(timer);
  };
  const nextDue = (untilMs: number) =>
    [...timers].filter(({ dueMs }) => dueMs <= untilMs).sort((a, b) => a.dueMs - b.dueMs)[0];
  const moveTo = (timeMs: number) => {
    ahead[0] = (ahead[0] as number) + Math.max(0, timeMs - now());
  };

  return {
    offset,
    now,
    after: (delayMs, callback) => {
      const timer: Timer = { dueMs: now() + delayMs, callback };
      timers.add(timer);
      arm(timer);
      return () => cancel(timer);
    },
    advance: async (durationMs) => {
      if (!(durationMs >= 0 && durationMs < Number.POSITIVE_INFINITY)) {
        throw new RangeError(`A clock is moved ahead by milliseconds from 0 on, not by ${durationMs}`);
      }
      const untilMs = now() + durationMs;
      for (let timer = nextDue(untilMs); timer; timer = nextDue(untilMs)) {
        moveTo(timer.dueMs);
        fire(timer);
        await turn(); // lets what the timer began set timers of its own
      }
      moveTo(untilMs);
      timers.forEach(arm);
      await turn();
    },
  };
};
