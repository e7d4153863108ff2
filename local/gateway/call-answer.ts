/** A call's answer: what goes on the wire. */
export interface CallAnswer {
  statusCode: number;
  /** `x-amzn-ErrorType`, of which the SDK makes the error's name. Absent where there is no error. */
  errorType?: string;
  /** JSON. Absent: an empty body. */
  body?: string;
}
