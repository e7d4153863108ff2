/** What our middlewares note of one request, in Middy's `request.internal`, for the line that is logged at its end. */
export type RequestNotes = {
  /** `performance.now()` */
  startedAt?: number;
  /** Of the broadcasts that were queued: each fan-out's accounts have the same ids. */
  broadcastIds?: string[];
  failureLogged?: boolean;
};
