import { HttpError } from './http-error.ts';
import { parseResponseHead, type ResponseHead } from './parse-response-head.ts';

export interface HttpResponse {
  readonly status: number;
  readonly date: string | undefined;
  readonly errorType: string | undefined;
  /** One character for each byte. Incomplete if it exceeds 32 KB or the peer closed the socket before its end. */
  readonly body: string;
  /** The socket may carry another request. */
  readonly reusable: boolean;
}

/**
 * Our choice: most bytes of a head, and of a body, that are read. API Gateway's largest known answer is a 403 that
 * echoes the request, about 3 KB.
 */
const MAX_BYTES = 32_768;

/**
 * Reads the response to one request, which may arrive in any number of pieces. The request is answered once the head is
 * complete. If the body is too large or never ends, the answer stays valid and only the socket is lost.
 */
export class ResponseReader {
  #text = '';
  #head: ResponseHead | undefined;

  /**
   * Reads the next bytes. It copies them, so the buffer may be reused.
   * @returns the response if it is complete, otherwise `undefined`.
   * @throws {HttpError} `MALFORMED_RESPONSE`
   */
  read(chunk: Buffer): HttpResponse | undefined {
    this.#text += chunk.toString('latin1');
    this.#head ??= this.#readHead();
    if (this.#head === undefined) return undefined;
    const complete = readBody(this.#text, this.#head);
    if (complete !== undefined) return toResponse(this.#head, complete.body, complete.reusable);
    return this.#text.length > MAX_BYTES ? this.end() : undefined;
  }

  /** Call it if no more bytes will come. @returns the response so far; `undefined` without a complete head. */
  end(): HttpResponse | undefined {
    return this.#head && toResponse(this.#head, this.#text, false);
  }

  #readHead(): ResponseHead | undefined {
    for (;;) {
      const end = this.#text.indexOf('\r\n\r\n');
      if (end < 0 && this.#text.length > MAX_BYTES)
        throw new HttpError('MALFORMED_RESPONSE', 'Expected a head of 32 KB or less');
      if (end < 0) return undefined;
      const head = parseResponseHead(this.#text.slice(0, end));
      if (head.status === 101) throw new HttpError('MALFORMED_RESPONSE', 'Expected an answer, got 101');
      this.#text = this.#text.slice(end + 4);
      // A 1xx response comes before the answer: https://www.rfc-editor.org/rfc/rfc9110#section-15.2
      if (head.status >= 200) return head;
    }
  }
}

const readBody = (text: string, head: ResponseHead): { body: string; reusable: boolean } | undefined => {
  if (head.bodyEnd === 'close') return undefined;
  const decoded =
    head.bodyEnd === 'chunked'
      ? decodeChunked(text)
      : text.length < head.bodyEnd
        ? undefined
        : { body: text.slice(0, head.bodyEnd), length: head.bodyEnd };
  // Bytes after the response must not become the answer to the next request.
  return decoded && { body: decoded.body, reusable: head.keepAlive && decoded.length === text.length };
};

const toResponse = ({ status, date, errorType }: ResponseHead, body: string, reusable: boolean): HttpResponse => ({
  status,
  date,
  errorType,
  body,
  reusable,
});

/**
 * Decodes a chunked body.
 *
 * @param text The bytes from the start of the body, one character for each.
 * @returns the body and its encoded length with trailers, in characters; `undefined` while the body is incomplete.
 * @throws {HttpError} `MALFORMED_RESPONSE`
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-7.1
 */
export const decodeChunked = (text: string): { body: string; length: number } | undefined => {
  let body = '';
  let position = 0;
  for (;;) {
    const lineEnd = text.indexOf('\r\n', position);
    if (lineEnd < 0) return undefined;
    const [, size] = SIZE_LINE.exec(text.slice(position, lineEnd)) ?? [];
    if (size === undefined) throw malformed();
    position = lineEnd + 2;
    const bytes = Number.parseInt(size, 16);
    if (bytes === 0) break;
    const chunkEnd = position + bytes;
    if (text.length < chunkEnd + 2) return undefined;
    if (!text.startsWith('\r\n', chunkEnd)) throw malformed();
    body += text.slice(position, chunkEnd);
    position = chunkEnd + 2;
  }
  const length = findTrailersEnd(text, position);
  return length === undefined ? undefined : { body, length };
};

// A size, and extensions, which a client must skip.
const SIZE_LINE = /^([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\0\r\n]*)?$/;

const findTrailersEnd = (text: string, start: number): number | undefined => {
  for (let position = start; ; ) {
    const lineEnd = text.indexOf('\r\n', position);
    if (lineEnd < 0) return undefined;
    if (lineEnd === position) return lineEnd + 2;
    position = lineEnd + 2;
  }
};

const malformed = (): HttpError =>
  new HttpError('MALFORMED_RESPONSE', 'Expected a chunk of a body, got something else');
