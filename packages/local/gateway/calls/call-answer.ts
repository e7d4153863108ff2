/** The answer to a call, as it goes on the wire. */
export interface CallAnswer {
  statusCode: number;
  /** `x-amzn-ErrorType`: the SDK names its error after it. Absent for a success. */
  errorType?: string;
  /** Default: an empty body. */
  body?: string;
  /** Default `application/json`. */
  contentType?: string;
}
