import { setImmediate as nextTurn } from 'node:timers/promises';

/** The only source of time in a local run. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /**
   * Calls `callback` once, after `delayMs` of this clock. A negative delay counts as 0: a time may pass while it is
   * computed. A waiting timer does not keep the process alive.
   * @returns A function that cancels the call.
   */
  after(delayMs: number, callback: () => void): () => void;
  /**
   * A float64 that threads share: the milliseconds by which this clock is ahead of the system's. Absent if the clock
   * cannot be moved.
   */
  readonly offset?: SharedArrayBuffer;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, Math.max(0, delayMs));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

export interface MovableClock extends Clock {
  readonly offset: SharedArrayBuffer;
  /**
   * Moves the clock forward. It stops at each timer on the way, so that timers fire in order and may set others.
   * Threads that have `offset` see the new time immediately.
   * @throws {RangeError} if `durationMs` is negative or not finite.
   */
  advance(durationMs: number): Promise<void>;
}

interface Timer {
  dueMs: number;
  callback: () => void;
  /** The system's timer. It fires if nobody moves the clock. */
  system?: NodeJS.Timeout;
}

/** Longest delay of Node's timers, in milliseconds. A longer one would fire immediately. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** Creates a clock that runs like the system's and can be moved ahead: a ten-hour chat runs in seconds. */
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
    const delayMs = Math.min(Math.max(0, timer.dueMs - now()), MAX_DELAY_MS);
    timer.system = setTimeout(() => fireIfDue(timer), delayMs).unref();
  };
  /** A system timer may fire a millisecond early, because it does not count by `Date.now()`. */
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
        throw new RangeError(`Cannot move the clock by ${durationMs}: pass a finite number of milliseconds, 0 or more`);
      }
      const untilMs = now() + durationMs;
      for (let timer = nextDue(untilMs); timer; timer = nextDue(untilMs)) {
        moveTo(timer.dueMs);
        fire(timer);
        await nextTurn(); // lets the code that the timer started set its own timers
      }
      moveTo(untilMs);
      timers.forEach(arm);
      await nextTurn();
    },
  };
};
