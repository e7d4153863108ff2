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
  /** Callback URL of the stage, `https:` or `http:`. On a custom domain it has no stage. */
  endpoint: string;
  /** Most sockets, and so most posts in flight. Default 800. */
  maxSockets?: number;
  /** PEM certificates to trust, instead of the certificates of Node and of `NODE_EXTRA_CA_CERTS`. */
  ca?: string;
  /** Returns the credentials and the Region. Default: the environment of Lambda, otherwise the SDK's default chain. */
  readIdentity?: () => Identity | Promise<Identity>;
  /** Epoch milliseconds. Default: the system's clock. */
  now?: () => number;
}

/**
 * Posts to `@connections` with its own signer and HTTP client, which need a tenth of the SDK's CPU. The key of the
 * day is cached, and a message is hashed once for all its recipients. A post is repeated only if API Gateway refused it
 * because of a wrong clock. From then on, it uses the clock of that answer.
 *
 * Outcomes are as in {@link ConnectionPoster}. A post is `failed` if it was not written, and `unknown` if it was
 * written but not answered. `post` never throws.
 *
 * @throws {TypeError} from the constructor, if the endpoint is not an http or https URL.
 * @see
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
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
    // API Gateway refused the post, so it delivered nothing. Only such a post may be repeated.
    this.#clockSkewMs = clockSkewMs;
    return toResult(await this.#attempt(connectionId, data, leftMs));
  }

  async #attempt(connectionId: string, data: string, timeoutMs: number): Promise<ExchangeEnd> {
    const startedMs = this.#now();
    try {
      const reading = this.#readIdentity();
      const identity = reading instanceof Promise ? await withDeadline(reading, timeoutMs) : reading;
      const payload = this.#toPayload(data);
      const nowMs = this.#now();
      const head = this.#sign(this.#toPath(connectionId), payload, identity, nowMs + this.#clockSkewMs);
      // Created by the first post: a function that never posts need not read the certificates of all authorities.
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

/** Excludes ids that would turn the path into another path. */
const isPostable = (connectionId: string): boolean => !['', '.', '..'].includes(connectionId);

/** The detail has the code of the error, not its message, which may name hosts. */
const toResult = (end: ExchangeEnd): PostResult => {
  if (end.kind === 'answered') return readPostResult(end.response);
  const { code, name } = describeError(end.error);
  return { outcome: end.kind === 'unsent' ? 'failed' : 'unknown', detail: code ?? name };
};

/**
 * Returns the result of the promise, or rejects after `timeoutMs`. The promise is not cancelled.
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
 * Returns how far the clock of AWS is ahead of the local clock, in milliseconds, if a 403 refuses the date of the
 * signature. Returns `undefined` for any other answer, because its date may come from a proxy or a cache.
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
