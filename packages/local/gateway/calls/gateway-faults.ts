/** What happens to one post in place of, or before, its delivery. */
export interface PostFault {
  /** Waits so long before anything else, in milliseconds by the run's clock. */
  delayMs?: number;
  /** Answers this and delivers nothing: 410 is a gone connection, 429 a throttled call. `hang` never answers. */
  outcome?: 410 | 429 | 'hang';
}

/** Faults on request, for tests of what a fan-out does about them. */
export interface GatewayFaults {
  /** Asked once for each authorised POST to `@connections`, in order of arrival. `undefined` lets it pass. */
  onPost(connectionId: string): PostFault | undefined;
}
