/**
 * How often a waiting receive looks again, in milliseconds: the clock of a local run may jump ahead, which no timer of
 * this thread notices.
 */
const LOOK_MS = 20;

interface Waiting<T> {
  take: () => T[];
  end(taken: T[]): void;
}

/** Receives that wait for messages, first come, first served. They wait in real time, whatever the clock says. */
export class LongPolls<T> {
  readonly #waiting = new Set<Waiting<T>>();
  #looking: NodeJS.Timeout | undefined;

  /**
   * What `take` takes, as soon as that is anything; nothing after `waitMs`, or when the caller has gone.
   * @param onGone Calls its callback when nobody waits for the answer any more.
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

  /** Receives that wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Messages may have become visible. */
  serve(): void {
    for (const { take, end } of this.#waiting) {
      const taken = take();
      if (taken.length === 0) return;
      end(taken);
    }
  }

  /** Ends what waits, empty. */
  wake(): void {
    for (const { end } of this.#waiting) end([]);
  }

  #stopLooking(): void {
    clearInterval(this.#looking);
    this.#looking = undefined;
  }
}
