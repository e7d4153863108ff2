/** A stretch of a run in which connections are held and messages are sent at a rate. */
export interface Phase {
  name: string;
  durationMs: number;
  /** Messages a second when the phase starts. */
  rateFrom: number;
  /** Messages a second when it ends. Between the two it changes evenly. */
  rateTo: number;
  /** Messages sent all at once when the phase starts, on top of the rate. */
  burst: number;
  /** Connections held during the phase. */
  connections: number;
  /** Share of the connections that is killed without a close frame each second, and replaced. */
  churnPerSecond: number;
}
