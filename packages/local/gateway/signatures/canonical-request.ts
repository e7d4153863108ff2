import { memoize } from '../../runtime/memoize.ts';

/** The parts of a request that Signature Version 4 signs, as they came on the wire. */
export interface SignedRequest {
  method: string;
  /** The target of the request line, not decoded. */
  url: string;
  /** By lower-case name. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** SHA-256 of the body, in hexadecimal. */
  bodyHash: string;
  /** Validity of the signature, in milliseconds. Default five minutes. */
  validForMs?: number;
}

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
const RESERVED_IN_PATH = /[^\w\-.~/]+/g;
/** Most paths that are remembered. Our choice: one for each of 10,000 connections. */
const MAX_PATHS = 10_000;

/**
 * Makes the canonical request. Each segment of the path is encoded once more: `%3D` on the wire is signed as `%253D`, a
 * raw `=` as `%3D`, and `@` as `%40`.
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
    // The client chooses the names: `constructor` must not find an inherited property.
    lines += `${name}:${canonicalValue(Object.hasOwn(headers, name) ? headers[name] : '')}\n`;
  }
  return `${method}\n${canonicalPath(path)}\n${canonicalQuery(query)}\n${lines}\n${signedHeaders.join(';')}\n${bodyHash}`;
};

const split = (text: string, separator: string): [string, string] => {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
};

const canonicalPath = memoize((path) => path.replace(RESERVED_IN_PATH, encode), MAX_PATHS);

const canonicalQuery = (query: string): string => {
  if (query === '') return '';
  const pairs = [...new URLSearchParams(query.replaceAll('+', '%2B'))];
  // Sorts by name, then by value, because no encoded character sorts before the separator.
  const sorted = pairs.map(([name, value]) => `${encode(name)}\0${encode(value)}`).sort();
  return sorted.join('&').replaceAll('\0', '=');
};

const canonicalValue = (value: string | string[] | undefined = ''): string =>
  typeof value === 'string' ? value.trim().replace(/ {2,}/g, ' ') : value.map(canonicalValue).join(',');

/** The parts of an `Authorization` header of Signature Version 4, without the signature. */
export interface AuthorizationParts {
  accessKeyId: string;
  /** `20261120/us-east-1/execute-api/aws4_request` */
  scope: string;
  date: string;
  region: string;
  service: string;
  /** Names of the signed headers, in their order. */
  signedHeaders: readonly string[];
}

const BEFORE_SIGNATURE =
  /^AWS4-HMAC-SHA256 +Credential=(?<accessKeyId>[^/,\s]+)\/(?<scope>(?<date>\d{8})\/(?<region>[^/,\s]+)\/(?<service>[^/,\s]+)\/aws4_request), *SignedHeaders=(?<signedHeaders>[^,\s]+), *Signature=$/;
const SIGNATURE = /^[0-9a-f]{64}$/;
const SIGNATURE_LENGTH = 64;

/**
 * Makes a parser of `Authorization` headers. It gives `undefined` for an invalid header. The part before the signature
 * stays the same for a caller and a day, so it is parsed once: a broadcast sends thousands of headers a second.
 */
export const authorizationParser = (): ((
  authorization: string,
) => { parts: AuthorizationParts; signature: string } | undefined) => {
  const parse = memoize(parseStart);
  return (authorization) => {
    const signature = authorization.slice(-SIGNATURE_LENGTH);
    if (!SIGNATURE.test(signature)) return undefined;
    const parts = parse(authorization.slice(0, -SIGNATURE_LENGTH));
    return parts && { parts, signature };
  };
};

const parseStart = (start: string): AuthorizationParts | undefined => {
  const groups = BEFORE_SIGNATURE.exec(start)?.groups as Record<keyof AuthorizationParts, string> | undefined;
  return groups && { ...groups, signedHeaders: groups.signedHeaders.split(';') };
};
