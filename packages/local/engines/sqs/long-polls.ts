/**
 * How often a waiting receive looks for messages, in milliseconds. The clock of a local run may jump ahead, and the
 * timers of this thread do not notice.
 */
const LOOK_MS = 20;

interface Waiting<T> {
  take: () => T[];
  end(taken: T[]): void;
}

/** Receives that wait for messages, first come, first served. They wait in real time, also under a moved clock. */
export class LongPolls<T> {
  readonly #waiting = new Set<Waiting<T>>();
  #looking: NodeJS.Timeout | undefined;

  /**
   * Returns the first messages that `take` yields. Returns an empty list after `waitMs`, or if the caller disconnects.
   * @param onGone Registers a callback for the caller's disconnect.
   */
  receive(take: () => T[], waitMs: number, onGone?: (callback: () => void) => void): Promise<T[]> {
    const taken = take();
    if (taken.length > 0 || waitMs <= 0) return Promise.resolve(taken);
    return new Promise((resolve) => {
      const end = (messages: T[]): void => {
        clearTimeout(timer);
        this.#waiting.delete(waiting);
        if (this.#waiting.size === 0) this.#stopLooking();
        resolve(messages);
      };
      const waiting: Waiting<T> = { take, end };
      const timer = setTimeout(() => end([]), waitMs).unref();
      this.#waiting.add(waiting);
      this.#looking ??= setInterval(() => this.serve(), LOOK_MS).unref();
      onGone?.(() => end([]));
    });
  }

  /** Number of waiting receives. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Gives visible messages to the waiting receives. */
  serve(): void {
    for (const { take, end } of this.#waiting) {
      const taken = take();
      if (taken.length === 0) return;
      end(taken);
    }
  }

  /** Ends the waiting receives without messages. */
  wake(): void {
    for (const { end } of this.#waiting) end([]);
  }

  #stopLooking(): void {
    clearInterval(this.#looking);
    this.#looking = undefined;
  }
}
