/** A call's answer: what goes on the wire. */
export interface CallAnswer {
  statusCode: number;
  /** `x-amzn-ErrorType`, of which the SDK makes the error's name. Absent where there is no error. */
  errorType?: string;
  /** Absent: an empty body. */
  body?: string;
  /** Of the body. Default `application/json`. */
  contentType?: string;
}
