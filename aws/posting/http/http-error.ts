/** An exchange that HTTP or we ended, rather than the operating system. Node's own errors carry `code` in the same way. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly code: HttpErrorCode;

  constructor(code: HttpErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * - `MALFORMED_RESPONSE`: what was received is not HTTP/1.1.
 * - `CLOSED_EARLY`: the peer closed before it had answered.
 * - `DEADLINE`: there was no answer in time.
 * - `CONNECT_TIMEOUT`: the socket was not ready in time.
 */
export type HttpErrorCode = 'MALFORMED_RESPONSE' | 'CLOSED_EARLY' | 'DEADLINE' | 'CONNECT_TIMEOUT';
