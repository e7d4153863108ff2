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

  /** What `take` takes, as soon as that is anything; nothing after `waitMs`, or when the caller has gone. */
  receive(take: () => T[], waitMs: number, gone?: AbortSignal): Promise<T[]> {
    const taken = take();
    if (taken.length > 0 || waitMs <= 0 || gone?.aborted) return Promise.resolve(taken);
    return new Promise((resolve) => {
      const end = (messages: T[]): void => {
        clearTimeout(timer);
        gone?.removeEventListener('abort', leave);
        this.#waiting.delete(waiting);
        if (this.#waiting.size === 0) this.#stopLooking();
        resolve(messages);
      };
      const leave = () => end([]);
      const waiting: Waiting<T> = { take, end };
      const timer = setTimeout(leave, waitMs).unref();
      gone?.addEventListener('abort', leave);
      this.#waiting.add(waiting);
      this.#looking ??= setInterval(() => this.serve(), LOOK_MS).unref();
    });
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
