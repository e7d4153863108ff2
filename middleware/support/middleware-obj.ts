import type { Context } from 'aws-lambda';

// Middy's own types, told once more, so that no declaration of the package imports `@middy/core`. Its declarations import
// a package that it does not install, and CommonJS cannot resolve them. TypeScript compares types by their members: each
// of these may stand for Middy's, and Middy's for it (test/middleware/support/middleware-obj.types.test.ts).

/** A request on its way through Middy: what each hook is given. */
export interface Request<
  TEvent = unknown,
  // biome-ignore lint/suspicious/noExplicitAny: as Middy has it, so that one may stand for the other.
  TResult = any,
  TErr = Error,
  TContext extends Context = Context,
  TInternal extends Record<string, unknown> = Record<never, unknown>,
> {
  event: TEvent;
  context: TContext;
  response: TResult | null | undefined;
  earlyResponse?: TResult | null | undefined;
  error: TErr | null | undefined;
  internal: TInternal;
}

/** A middleware of Middy. Each of its hooks may be left out. */
export interface MiddlewareObj<
  TEvent = unknown,
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  TResult = any,
  TErr = Error,
  TContext extends Context = Context,
  TInternal extends Record<string, unknown> = Record<never, unknown>,
> {
  before?: Hook<Request<TEvent, TResult, TErr, TContext, TInternal>>;
  after?: Hook<Request<TEvent, TResult, TErr, TContext, TInternal>>;
  onError?: Hook<Request<TEvent, TResult, TErr, TContext, TInternal>>;
  name?: string;
}

// biome-ignore lint/suspicious/noExplicitAny: as above.
type Hook<TRequest> = (request: TRequest) => any;

/** What Middy calls around the middlewares of a request. `timeoutReserveMs` takes the place of its two timeouts. */
export interface MiddyPlugin {
  internal?: Record<string, unknown>;
  beforePrefetch?: () => void;
  requestStart?: (request: Request) => void;
  beforeMiddleware?: (middlewareName: string) => void;
  afterMiddleware?: (middlewareName: string) => void;
  beforeHandler?: () => void;
  afterHandler?: () => void;
  requestEnd?: (request: Request) => unknown;
  executionMode?: () => void;
}
