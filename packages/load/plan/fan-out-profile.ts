/** How fast a fan-out is, on AWS or where it was measured. */
export interface FanOutProfile {
  /** From a frame to the start of the function that fans it out, in milliseconds. */
  startMs: number;
  /** Until the first page of the scan is there, in milliseconds. */
  scanPageMs: number;
  /** Rows of a page. */
  pageRows: number;
  /** A function's posts a second. */
  postsPerSecond: number;
  /** One post, in milliseconds. */
  postMs: number;
  /** Functions at once. */
  concurrency: number;
  /** How long a function posts before the rest is others' work, in seconds. */
  targetSeconds: number;
}
