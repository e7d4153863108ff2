import { HttpError } from './http-error.ts';

/** The status and the needed headers of a response. */
export interface ResponseHead {
  readonly status: number;
  /** The end of the body: after a number of bytes, after the last chunk, or when the peer closes the socket. */
  readonly bodyEnd: number | 'chunked' | 'close';
  /** Whether the peer accepts another request on this socket. */
  readonly keepAlive: boolean;
  readonly date: string | undefined;
  readonly errorType: string | undefined;
}

/**
 * Reads the head of a response strictly. It refuses a head that RFC 9112 calls ambiguous: with a wrong end of the body,
 * the next post would get the answer of another post.
 *
 * @param head From the status line to the last header, without the empty line.
 * @throws {HttpError} `MALFORMED_RESPONSE`
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-6.3
 */
export const parseResponseHead = (head: string): ResponseHead => {
  const statusLineEnd = findLineEnd(head, 0);
  const [, minor, digits] = STATUS_LINE.exec(head.slice(0, statusLineEnd)) ?? [];
  if (digits === undefined) throw malformed('status line');
  const headers = readHeaders(head, statusLineEnd + 2);
  const status = Number(digits);
  const bodyEnd = findBodyEnd(status, headers);
  // A forbidden body, after 204 for example, would be read as the next response.
  const hasStrayBody = bodyEnd === 0 && declaresBody(headers);
  if (hasStrayBody && status < 200) throw malformed('body');
  return {
    status,
    bodyEnd,
    keepAlive: minor === '1' && !/(^|,)\s*close\s*(,|$)/i.test(headers.connection ?? '') && !hasStrayBody,
    date: headers.date,
    errorType: headers['x-amzn-errortype'],
  };
};

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: .*)?$/;
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

const NEEDED = ['content-length', 'transfer-encoding', 'connection', 'date', 'x-amzn-errortype'] as const;
type Headers = Partial<Record<(typeof NEEDED)[number], string>>;

/** Reads the needed headers. It checks only the syntax of the others, because this is the costliest part of a post. */
const readHeaders = (head: string, start: number): Headers => {
  const headers: Headers = {};
  for (let position = start; position < head.length; ) {
    const lineEnd = findLineEnd(head, position);
    const colon = head.indexOf(':', position);
    if (colon < 0 || colon >= lineEnd) throw malformed('header');
    const name = head.slice(position, colon);
    if (!NAME.test(name)) throw malformed('header');
    const known = NEEDED.find((candidate) => candidate.length === name.length && candidate === name.toLowerCase());
    if (known !== undefined) {
      const value = head.slice(colon + 1, lineEnd).trim();
      headers[known] = headers[known] === undefined ? value : `${headers[known]},${value}`;
    }
    position = lineEnd + 2;
  }
  return headers;
};

/** Finds the CRLF of a line. Refuses a lone line feed or carriage return: parsers disagree whether it ends a line. */
const findLineEnd = (head: string, start: number): number => {
  const lineFeed = head.indexOf('\n', start);
  const end = lineFeed < 0 ? head.length : lineFeed - 1;
  if (head.indexOf('\r', start) !== (lineFeed < 0 ? -1 : end)) throw malformed('line end');
  return end;
};

const findBodyEnd = (status: number, headers: Headers): ResponseHead['bodyEnd'] => {
  const { 'content-length': contentLength, 'transfer-encoding': transferEncoding } = headers;
  if (transferEncoding !== undefined && contentLength !== undefined) throw malformed('framing');
  if (contentLength !== undefined && !/^\d{1,15}$/.test(contentLength)) throw malformed('content-length');
  if (transferEncoding !== undefined && transferEncoding.toLowerCase() !== 'chunked') {
    throw malformed('transfer-encoding');
  }
  if (status < 200 || status === 204 || status === 304) return 0;
  if (transferEncoding !== undefined) return 'chunked';
  return contentLength === undefined ? 'close' : Number(contentLength);
};

const declaresBody = (headers: Headers): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

const malformed = (part: string): HttpError =>
  new HttpError('MALFORMED_RESPONSE', `Expected HTTP/1.1, got a wrong ${part}`);
