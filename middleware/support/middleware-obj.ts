import type { Context } from 'aws-lambda';

// Copies of Middy's types, so that no declaration of the package imports `@middy/core`. The declarations of Middy
// import a package that Middy does not install, and CommonJS cannot resolve them. TypeScript compares types by their
// members, so each copy and the original are interchangeable (test/middleware/support/middleware-obj.types.test.ts).

/** A request that Middy passes to each hook. */
export interface Request<
  TEvent = unknown,
  // biome-ignore lint/suspicious/noExplicitAny: as in Middy's type, so that both are interchangeable.
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

/** A middleware of Middy. Each hook is optional. */
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

type Hook<TRequest> = (request: TRequest) => unknown;

// biome-ignore lint/suspicious/noExplicitAny: a middleware of any event, as in Middy's own types.
export type AnyMiddleware = MiddlewareObj<any, any, any, any, any>;

/** Hooks that Middy calls around the middlewares of a request. `timeoutReserveMs` replaces Middy's two timeouts. */
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
