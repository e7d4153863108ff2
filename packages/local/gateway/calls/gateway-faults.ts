/** A fault that hits one post before its delivery, or instead of it. */
export interface PostFault {
  /** Waits this long first, in milliseconds of the run's clock. */
  delayMs?: number;
  /** Delivers nothing, and answers as for a stale connection (410) or a throttled call (429). `hang` never answers. */
  outcome?: 410 | 429 | 'hang';
}

/** Faults on request, to test how a fan-out copes with them. */
export interface GatewayFaults {
  /** Called once for each authorised POST to `@connections`, in order of arrival. `undefined` lets the post pass. */
  onPost(connectionId: string): PostFault | undefined;
}
