import type { Call } from './callback-api.ts';

const HEAD_END = '\r\n\r\n';
const METHOD = 'POST ';
const REQUEST_LINE = /POST (\/[!-~]*) HTTP\/1\.1\r\n/y;
const HEADER_LINE = /([\w-]+):[ \t]*([ -~]*)\r\n/y;
/** Headers that change how a request is read or answered. */
const NOT_PLAIN = ['transfer-encoding', 'expect', 'upgrade', 'trailer'];

/**
 * Reads a post to `@connections` in the plain form that SDKs send: one whole request in the chunk, `POST`, visible
 * ASCII, no header twice, and a `Content-Length`. For any other request it returns `undefined`, even if the request is
 * valid.
 */
export const parsePost = (chunk: Buffer): Call | undefined => {
  const headEnd = chunk.indexOf(HEAD_END);
  if (headEnd === -1) return undefined;
  const head = chunk.toString('latin1', 0, headEnd + 2);
  REQUEST_LINE.lastIndex = 0;
  const length = REQUEST_LINE.exec(head)?.[1]?.length;
  if (length === undefined) return undefined;
  // Decoded again: a slice of `head` would keep all of it in memory, because targets are remembered.
  const url = chunk.toString('latin1', METHOD.length, METHOD.length + length);
  const headers = parseHeaders(head, REQUEST_LINE.lastIndex);
  const body = chunk.subarray(headEnd + HEAD_END.length);
  if (!headers || !isPlain(headers) || headers['content-length'] !== String(body.length)) return undefined;
  return { method: 'POST', url, headers, body };
};

/** By lower-case name. `undefined` if a line is not a header, or a header comes twice. */
const parseHeaders = (head: string, start: number): Record<string, string> | undefined => {
  const headers: Record<string, string> = {};
  for (let at = start; at < head.length; at = HEADER_LINE.lastIndex) {
    HEADER_LINE.lastIndex = at;
    const line = HEADER_LINE.exec(head);
    if (!line) return undefined;
    const name = (line[1] as string).toLowerCase();
    if (name in headers) return undefined;
    headers[name] = (line[2] as string).trimEnd();
  }
  return headers;
};

const isPlain = (headers: Record<string, string>): boolean =>
  headers.host !== undefined &&
  (headers.connection ?? 'keep-alive').toLowerCase() === 'keep-alive' &&
  !NOT_PLAIN.some((name) => name in headers);
