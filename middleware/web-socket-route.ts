import type { Logger } from '@aws-lambda-powertools/logger';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type { RouteEvent, RouteResponse, WebSocketEvent } from '../schemas/web-socket-event.ts';
import { ANSWER_ERRORS_RULES, type AnswerErrorsOptions, answerErrors } from './answer-errors.ts';
import { refuseExpiredToken } from './connect/refuse-expired-token.ts';
import { createRequestLog } from './log-requests.ts';
import { answerOk, keepRawBody, refuseOtherEvents } from './normalize-event.ts';
import { parseBody } from './parse-body.ts';
import { provideActions } from './provide-actions.ts';
import { PROVIDE_SERVICES_RULES, type ProvideServicesOptions, provideServices } from './provide-services.ts';
import { checkOptions, SERVICE } from './support/check-options.ts';
import type { MiddlewareObj, MiddyPlugin, Request } from './support/middleware-obj.ts';
import { DEFAULT_TIMEOUT_RESERVE_MS, MAX_TIMEOUT_RESERVE_MS, reserveTime } from './support/reserve-time.ts';
import type { RequestNotes, RouteContext } from './support/route-context.ts';
import { type BodyValidator, validateBody } from './validate-body.ts';

export interface WebSocketMiddlewaresOptions {
  /** Writes the lines of the log, unless there is a logger in the context already. Default: Powertools' own. */
  logger?: Logger;
  /** Of `answerErrors`. */
  errors?: AnswerErrorsOptions;
  /** Of `provideServices`. */
  services?: ProvideServicesOptions;
}

export interface WebSocketRouteOptions extends WebSocketMiddlewaresOptions {
  /** Middy's hooks around a request: `{ requestStart, requestEnd, beforeHandler, … }`. */
  plugin?: MiddyPlugin;
  /**
   * How long before Lambda's timeout the handler is given up, in milliseconds, so that its caller can still be told: 0 to
   * 29,000. Default 1,500; 0 never gives it up. A function whose timeout is less than twice as long reserves half of it,
   * and logs one warning.
   */
  timeoutReserveMs?: number;
}

/**
 * The stack of a WebSocket route as a list, for a Middy application that has middlewares of its own: those before it see
 * each event first, such as a tracer or a warm-up.
 *
 * ```ts
 * import middy from '@middy/core';
 * import { webSocketMiddlewares } from 'middy-fanout';
 * import { wave } from './wave.validator.ts';
 *
 * export const handler = middy({ timeoutEarlyInMillis: 1_500 })
 *   .use({ before: () => {} }) // a tracer, say
 *   .use(webSocketMiddlewares(wave))
 *   .handler(async (event, { broadcast }) => {
 *     await broadcast(`${event.body.name} waves`);
 *   });
 * ```
 * `webSocketRoute` is made of it. Two things are the application's own here: `timeoutEarlyInMillis`, without which
 * Lambda's timeout leaves a caller without an answer; and the log of an event whose `onError` hook throws.
 * @param validator From a `*.validator.ts` file, or a schema of Zod, Valibot, ArkType… With it the body is parsed, validated, and typed from its schema;
 * without one it stays the text.
 * @throws {TypeError} at once for what is not a validator, and for an option that does not exist or is wrong.
 */
export function webSocketMiddlewares(options?: WebSocketMiddlewaresOptions): RouteMiddleware<string | undefined>[];
export function webSocketMiddlewares<Body>(
  validator: BodyValidator<Body>,
  options?: WebSocketMiddlewaresOptions,
): RouteMiddleware<Body>[];
export function webSocketMiddlewares(...given: unknown[]): RouteMiddleware<unknown>[] {
  const { validators, options } = readParameters<WebSocketMiddlewaresOptions>(
    'webSocketMiddlewares',
    LIST_RULES,
    given,
  );
  return createStack(validators, options).middlewares;
}

/**
 * A Middy instance with the whole stack of a WebSocket route on it: `.handler(…)` makes the Lambda handler, `.use(…)` adds
 * middlewares of any Middy package.
 *
 * ```ts
 * import { webSocketRoute } from 'middy-fanout';
 * import { wave } from './wave.validator.ts';
 *
 * export const handler = webSocketRoute(wave, { timeoutReserveMs: 1_000 }).handler(async (event, { broadcast }) => {
 *   await broadcast(`${event.body.name} waves`, { except: event.requestContext.connectionId });
 * });
 * ```
 * What the handler returns is optional: the stack answers `{statusCode: 200}`. What it throws is answered to the caller, a
 * `ClientError` by its code, anything else as `INTERNAL`. Each event is logged in one line, `Handled`, `Refused` or
 * `Failed`, also if a middleware that is added ends it early.
 * @param validator From a `*.validator.ts` file, or a schema of Zod, Valibot, ArkType… With it the body is parsed, validated, and typed from its schema;
 * without one it stays the text.
 * @throws {TypeError} at once for what is not a validator (a schema that is not compiled, a missing import), and for an
 * option that does not exist or is wrong.
 */
export function webSocketRoute(options?: WebSocketRouteOptions): WebSocketRoute<string | undefined>;
export function webSocketRoute<Body>(
  validator: BodyValidator<Body>,
  options?: WebSocketRouteOptions,
): WebSocketRoute<Body>;
export function webSocketRoute(...given: unknown[]): WebSocketRoute<unknown> {
  const { validators, options } = readParameters<WebSocketRouteOptions>('webSocketRoute', ROUTE_RULES, given);
  const { plugin = {}, timeoutReserveMs = DEFAULT_TIMEOUT_RESERVE_MS, ...rest } = options;
  const { middlewares, logger, requestEnd } = createStack(validators, rest);
  const both = async (request: Request): Promise<void> => {
    requestEnd(request);
    await plugin.requestEnd?.(request);
  };
  const reserved = reserveTime(timeoutReserveMs, plugin, logger);
  return middy({ ...plugin, ...reserved, requestEnd: both }).use(middlewares) as unknown as WebSocketRoute<unknown>;
}

const createStack = (validators: readonly unknown[], { errors, services, ...options }: WebSocketMiddlewaresOptions) => {
  const { logger, logBefore, logHandled, logFailed, requestEnd } = createRequestLog(options.logger);
  const middlewares: AnyMiddleware[] = [
    refuseOtherEvents(),
    provideServices(services),
    answerErrors(errors),
    { before: logBefore, after: logHandled, onError: logFailed } as AnyMiddleware,
    refuseExpiredToken(),
    provideActions(pickServices(errors)),
    answerOk(),
    keepRawBody(),
  ];
  // An import that is missing is `undefined` too: it must not make a route that checks nothing.
  for (const validator of validators) middlewares.push(parseBody(), validateBody(validator as BodyValidator<unknown>));
  return { middlewares, logger, requestEnd };
};

/** Replies go the way of the answers. */
const pickServices = ({ poster, table }: AnswerErrorsOptions = {}) => ({
  ...(poster && { poster }),
  ...(table && { table }),
});

const LIST_RULES = {
  logger: SERVICE,
  errors: { type: 'object', properties: ANSWER_ERRORS_RULES, additionalProperties: false },
  services: { type: 'object', properties: PROVIDE_SERVICES_RULES, additionalProperties: false },
} as const;

const FUNCTION = { instanceof: 'Function' } as const;

const ROUTE_RULES = {
  ...LIST_RULES,
  timeoutReserveMs: { type: 'integer', minimum: 0, maximum: MAX_TIMEOUT_RESERVE_MS },
  // As Middy has them, less its two for the early timeout: `timeoutReserveMs` takes their place.
  plugin: {
    type: 'object',
    properties: {
      internal: { type: 'object', additionalProperties: true },
      beforePrefetch: FUNCTION,
      requestStart: FUNCTION,
      beforeMiddleware: FUNCTION,
      afterMiddleware: FUNCTION,
      beforeHandler: FUNCTION,
      afterHandler: FUNCTION,
      requestEnd: FUNCTION,
      executionMode: FUNCTION,
    },
    additionalProperties: false,
  },
} as const;

/** `(validator?, options?)`: the options may come alone. */
const readParameters = <Options extends object>(
  name: string,
  rules: Parameters<typeof checkOptions>[1],
  given: readonly unknown[],
): { validators: readonly unknown[]; options: Options } => {
  const optionsAlone = given.length === 1 && isOptions(given[0]);
  const options = (optionsAlone ? given[0] : given[1]) ?? {};
  checkOptions(name, rules, options);
  return { validators: optionsAlone ? [] : given.slice(0, 1), options: options as Options };
};

/** A plain object that is not a JSON Schema, which somebody may have forgotten to compile. */
const isOptions = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.getPrototypeOf(value) === Object.prototype &&
  !SCHEMA_KEYWORDS.some((keyword) => Object.hasOwn(value, keyword));

const SCHEMA_KEYWORDS = [
  '$schema',
  '$ref',
  'type',
  'properties',
  'required',
  'enum',
  'const',
  'anyOf',
  'oneOf',
  'allOf',
  '~standard',
];

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

/** One of the stack, typed for the application's handler. */
export type RouteMiddleware<Body> = MiddlewareObj<
  RouteEvent<Body>,
  RouteResponse | undefined,
  Error,
  RouteContext,
  RequestNotes
>;

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
