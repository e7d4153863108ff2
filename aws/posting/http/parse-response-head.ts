import { HttpError } from './http-error.ts';

/** Status line and those headers of a response that we have a use for. */
export interface ResponseHead {
  readonly status: number;
  /** Where the body ends: after so many bytes, after its last chunk, or where the peer closes. */
  readonly bodyEnd: number | 'chunked' | 'close';
  /** The peer will take another request on this socket. */
  readonly keepAlive: boolean;
  readonly date: string | undefined;
  readonly errorType: string | undefined;
}

/**
 * Reads the head of a response, strictly: what RFC 9112 calls ambiguous is refused, because a wrong guess of where a
 * body ends would give the next post somebody else's answer.
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
  // A body that must not be, after 204 say, would be read as the next response.
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

const READ = ['content-length', 'transfer-encoding', 'connection', 'date', 'x-amzn-errortype'] as const;
type Headers = Partial<Record<(typeof READ)[number], string>>;

/** Reads what we have a use for. Of other headers only the form is checked: this is the costliest part of a post. */
const readHeaders = (head: string, start: number): Headers => {
  const headers: Headers = {};
  for (let position = start; position < head.length; ) {
    const lineEnd = findLineEnd(head, position);
    const colon = head.indexOf(':', position);
    if (colon < 0 || colon >= lineEnd) throw malformed('header');
    const name = head.slice(position, colon);
    if (!NAME.test(name)) throw malformed('header');
    const known = READ.find((candidate) => candidate.length === name.length && candidate === name.toLowerCase());
    if (known !== undefined) {
      const value = head.slice(colon + 1, lineEnd).trim();
      headers[known] = headers[known] === undefined ? value : `${headers[known]},${value}`;
    }
    position = lineEnd + 2;
  }
  return headers;
};

/** Where a line's CRLF begins. A line feed or carriage return alone is refused: parsers disagree whether it ends a line. */
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
