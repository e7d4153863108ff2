import { hash } from 'node:crypto';
import type { Payload } from './create-payloads.ts';
import { hmacSha256 } from './hmac-sha256.ts';

/** Who signs, and for which Region. A new object whenever something in it has changed. */
export interface Identity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
  readonly region: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const SERVICE = 'execute-api';
const CONTENT_TYPE = 'application/octet-stream';

/** What does not change while the second and the identity stay the same: most of a signature. */
interface Scope {
  readonly second: number;
  readonly identity: Identity;
  readonly day: string;
  readonly hmac: (text: string) => string;
  readonly stringToSignStart: string;
  /** Canonical headers after `content-length`, and the list of signed headers. */
  readonly canonicalHeaders: string;
  /** Header lines from `host` to `Signature=`. */
  readonly headerLines: string;
}

/** Signs a post: gives the request's head, from `POST` to the empty line. */
export type PostSigner = (path: PostPath, payload: Payload, identity: Identity, nowMs: number) => string;

/**
 * AWS Signature Version 4 of posts to one host. All headers sent are signed; what depends on the second only is made
 * once a second, the key once a day.
 *
 * @param host As in the `host` header: with a port where it is not the protocol's own.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export const createPostSigner = (host: string): PostSigner => {
  let scope: Scope | undefined;
  return (path, payload, identity, nowMs) => {
    const second = Math.floor(nowMs / 1_000);
    if (scope?.second !== second || scope.identity !== identity) scope = createScope(host, identity, second, scope);
    const canonicalRequest = `POST\n${path.canonical}\n\ncontent-length:${payload.byteLength}\n${scope.canonicalHeaders}${payload.sha256}`;
    const signature = scope.hmac(scope.stringToSignStart + hash('sha256', canonicalRequest));
    return `POST ${path.wire} HTTP/1.1\r\ncontent-length: ${payload.byteLength}\r\n${scope.headerLines}${signature}\r\n\r\n`;
  };
};

const createScope = (host: string, identity: Identity, second: number, previous: Scope | undefined): Scope => {
  const { accessKeyId, sessionToken, region } = identity;
  const date = `${new Date(second * 1_000).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
  const day = date.slice(0, 8);
  const credentialScope = `${day}/${region}/${SERVICE}/aws4_request`;
  const names = ['content-length', 'content-type', 'host', 'x-amz-date'];
  const headers: [string, string][] = [
    ['content-type', CONTENT_TYPE],
    ['host', host],
    ['x-amz-date', date],
  ];
  if (sessionToken !== undefined) {
    names.push('x-amz-security-token');
    headers.push(['x-amz-security-token', sessionToken]);
  }
  const signedHeaders = names.join(';');
  return {
    second,
    identity,
    day,
    hmac: previous?.identity === identity && previous.day === day ? previous.hmac : hmacSha256(dayKey(identity, day)),
    stringToSignStart: `${ALGORITHM}\n${date}\n${credentialScope}\n`,
    canonicalHeaders: `${headers.map(([name, value]) => `${name}:${value}\n`).join('')}\n${signedHeaders}\n`,
    headerLines: `${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}authorization: ${ALGORITHM} Credential=${accessKeyId}/${credentialScope}, SignedHeaders=${signedHeaders}, Signature=`,
  };
};

const dayKey = ({ secretAccessKey, region }: Identity, day: string): Buffer =>
  [day, region, SERVICE, 'aws4_request'].reduce<Buffer>(
    (key, part) => Buffer.from(hmacSha256(key)(part), 'hex'),
    Buffer.from(`AWS4${secretAccessKey}`),
  );

/** The path of a post, as it is on the wire and as it is signed: encoded once more. */
export interface PostPath {
  wire: string;
  canonical: string;
}

/**
 * Where posts to connections go below a callback URL.
 *
 * @param callbackUrlPath The path of the callback URL: `/production`, `/` on a custom domain. A slash at its end is
 *   taken off: `//@connections` is another path, and refused.
 */
export const createPostPath = (callbackUrlPath: string): ((connectionId: string) => PostPath) => {
  const wirePrefix = `${callbackUrlPath.replace(/\/+$/, '')}/@connections/`;
  const canonicalPrefix = wirePrefix.split('/').map(escapeUri).join('/');
  return (connectionId) => {
    const wireId = escapeUri(connectionId);
    return { wire: wirePrefix + wireId, canonical: canonicalPrefix + escapeUri(wireId) };
  };
};

/**
 * Percent-encodes all but the unreserved characters of RFC 3986, as SigV4 wants it. Half a surrogate pair becomes
 * U+FFFD.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export const escapeUri = (text: string): string =>
  // Most of what is escaped here is an id, and has nothing to escape but the `=` at its end.
  text.replace(ESCAPED, (character) => BY_CHARACTER[character] ?? escapeRare(character));

const ESCAPED = /[^A-Za-z0-9\-_.~]+/g;
const BY_CHARACTER: Readonly<Record<string, string>> = { '=': '%3D', '%': '%25' };

const escapeRare = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
