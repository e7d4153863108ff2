import { hash } from 'node:crypto';
import type { Payload } from './create-payloads.ts';
import { hmacSha256 } from './hmac-sha256.ts';

/** The credentials and the Region of a signature. A changed identity must be a new object. */
export interface Identity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
  readonly region: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const SERVICE = 'execute-api';
const CONTENT_TYPE = 'application/octet-stream';

/** The parts of a signature that change only with the second or the identity. */
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

/** Signs a post. Returns the head of the request, from `POST` to the empty line. */
export type PostSigner = (path: PostPath, payload: Payload, identity: Identity, nowMs: number) => string;

/**
 * Creates a signer for posts to one host, with AWS Signature Version 4. It signs every header of the request. It
 * computes the parts that depend on the second once a second, and the key once a day.
 *
 * @param host As in the `host` header: with the port, unless it is the default port of the protocol.
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

/**
 * The path of a post, in the form that is sent and in the form that is signed. The signed path is encoded once more.
 */
export interface PostPath {
  wire: string;
  canonical: string;
}

/**
 * Creates a function that returns the path of a post for a connection id.
 *
 * @param callbackUrlPath The path of the callback URL: `/production`, or `/` on a custom domain. A slash at its end is
 *   removed, because API Gateway refuses `//@connections`.
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
 * Percent-encodes all but the unreserved characters of RFC 3986, as SigV4 requires. A lone surrogate becomes U+FFFD.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export const escapeUri = (text: string): string =>
  // Most of these strings are ids, in which only the `=` at the end must be escaped.
  text.replace(ESCAPED, (character) => BY_CHARACTER[character] ?? escapeRare(character));

const ESCAPED = /[^A-Za-z0-9\-_.~]+/g;
const BY_CHARACTER: Readonly<Record<string, string>> = { '=': '%3D', '%': '%25' };

const escapeRare = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
