import { HttpError } from './http-error.ts';

/**
 * Decodes a chunked body.
 *
 * @param text The bytes from the body's start on, one character each.
 * @returns the body and how many characters it took, with its trailers, or `undefined` while more must come.
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

// A size, and extensions that nobody sends and everybody must skip.
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
