import { Token } from 'aws-cdk-lib';
import { ENVIRONMENT } from '../../schemas/environment.ts';
import { MAX_MESSAGE_BYTES } from '../../schemas/quotas.ts';
import { publishPattern } from '../channels/channel-options.ts';
import { type Check, describe, expected, isPlainObject, list, options, text } from '../functions/check-options.ts';
import { FUNCTION_CHECKS, type FunctionOptions } from '../functions/function-options.ts';

/**
 * The options of a route of a `FanOutApi`, for `addRoute` and for the options `connect`, `disconnect` and `default`.
 *
 * ```ts
 * import { Duration } from 'aws-cdk-lib';
 * import type { FanOutApi, RouteOptions } from 'middy-fanout/infra';
 *
 * const options: RouteOptions = { handler: 'on-message', can: ['broadcast'], timeout: Duration.seconds(20) };
 * export const addMessages = (chat: FanOutApi) => chat.addRoute('onMessage', options);
 * ```
 */
export interface RouteOptions extends FunctionOptions {
  /**
   * The name of the handler's file, without its extension. Routes with the same handler share one function. The
   * framework's `connect` serves only `$connect`, and its `disconnect` only `$disconnect`. Default: the route key
   * without `$`.
   */
  handler?: string;
  /** Abilities beyond answering the caller. Default: none. The framework's own `default` can always `inspect`. */
  can?: readonly Ability[];
  /** More environment variables for the function. */
  environment?: Readonly<Record<string, string>>;
  /** API Gateway itself answers. A mock has no function, and allows none of the options above. */
  mock?: MockOptions;
  /** Only on `$connect`: AWS restricts authorization to this route. */
  authorizer?: AuthorizerOptions;
}

/**
 * An action that a route may take beyond answering its caller:
 * - `broadcast`: send to the broadcast queue (`context.broadcast`).
 * - `keep`: write the caller's row again, so that an active connection keeps its row (`keepConnection`).
 * - `inspect`: read the state of a connection from API Gateway.
 * - `disconnect`: close a connection from the server.
 * - `publish`: send to the queue of channels (`context.publish`). `{ publish: 'room:*' }` allows only the channels that
 *   match: `*` is any number of characters. IAM knows no channels, so the framework itself refuses the others.
 * - `subscribe`: subscribe and unsubscribe the caller or another connection (`context.subscribe`).
 * - `members`: read who is in a channel (`context.members`).
 *
 * The last three need the option `channels` of the API.
 *
 * ```ts
 * import type { Ability, FanOutApi } from 'middy-fanout/infra';
 *
 * const can: Ability[] = ['broadcast', 'keep', { publish: 'room:*' }];
 * export const addMessages = (chat: FanOutApi) => chat.addRoute('send-message', { can });
 * ```
 */
export type Ability = (typeof ABILITIES)[number] | { publish: string };

const ABILITIES = ['broadcast', 'keep', 'inspect', 'disconnect', 'publish', 'subscribe', 'members'] as const;

/** A Lambda authorizer (REQUEST) of `$connect`. The events of all later routes carry the context that it returns. */
export interface AuthorizerOptions extends FunctionOptions {
  /** The name of the handler's file, without its extension. It cannot be a handler of the framework. */
  handler: string;
  /**
   * Sources such as `route.request.header.Auth` and `route.request.querystring.token`. A handshake without one of them
   * gets 401, and the authorizer is not called. Default: none, so that the token may come in a header, the query string
   * or the subprotocol.
   */
  identitySource?: readonly string[];
  /** More environment variables for the function. */
  environment?: Readonly<Record<string, string>>;
}

/** A route without a function. It costs no Lambda invocation, and cannot read the message. */
export interface MockOptions {
  /** The reply to the caller: a mapping template, which may use `$context.connectionId`. Default: no reply. */
  reply?: string;
}

/** Environment variables of the application, without the names that Lambda reserves. */
const environment: Check = (name, value) => {
  if (!isPlainObject(value)) return expected('an object of text', () => false)(name, value);
  return Object.entries(value).flatMap(([variable, content]) => {
    const path = `${name}.${variable}`;
    if (RESERVED_VARIABLES.includes(variable))
      return [`${path}: Lambda itself sets this variable, choose another name`];
    if (!/^[A-Za-z]\w+$/.test(variable))
      return [`${path}: expected a name of two or more letters, digits and "_" that begins with a letter`];
    return expected('text', () => typeof content === 'string')(path, content);
  });
};

/**
 * Also refuses the framework's variables, even if the function does not need them, because its code would read them.
 */
const routeEnvironment: Check = (name, value) => {
  const own = isPlainObject(value) ? Object.keys(value).filter((variable) => Object.hasOwn(ENVIRONMENT, variable)) : [];
  return [
    ...own.map((variable) => `${name}.${variable}: the framework itself sets this variable, choose another name`),
    ...environment(name, value),
  ];
};

/** A handler's name must be known at synth, which makes its function. */
const handler: Check = (name, value) =>
  Token.isUnresolved(value) ? expected('text that is known at synth', () => false)(name, value) : text(name, value);

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
const RESERVED_VARIABLES = [
  ...['_HANDLER', '_X_AMZN_TRACE_ID', 'LAMBDA_RUNTIME_DIR', 'LAMBDA_TASK_ROOT'],
  ...['AWS_ACCESS_KEY', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'],
  ...['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_EXECUTION_ENV', 'AWS_LAMBDA_RUNTIME_API'],
  ...['AWS_LAMBDA_FUNCTION_NAME', 'AWS_LAMBDA_FUNCTION_VERSION', 'AWS_LAMBDA_FUNCTION_MEMORY_SIZE'],
  ...['AWS_LAMBDA_INITIALIZATION_TYPE', 'AWS_LAMBDA_LOG_GROUP_NAME', 'AWS_LAMBDA_LOG_STREAM_NAME'],
];

/**
 * https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_apigatewayv2_authorizers.WebSocketLambdaAuthorizerProps.html
 */
const IDENTITY_SOURCE = /^(route\.request\.(header|querystring)|stageVariables|context)\.[\w.-]+$/;

const ability: Check = (name, value) =>
  isPlainObject(value)
    ? options({ publish: publishPattern }, 'an object, { publish: "room:*" }', ['publish'])(name, value)
    : expected(`one of ${ABILITIES.join(', ')} or { publish: "room:*" }`, () => ABILITIES.some((one) => one === value))(
        name,
        value,
      );

const CHECKS = {
  handler,
  can: list(ability),
  environment: routeEnvironment,
  mock: options(
    {
      reply: expected(
        `text of at most ${MAX_MESSAGE_BYTES} bytes, the largest message that API Gateway delivers`,
        (value) => typeof value === 'string' && Buffer.byteLength(value) <= MAX_MESSAGE_BYTES,
      ),
    },
    'an object, { } or { reply: "…" }',
  ),
  authorizer: options(
    {
      handler,
      identitySource: list(
        expected(
          'route.request.header.NAME, route.request.querystring.NAME, context.NAME or stageVariables.NAME',
          (value) => typeof value === 'string' && (IDENTITY_SOURCE.test(value) || Token.isUnresolved(value)),
        ),
      ),
      environment,
      ...FUNCTION_CHECKS,
    },
    'an object, { handler: "…" }',
    ['handler'],
  ),
  ...FUNCTION_CHECKS,
} satisfies Record<keyof RouteOptions, Check>;

export const ROUTE_OPTION_NAMES: readonly string[] = Object.keys(CHECKS);

/** A route key of API Gateway's own, or any `action` that a message can have. */
const ROUTE_KEY = /^(\$(connect|disconnect|default)|[^$\s\p{Cc}\p{Cs}][^\s\p{Cc}\p{Cs}]*)$/u;

/**
 * Checks the options of a route that do not depend on other routes.
 * @throws {Error} if an option is wrong. The message names the route and the problem.
 */
export const checkRoute = (path: string, routeKey: string, given: RouteOptions): void => {
  if (typeof routeKey !== 'string' || Token.isUnresolved(routeKey) || !ROUTE_KEY.test(routeKey))
    throw new Error(
      `${path}: ${describe(routeKey)} is not a route key: expected $connect, $disconnect, $default or the "action" of a message`,
    );
  const route = `${path}: the route "${routeKey}"`;
  const problems = options(CHECKS, 'an object of options, such as { can: ["broadcast"] }')('', given);
  if (problems.length) throw new Error(`${route}: ${problems.join('; ')}`);
  const { mock, authorizer, ...functionOptions } = given;
  const [present] = Object.entries(functionOptions).filter(([, value]) => value !== undefined);
  if (mock && present) throw new Error(`${route} is a mock, which has no function: remove ${present[0]}`);
  if (mock?.reply !== undefined && ['$connect', '$disconnect'].includes(routeKey))
    throw new Error(`${route} has a reply, but no open connection that can receive it: write { mock: {} }`);
  if (authorizer && routeKey !== '$connect')
    throw new Error(
      `${route} has an authorizer: AWS says "Currently, authorization is restricted to the $connect route only"`,
    );
  if (['connect', 'disconnect', 'default'].includes(routeKey) && !mock && !given.handler)
    throw new Error(
      `${route} would use the handler of $${routeKey}. For $${routeKey} set the option ${routeKey}. For messages with this "action" set another handler`,
    );
};
