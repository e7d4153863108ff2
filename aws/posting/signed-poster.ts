import { createSecureContext } from 'node:tls';
import { describeError } from '../describe-error.ts';
import type { ConnectionPoster, PostOptions, PostResult } from './connection-poster.ts';
import { HttpError } from './http/http-error.ts';
import type { ExchangeEnd } from './http/http-socket.ts';
import { createCachedLookup } from './http/open-socket.ts';
import { SocketPool } from './http/socket-pool.ts';
import { readPostResult } from './read-post-result.ts';
import { createIdentityReader } from './signing/create-identity-reader.ts';
import { createPayloads } from './signing/create-payloads.ts';
import { createPostPath, createPostSigner, type Identity } from './signing/create-post-signer.ts';

const DEFAULT_TIMEOUT_MS = 2_000;

export interface SignedPosterOptions {
  /** Callback URL of the stage, `https:` or `http:`; without a stage on a custom domain. */
  endpoint: string;
  /** Most sockets, and so most posts under way, at once. Default 800. */
  maxSockets?: number;
  /** PEM certificates to trust instead of Node's own and those of `NODE_EXTRA_CA_CERTS`. */
  ca?: string;
  /** Who signs. Default: the environment, as Lambda sets it, else the SDK's default chain. */
  readIdentity?: () => Identity | Promise<Identity>;
  /** Epoch milliseconds. Default: the system's clock. */
  now?: () => number;
}

/**
 * Posts to `@connections` with a signature and an HTTP client of ours: a broadcast's posts cost a tenth of the SDK's CPU.
 * The day's key is cached and a message is hashed once for all its recipients. No post is repeated, but for one that was
 * refused because the clock is wrong: the clock of the answer is then used.
 *
 * Outcomes are as in {@link ConnectionPoster}: a post of which nothing was written is `failed`, one that was written and
 * not answered is `unknown`. Nothing is thrown.
 *
 * @throws {TypeError} from the constructor where the endpoint is not an http or https URL.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
 */
export class SignedPoster implements ConnectionPoster {
  readonly #createPool: () => SocketPool;
  #pool: SocketPool | undefined;
  readonly #toPath: ReturnType<typeof createPostPath>;
  readonly #toPayload = createPayloads();
  readonly #sign: ReturnType<typeof createPostSigner>;
  readonly #readIdentity: () => Identity | Promise<Identity>;
  readonly #now: () => number;
  #clockSkewMs = 0;

  constructor(options: SignedPosterOptions) {
    const { endpoint, maxSockets, ca, readIdentity = createIdentityReader(), now = Date.now } = options;
    const { protocol, hostname, host, port, pathname } = parseEndpoint(endpoint);
    this.#createPool = () =>
      new SocketPool(
        {
          hostname: hostname.replace(/^\[|\]$/g, ''),
          port: Number(port || (protocol === 'https:' ? 443 : 80)),
          lookup: createCachedLookup(),
          ...(protocol === 'https:' && { tls: { secureContext: createSecureContext(ca === undefined ? {} : { ca }) } }),
        },
        { now, ...(maxSockets !== undefined && { maxSockets }) },
      );
    this.#toPath = createPostPath(pathname);
    this.#sign = createPostSigner(host);
    this.#readIdentity = readIdentity;
    this.#now = now;
  }

  async post(connectionId: string, data: string, options: PostOptions = {}): Promise<PostResult> {
    if (!isPostable(connectionId)) return { outcome: 'gone', detail: 'no such id' };
    const { timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    const startedMs = this.#now();
    const first = await this.#attempt(connectionId, data, timeoutMs);
    const nowMs = this.#now();
    const clockSkewMs = first.kind === 'answered' ? findClockSkewMs(first.response, nowMs) : undefined;
    const leftMs = timeoutMs - (nowMs - startedMs);
    if (clockSkewMs === undefined || leftMs <= 0) return toResult(first);
    // Refused, so nothing was delivered: the one post that may be repeated.
    this.#clockSkewMs = clockSkewMs;
    return toResult(await this.#attempt(connectionId, data, leftMs));
  }

  async #attempt(connectionId: string, data: string, timeoutMs: number): Promise<ExchangeEnd> {
    const startedMs = this.#now();
    try {
      const read = this.#readIdentity();
      const identity = read instanceof Promise ? await withDeadline(read, timeoutMs) : read;
      const payload = this.#toPayload(data);
      const nowMs = this.#now();
      const head = this.#sign(this.#toPath(connectionId), payload, identity, nowMs + this.#clockSkewMs);
      // Not before the first post: reading the certificates of all authorities would be paid by functions that never post.
      this.#pool ??= this.#createPool();
      return await this.#pool.exchange(head + payload.latin1, timeoutMs - (nowMs - startedMs));
    } catch (error) {
      return { kind: 'unsent', error: error as Error };
    }
  }
}

const parseEndpoint = (endpoint: string): URL => {
  const url = URL.parse(endpoint);
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  throw new TypeError(
    `Expected endpoint to be the stage's callback URL, https://{api}.execute-api.{region}.amazonaws.com/{stage}, got ${endpoint}`,
  );
};

/** Not an id, and as the end of a path it would be another path. */
const isPostable = (connectionId: string): boolean => !['', '.', '..'].includes(connectionId);

/** The error's code and never its message, which may name hosts. */
const toResult = (end: ExchangeEnd): PostResult => {
  if (end.kind === 'answered') return readPostResult(end.response);
  const { code, name } = describeError(end.error);
  return { outcome: end.kind === 'unsent' ? 'failed' : 'unknown', detail: code ?? name };
};

/**
 * The promise's result, or a rejection after `timeoutMs`. What the promise does is not stopped.
 * @throws {HttpError} `DEADLINE`
 */
export const withDeadline = async <T>(promise: Promise<T>, timeoutMs: number): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new HttpError('DEADLINE', `Expected a result within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
};

/**
 * How far AWS's clock is ahead of ours, in milliseconds, where a 403 says that the signature's date is why it was
 * refused; `undefined` for any other answer. Other answers' dates are not looked at: a proxy's or a cached one would
 * turn a right clock into a wrong one.
 *
 * @param answer.body Text of the 403: "Signature expired: … is now earlier than …", or "Signature not yet current: … is
 *   still later than …".
 * @param answer.date The header `Date`.
 */
export const findClockSkewMs = (
  answer: { readonly status: number; readonly body: string; readonly date: string | undefined },
  nowMs: number,
): number | undefined => {
  if (answer.status !== 403 || !/Signature (expired|not yet current)/.test(answer.body)) return undefined;
  const dateMs = Date.parse(answer.date ?? '');
  return Number.isNaN(dateMs) ? undefined : dateMs - nowMs;
};
