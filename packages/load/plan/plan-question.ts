/** What the planner is asked. */
export interface PlanQuestion {
  connections: number;
  /** Broadcasts a second. */
  rate: number;
  sizeBytes: number;
  /** Hours a month that connections are held and messages are sent. */
  hours: number;
  /** Requests a second of the account, where its quota was raised or its Region has less. */
  requestsPerSecond: number;
  /** Fan-out functions at once. */
  concurrency: number;
}
