import { MAX_IN_FLIGHT, MIN_IN_FLIGHT } from './in-flight-limit.ts';

/** Ours: how long answers are counted together, in milliseconds. */
const WINDOW_MS = 100;
/** Ours: what more posts in flight have to bring, in answers a second, for still more to be tried. */
const WORTHWHILE = 1.1;
/** Ours: share of posts without an answer above which there were too many in flight. */
const UNANSWERED_SHARE = 0.02;

/**
 * How many posts in flight are of use, from 64 to 800: twice as many while that brings more answers a second, half as many
 * when some get none. Where the gateway, or this function's own core, answers no faster, more posts in flight only wait
 * for each other until they time out, and each that does costs a socket.
 */
export class UsefulInFlight {
  #startedAt: number;
  #answered = 0;
  #unanswered = 0;
  #bestPerMs = 0;
  #limit = MIN_IN_FLIGHT;

  /** @param now Epoch milliseconds. */
  constructor(now: number) {
    this.#startedAt = now;
  }

  get limit(): number {
    return this.#limit;
  }

  /** Takes note of a post that has ended. */
  note(answered: boolean, now: number): void {
    if (answered) this.#answered++;
    else this.#unanswered++;
    if (now - this.#startedAt >= WINDOW_MS) this.#turn(now);
  }

  #turn(now: number): void {
    const perMs = this.#answered / (now - this.#startedAt);
    if (this.#unanswered > (this.#answered + this.#unanswered) * UNANSWERED_SHARE) {
      this.#limit = Math.max(MIN_IN_FLIGHT, this.#limit / 2);
    } else if (perMs > this.#bestPerMs * WORTHWHILE) {
      this.#limit = Math.min(MAX_IN_FLIGHT, this.#limit * 2);
    }
    this.#bestPerMs = Math.max(this.#bestPerMs, perMs);
    this.#startedAt = now;
    this.#answered = 0;
    this.#unanswered = 0;
  }
}
