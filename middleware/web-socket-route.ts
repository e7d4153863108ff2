import type { Logger } from '@aws-lambda-powertools/logger';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type { Channels } from '../schemas/channels/define-channels.ts';
import { MAX_INTEGRATION_MS } from '../schemas/quotas.ts';
import { type BodyValidator, nameOf } from '../schemas/validation/body-validator.ts';
import type { RouteEvent, RouteResponse, WebSocketEvent } from '../schemas/web-socket-event.ts';
import { ANSWER_ERRORS_RULES, type AnswerErrorsOptions, answerErrors } from './answer-errors.ts';
import { parseBody } from './body/parse-body.ts';
import { validateBody } from './body/validate-body.ts';
import type { ChannelActions } from './channels/provide-channel-actions.ts';
import { refuseExpiredToken } from './connect/refuse-expired-token.ts';
import { createRequestLog } from './log-requests.ts';
import { answerOk, keepRawBody, refuseOtherEvents } from './normalize-event.ts';
import { provideActions } from './provide-actions.ts';
import { PROVIDE_SERVICES_RULES, type ProvideServicesOptions, provideServices } from './provide-services.ts';
import { acknowledge } from './support/acknowledge.ts';
import { checkOptions, SERVICE } from './support/check-options.ts';
import type { AnyMiddleware, MiddlewareObj, MiddyPlugin, Request } from './support/middleware-obj.ts';
import { DEFAULT_TIMEOUT_RESERVE_MS, reserveTime } from './support/reserve-time.ts';
import type { RequestState, RouteContext } from './support/route-context.ts';

export interface WebSocketMiddlewaresOptions {
  /** Writes the log, unless the context already has a logger. Default: a Powertools logger. */
  logger?: Logger;
  /** The options of `answerErrors`. */
  errors?: AnswerErrorsOptions;
  /** The options of `provideServices`. */
  services?: ProvideServicesOptions;
}

/** An option of `webSocketRoute` and `webSocketMiddlewares`. */
export interface ChannelsOption<C extends Channels> {
  /** The channels of the application. The context then has the actions {@link ChannelActions}, typed from them. */
  channels: C;
}

export interface WebSocketRouteOptions extends WebSocketMiddlewaresOptions {
  /** Middy's hooks around a request: `{ requestStart, requestEnd, beforeHandler, … }`. */
  plugin?: MiddyPlugin;
  /**
   * Time before Lambda's timeout when the handler is aborted, so that its caller can still be answered. In
   * milliseconds: 0 to 29,000. Default 1,500. With 0 the handler is never aborted. If the function's timeout is less
   * than twice this time, half of the timeout is reserved, and one warning is logged.
   */
  timeoutReserveMs?: number;
}

/**
 * Returns the middlewares of a WebSocket route as a list, for a Middy application with its own middlewares. A tracer
 * or a warm-up can run before them.
 *
 * ```ts
 * import middy from '@middy/core';
 * import { webSocketMiddlewares } from 'middy-fanout';
 * import { wave } from './wave.validator.ts';
 *
 * export const handler = middy({ timeoutEarlyInMillis: 1_500 })
 *   .use({ before: () => {} }) // for example a tracer
 *   .use(webSocketMiddlewares(wave))
 *   .handler(async (event, { broadcast }) => {
 *     await broadcast(`${event.body.name} waves`);
 *   });
 * ```
 * `webSocketRoute` uses this list. The application must do two things itself. It must set `timeoutEarlyInMillis`,
 * because otherwise a caller gets no answer at Lambda's timeout. And it must log an event if an `onError` hook throws.
 * @param validator A validator from a `*.validator.ts` file, or a schema of Zod, Valibot, ArkType or another library.
 * With it, the body is parsed, validated, and typed from its schema. Without it, the body stays text.
 * @throws {TypeError} at set-up if `validator` is something else, or if an option does not exist or is invalid.
 */
export function webSocketMiddlewares<C extends Channels>(
  options: WebSocketMiddlewaresOptions & ChannelsOption<C>,
): RouteMiddleware<string | undefined, RouteContext & ChannelActions<C>>[];
export function webSocketMiddlewares(options?: WebSocketMiddlewaresOptions): RouteMiddleware<string | undefined>[];
export function webSocketMiddlewares<Body, C extends Channels>(
  validator: BodyValidator<Body>,
  options: WebSocketMiddlewaresOptions & ChannelsOption<C>,
): RouteMiddleware<Body, RouteContext & ChannelActions<C>>[];
export function webSocketMiddlewares<Body>(
  validator: BodyValidator<Body>,
  options?: WebSocketMiddlewaresOptions,
): RouteMiddleware<Body>[];
export function webSocketMiddlewares(...parameters: unknown[]): RouteMiddleware<unknown>[] {
  const { validators, options } = readParameters<StackOptions>(
    'webSocketMiddlewares',
    { ...LIST_RULES, channels: CHANNELS },
    parameters,
  );
  return createStack(validators, options).middlewares;
}

/**
 * Creates a Middy instance with all middlewares of a WebSocket route. `.handler(…)` makes it a Lambda handler,
 * `.use(…)` adds middlewares of any Middy package.
 *
 * ```ts
 * import { webSocketRoute } from 'middy-fanout';
 * import { wave } from './wave.validator.ts';
 *
 * export const handler = webSocketRoute(wave, { timeoutReserveMs: 1_000 }).handler(async (event, { broadcast }) => {
 *   await broadcast(`${event.body.name} waves`, { except: event.requestContext.connectionId });
 * });
 * ```
 * A handler need not return a response: the default is `{statusCode: 200}`. If the message has an `ackId`, its sender gets
 * `{"type":"ack","ackId":…,"result":…}` with the JSON value that the handler returned. If the handler throws, the caller receives
 * the code of the `ClientError`, or `INTERNAL` for any other error. Each event is logged in one line, `Handled`,
 * `Refused` or `Failed`, even if an added middleware ends it early.
 * @param validator A validator from a `*.validator.ts` file, or a schema of Zod, Valibot, ArkType or another library.
 * With it, the body is parsed, validated, and typed from its schema. Without it, the body stays text, and no message is
 * acknowledged.
 * @throws {TypeError} at set-up if `validator` is something else (a schema that is not compiled, a missing import), or
 * if an option does not exist or is invalid.
 * @throws {Error} at the first event if `.handler(…)` was not called.
 */
export function webSocketRoute<C extends Channels>(
  options: WebSocketRouteOptions & ChannelsOption<C>,
): WebSocketRoute<string | undefined, RouteContext & ChannelActions<C>>;
export function webSocketRoute(options?: WebSocketRouteOptions): WebSocketRoute<string | undefined>;
export function webSocketRoute<Body, C extends Channels>(
  validator: BodyValidator<Body>,
  options: WebSocketRouteOptions & ChannelsOption<C>,
): WebSocketRoute<Body, RouteContext & ChannelActions<C>>;
export function webSocketRoute<Body>(
  validator: BodyValidator<Body>,
  options?: WebSocketRouteOptions,
): WebSocketRoute<Body>;
export function webSocketRoute(...parameters: unknown[]): WebSocketRoute<unknown> {
  const { validators, options } = readParameters<WebSocketRouteOptions & StackOptions>(
    'webSocketRoute',
    ROUTE_RULES,
    parameters,
  );
  const { plugin = {}, timeoutReserveMs = DEFAULT_TIMEOUT_RESERVE_MS, ...rest } = options;
  const { middlewares, logger, requestEnd } = createStack(validators, rest);
  const logAndEnd = async (request: Request): Promise<void> => {
    requestEnd(request);
    await plugin.requestEnd?.(request);
  };
  const reserved = reserveTime(timeoutReserveMs, plugin, logger);
  const requestStart = (request: Request): void => {
    if (!hasHandler) throw new Error(NO_HANDLER);
    plugin.requestStart?.(request);
  };
  const route = middy({ ...plugin, ...reserved, requestStart, requestEnd: logAndEnd }).use(middlewares);
  let hasHandler = false;
  const setHandler = route.handler;
  route.handler = (handler) => {
    hasHandler = true;
    return setHandler(handler);
  };
  return route as unknown as WebSocketRoute<unknown>;
}

const NO_HANDLER = 'webSocketRoute(…) has no handler: add .handler(async (event, context) => …)';

type StackOptions = WebSocketMiddlewaresOptions & Partial<ChannelsOption<Channels>>;

const createStack = (validators: readonly unknown[], { errors, services, channels, ...options }: StackOptions) => {
  // A missing import is `undefined`. It must fail, not create a route without channels.
  if (channels !== undefined) assertChannels('webSocketRoute', channels);
  const { logger, logBefore, logHandled, logFailed, requestEnd } = createRequestLog(options.logger);
  const middlewares: AnyMiddleware[] = [
    refuseOtherEvents(),
    provideServices(services),
    answerErrors(errors),
    { before: logBefore, after: logHandled, onError: logFailed } as AnyMiddleware,
    refuseExpiredToken(),
    provideActions(pickServices(errors)),
    ...(channels ? [loadChannelActions(channels)] : []),
    answerOk(),
    keepRawBody(),
  ];
  // A missing import is `undefined`. It must fail, not create a route without validation.
  for (const validator of validators)
    middlewares.push(parseBody(), acknowledge(pickServices(errors)), validateBody(validator as BodyValidator<unknown>));
  return { middlewares, logger, requestEnd };
};

/** Starts to load the actions of channels at set-up. Routes without channels do not carry them. */
const loadChannelActions = (channels: Channels): AnyMiddleware => {
  const loading = import('./channels/provide-channel-actions.ts').then((actions) =>
    actions.provideChannelActions(channels),
  );
  loading.catch(() => {}); // the first event fails with the error
  const provideChannelActionsBefore = async (request: Request): Promise<void> => {
    await (await loading).before?.(request as never);
  };
  return { before: provideChannelActionsBefore } as AnyMiddleware;
};

/** @throws {TypeError} if the value is not the result of `defineChannels`. */
export const assertChannels = (name: string, channels: unknown): void => {
  const { definitions } = Object(channels) as Partial<Channels>;
  if (typeof definitions !== 'object' || definitions === null)
    throw new TypeError(`${name}: Expected channels to be the result of defineChannels(…), got ${nameOf(channels)}`);
};

/** Replies use the same poster and table as error answers. */
export const pickServices = ({ poster, table }: AnswerErrorsOptions = {}) => ({
  ...(poster && { poster }),
  ...(table && { table }),
});

/** Also for functions that pass these options on. */
export const LIST_RULES = {
  logger: SERVICE,
  errors: { type: 'object', properties: ANSWER_ERRORS_RULES, additionalProperties: false },
  services: { type: 'object', properties: PROVIDE_SERVICES_RULES, additionalProperties: false },
} as const;

const FUNCTION = { instanceof: 'Function' } as const;
const CHANNELS = { type: 'object', additionalProperties: true } as const;

const ROUTE_RULES = {
  ...LIST_RULES,
  channels: CHANNELS,
  timeoutReserveMs: { type: 'integer', minimum: 0, maximum: MAX_INTEGRATION_MS },
  // Middy's options without the two for the early timeout, which `timeoutReserveMs` replaces.
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

/** Reads `(validator?, options?)`. The options may be the only argument. */
const readParameters = <Options extends object>(
  name: string,
  rules: Parameters<typeof checkOptions>[1],
  parameters: readonly unknown[],
): { validators: readonly unknown[]; options: Options } => {
  const optionsOnly = parameters.length === 1 && isOptions(parameters[0]);
  const options = (optionsOnly ? parameters[0] : parameters[1]) ?? {};
  checkOptions(name, rules, options);
  return { validators: optionsOnly ? [] : parameters.slice(0, 1), options: options as Options };
};

/**
 * Checks for a plain object that is not a JSON Schema. A schema does not count as options: the author forgot to compile
 * it.
 */
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

/** The Middy instance of `webSocketRoute`, typed so that a middleware cannot change the type of the event. */
export interface WebSocketRoute<Body, TContext = RouteContext, Result = unknown> {
  (event: WebSocketEvent, context: Context): Promise<RouteResponse>;
  /** Only a type: `ContractOf` of middy-fanout-client reads it. */
  readonly '~route'?: { readonly body: Body; readonly result: Result };
  handler<Returned>(
    handler: RouteHandler<Body, TContext, Returned>,
  ): WebSocketRoute<Body, TContext, ResultOf<Awaited<Returned>>>;
  /** Adds middlewares. The type of the handler's context gets the properties that their types declare. */
  use<M extends AnyMiddleware | AnyMiddleware[]>(middleware: M): WebSocketRoute<Body, TContext & ContextOf<M>, Result>;
  before(hook: RouteHook<Body, TContext>): WebSocketRoute<Body, TContext, Result>;
  after(hook: RouteHook<Body, TContext>): WebSocketRoute<Body, TContext, Result>;
  onError(hook: RouteHook<Body, TContext>): WebSocketRoute<Body, TContext, Result>;
}

/** A response is for API Gateway, so the ack has no result then. */
type ResultOf<Returned> = Returned extends { readonly statusCode: number } ? undefined : Returned;

/** A middleware of `webSocketMiddlewares`, typed for the application's handler. */
export type RouteMiddleware<Body, TContext extends Context = RouteContext> = MiddlewareObj<
  RouteEvent<Body>,
  RouteResponse | undefined,
  Error,
  TContext,
  RequestState
>;

/** @param options.signal Is aborted shortly before Lambda's timeout. */
type RouteHandler<Body, TContext, Returned> = (
  event: RouteEvent<Body>,
  context: TContext,
  options: { signal: AbortSignal },
) => Returned;

type RouteHook<Body, TContext> = (
  request: Omit<Request<RouteEvent<Body>, RouteResponse>, 'context'> & { context: TContext },
) => unknown;

// biome-ignore lint/suspicious/noExplicitAny: a middleware of any event.
type ContextOf<M> = M extends MiddlewareObj<any, any, any, infer C, any> ? (0 extends 1 & C ? unknown : C) : unknown;
