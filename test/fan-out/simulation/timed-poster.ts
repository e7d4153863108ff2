import type { ConnectionPoster, PostOutcome, PostResult } from '../../../aws/posting/connection-poster.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface TimedPost {
  connectionId: string;
  data: string;
  at: number;
}

export interface TimedPosterOptions {
  latencyMs?: number;
  /** The outcome of a post; `never` if it does not end. Default: delivered. */
  outcomeOf?: (post: TimedPost) => PostOutcome | 'never';
}

/** A gateway whose answers take virtual time. */
export class TimedPoster implements ConnectionPoster {
  readonly posts: TimedPost[] = [];
  mostInFlight = 0;
  #inFlight = 0;
  readonly #time: VirtualTime;
  readonly #latencyMs: number;
  readonly #outcomeOf: (post: TimedPost) => PostOutcome | 'never';

  constructor(time: VirtualTime, { latencyMs = 20, outcomeOf = () => 'delivered' }: TimedPosterOptions = {}) {
    this.#time = time;
    this.#latencyMs = latencyMs;
    this.#outcomeOf = outcomeOf;
  }

  /** The most posts within any second. */
  mostInASecond(): number {
    let first = 0;
    let most = 0;
    for (const [last, { at }] of this.posts.entries()) {
      while ((this.posts[first] as TimedPost).at <= at - 1_000) first++;
      most = Math.max(most, last - first + 1);
    }
    return most;
  }

  async post(connectionId: string, data: string): Promise<PostResult> {
    const post = { connectionId, data, at: this.#time.now() };
    this.posts.push(post);
    this.mostInFlight = Math.max(this.mostInFlight, ++this.#inFlight);
    const outcome = this.#outcomeOf(post);
    if (outcome === 'never') return new Promise(() => {});
    await this.#time.sleep(this.#latencyMs);
    this.#inFlight--;
    return outcome === 'delivered' ? { outcome } : { outcome, detail: `simulated ${outcome}` };
  }
}
