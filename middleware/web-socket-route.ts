import middy, { type MiddlewareObj, type Request } from '@middy/core';
import type { Context } from 'aws-lambda';
import type { Validator } from '../schemas/compile-validator.ts';
import type { RouteEvent, RouteResponse, WebSocketEvent } from '../schemas/web-socket-event.ts';
import { answerErrors } from './answer-errors.ts';
import { refuseExpiredToken } from './connect/refuse-expired-token.ts';
import { createRequestLog } from './log-requests.ts';
import { answerOk, keepRawBody, refuseOtherEvents } from './normalize-event.ts';
import { parseBody } from './parse-body.ts';
import { provideActions } from './provide-actions.ts';
import { provideServices } from './provide-services.ts';
import type { RouteContext } from './support/route-context.ts';
import { validateBody } from './validate-body.ts';

/**
 * Ours: how long before Lambda's timeout the handler is given up, in milliseconds, so that its caller can still be told.
 * A route's function needs a timeout well above it.
 */
const ANSWER_RESERVE_MS = 1_500;

/**
 * A Middy instance with the whole stack of a WebSocket route on it: `.handler(…)` makes the Lambda handler, `.use(…)` adds
 * middlewares of any Middy package.
 *
 * ```ts
 * export const handler = webSocketRoute(sendMessage).handler(async (event, { broadcast }) => {
 *   await broadcast(event.body.message, { except: event.requestContext.connectionId });
 * });
 * ```
 * What the handler returns is optional: the stack answers `{statusCode: 200}`. What it throws is answered to the caller, a
 * `ClientError` by its code, anything else as `INTERNAL`. Each event is logged in one line, `Handled`, `Refused` or
 * `Failed`, also if a middleware that is added ends it early.
 * @param validator Of a `*.validator.ts` file. With it the body is parsed, validated, and typed from its schema; without
 * one it stays the text.
 * @throws {TypeError} at once if what is given is not a validator: a schema that is not compiled, a missing import.
 */
export function webSocketRoute(): WebSocketRoute<string | undefined>;
export function webSocketRoute<Body>(validator: Validator<Body>): WebSocketRoute<Body>;
export function webSocketRoute(...validators: [] | [Validator<unknown>]): WebSocketRoute<unknown> {
  const { logBefore, logFailed, requestStart, requestEnd } = createRequestLog();
  const route = middy({ timeoutEarlyInMillis: ANSWER_RESERVE_MS, requestStart, requestEnd })
    .use(refuseOtherEvents())
    .use(provideServices())
    .use(answerErrors())
    .use({ before: logBefore, onError: logFailed } as MiddlewareObj)
    .use(refuseExpiredToken())
    .use(provideActions())
    .use(answerOk())
    .use(keepRawBody());
  const [validator] = validators;
  // An import that is missing is `undefined` too: it must not make a route that checks nothing.
  if (validators.length > 0) route.use(parseBody()).use(validateBody(validator as Validator<unknown>));
  return route as unknown as WebSocketRoute<unknown>;
}

/** What `webSocketRoute` gives: Middy's instance, typed so that no middleware, whatever its own types, loosens the event. */
export interface WebSocketRoute<Body, TContext = RouteContext> {
  (event: WebSocketEvent, context: Context): Promise<RouteResponse>;
  handler(handler: RouteHandler<Body, TContext>): WebSocketRoute<Body, TContext>;
  /** Adds a middleware, or several. The handler's context gets what it declares to put there. */
  use<M extends AnyMiddleware | AnyMiddleware[]>(middleware: M): WebSocketRoute<Body, TContext & ContextOf<M>>;
  before(hook: RouteHook<Body, TContext>): WebSocketRoute<Body, TContext>;
  after(hook: RouteHook<Body, TContext>): WebSocketRoute<Body, TContext>;
  onError(hook: RouteHook<Body, TContext>): WebSocketRoute<Body, TContext>;
}

/** @param options.signal Aborted shortly before Lambda's timeout. */
type RouteHandler<Body, TContext> = (
  event: RouteEvent<Body>,
  context: TContext,
  options: { signal: AbortSignal },
) => unknown;

// biome-ignore lint/suspicious/noExplicitAny: Middy's own word for "whatever a middleware is made for".
type AnyMiddleware = MiddlewareObj<any, any, any, any, any>;

type RouteHook<Body, TContext> = (
  request: Omit<Request<RouteEvent<Body>, RouteResponse>, 'context'> & { context: TContext },
) => unknown;

// biome-ignore lint/suspicious/noExplicitAny: as above.
type ContextOf<M> = M extends MiddlewareObj<any, any, any, infer C, any> ? (0 extends 1 & C ? unknown : C) : unknown;
