/** An exchange that the HTTP client ended, not the operating system. It has a `code`, as Node's own errors have. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly code: HttpErrorCode;

  constructor(code: HttpErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * - `MALFORMED_RESPONSE`: the received bytes are not HTTP/1.1.
 * - `CLOSED_EARLY`: the peer closed the socket before it answered.
 * - `DEADLINE`: no answer came in time.
 * - `CONNECT_TIMEOUT`: the socket was not ready in time.
 */
export type HttpErrorCode = 'MALFORMED_RESPONSE' | 'CLOSED_EARLY' | 'DEADLINE' | 'CONNECT_TIMEOUT';
