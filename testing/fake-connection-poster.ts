import type { ConnectionPoster, PostOutcome, PostResult } from '../aws/posting/connection-poster.ts';

export interface Post {
  connectionId: string;
  data: string;
}

/** Keeps what it posts, for tests. Tell it what is to happen: `poster.outcomes.set('c2', 'gone')`. */
export class FakeConnectionPoster implements ConnectionPoster {
  /** What arrived, in order. */
  readonly posted: Post[] = [];
  /** What was tried, in order, whatever came of it. */
  readonly attempted: Post[] = [];
  /** By connection id. Default `delivered`. */
  readonly outcomes: Map<string, PostOutcome>;

  constructor(outcomes: Readonly<Record<string, PostOutcome>> = {}) {
    this.outcomes = new Map(Object.entries(outcomes));
  }

  async post(connectionId: string, data: string): Promise<PostResult> {
    const outcome = this.outcomes.get(connectionId) ?? 'delivered';
    this.attempted.push({ connectionId, data });
    if (outcome === 'delivered') this.posted.push({ connectionId, data });
    return outcome === 'delivered' ? { outcome } : { outcome, detail: 'a fake was told so' };
  }
}
