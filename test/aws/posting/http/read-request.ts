/** A request as it was sent, one character for each byte. */
export interface RawRequest {
  line: string;
  /** In the order of the request. */
  headers: [name: string, value: string][];
  body: string;
  /** The whole request. */
  raw: string;
  /** Number of the request on its socket, from 0. */
  index: number;
}

/**
 * Reads the first request of `text`, which must have a `content-length`. Returns `undefined` while it is incomplete.
 */
export const readRequest = (text: string, index = 0): RawRequest | undefined => {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [line = '', ...lines] = text.slice(0, headEnd).split('\r\n');
  const headers = lines.map((header): [string, string] => {
    const colon = header.indexOf(': ');
    return [header.slice(0, colon), header.slice(colon + 2)];
  });
  const end = headEnd + 4 + Number(headers.find(([name]) => name === 'content-length')?.[1] ?? 0);
  if (text.length < end) return undefined;
  return { line, headers, body: text.slice(headEnd + 4, end), raw: text.slice(0, end), index };
};
