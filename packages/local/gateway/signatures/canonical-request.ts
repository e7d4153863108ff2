import { remember } from '../../runtime/remember.ts';

/** What Signature Version 4 signs of a request, as it came on the wire. */
export interface SignedRequest {
  method: string;
  /** The request target of the request line, undecoded. */
  url: string;
  /** By lower-case name. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Hexadecimal SHA-256 of the body. */
  bodyHash: string;
  /** How long its signature is valid. Default five minutes. */
  validForMs?: number;
}

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
const RESERVED_IN_PATH = /[^\w\-.~/]+/g;
/** Ours: one for each connection. */
const MOST_PATHS = 10_000;

/**
 * The canonical request. Each segment of the path on the wire is encoded once more: a wire `%3D` is signed as `%253D`, a
 * raw `=` as `%3D`, `@` as `%40`.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export const canonicalRequest = (
  { method, url, headers, bodyHash }: SignedRequest,
  signedHeaders: readonly string[],
): string => {
  const [path = '', query = ''] = split(url, '?');
  let lines = '';
  for (const name of signedHeaders) {
    // The client chooses the names: `constructor` is no header.
    lines += `${name}:${canonicalValue(Object.hasOwn(headers, name) ? headers[name] : '')}\n`;
  }
  return `${method}\n${canonicalPath(path)}\n${canonicalQuery(query)}\n${lines}\n${signedHeaders.join(';')}\n${bodyHash}`;
};

const split = (text: string, separator: string): [string, string] => {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
};

const canonicalPath = remember((path) => path.replace(RESERVED_IN_PATH, encode), MOST_PATHS);

const canonicalQuery = (query: string): string => {
  if (query === '') return '';
  const pairs = [...new URLSearchParams(query.replaceAll('+', '%2B'))];
  // By name, then by value: no encoded character sorts before the one that parts them here.
  const sorted = pairs.map(([name, value]) => `${encode(name)}\0${encode(value)}`).sort();
  return sorted.join('&').replaceAll('\0', '=');
};

const canonicalValue = (value: string | string[] | undefined = ''): string =>
  typeof value === 'string' ? value.trim().replace(/ {2,}/g, ' ') : value.map(canonicalValue).join(',');
