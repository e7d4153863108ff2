import { Token } from 'aws-cdk-lib';
import { ENVIRONMENT } from '../../schemas/environment.ts';
import { MAX_MESSAGE_BYTES } from '../../schemas/quotas.ts';
import { type Check, describe, expected, isPlainObject, list, options, text } from './check-options.ts';
import { FUNCTION_CHECKS, type FunctionOptions } from './function-options.ts';

/**
 * A route of a `FanOutApi`: of `addRoute`, and of its options `connect`, `disconnect` and `default`.
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
  /** Name of the handler, which is that of its file. Routes of one handler share one function. Default: the route key, without its `$`. */
  handler?: string;
  /** What it may do beyond answering its caller. Default: nothing. The framework's own `default` can `inspect` besides. */
  can?: readonly Ability[];
  /** More environment variables of its function. */
  environment?: Readonly<Record<string, string>>;
  /** API Gateway itself answers: no function, and so none of the options above. */
  mock?: MockOptions;
  /** Only on `$connect`: AWS restricts authorization to it. */
  authorizer?: AuthorizerOptions;
}

/**
 * What a route may do beyond answering its caller:
 * - `broadcast`: send to the broadcast queue (`context.broadcast`).
 * - `keep`: write its caller's row, so that activity keeps it (`keepConnection`).
 * - `inspect`: ask what API Gateway knows of a connection.
 * - `disconnect`: close a connection from the server.
 *
 * ```ts
 * import type { Ability, FanOutApi } from 'middy-fanout/infra';
 *
 * const can: Ability[] = ['broadcast', 'keep'];
 * export const addMessages = (chat: FanOutApi) => chat.addRoute('send-message', { can });
 * ```
 */
export type Ability = (typeof ABILITIES)[number];

const ABILITIES = ['broadcast', 'keep', 'inspect', 'disconnect'] as const;

/** A Lambda authorizer (REQUEST) of `$connect`. What it returns as context is in the events of all later routes. */
export interface AuthorizerOptions extends FunctionOptions {
  /** Name of the handler, which is that of its file. */
  handler: string;
  /**
   * `route.request.header.Auth`, `route.request.querystring.token`…: a handshake that lacks one of them gets 401 and
   * the authorizer is not asked. Default none: the token may come by header, query or subprotocol.
   */
  identitySource?: readonly string[];
  /** More environment variables of its function. */
  environment?: Readonly<Record<string, string>>;
}

/** A route without a function. It costs no Lambda, and cannot read what it was sent. */
export interface MockOptions {
  /** What the caller receives: a mapping template, in which `$context.connectionId` and the like are filled in. Default: nothing. */
  reply?: string;
}

/** What a function may find in its environment beside what Lambda and the framework set. */
const environment: Check = (name, value) => {
  if (!isPlainObject(value)) return expected('an object of text', () => false)(name, value);
  return Object.entries(value).flatMap(([variable, content]) => {
    const path = `${name}.${variable}`;
    if (RESERVED_VARIABLES.includes(variable))
      return [`${path}: Lambda itself sets this variable, choose another name`];
    if (!/^[A-Za-z]\w+$/.test(variable))
      return [`${path}: expected a name of two or more letters, digits and "_", a letter first`];
    return expected('text', () => typeof content === 'string')(path, content);
  });
};

/** The framework sets them, some only where they are needed: another value would reach its own code. */
const routeEnvironment: Check = (name, value) => {
  const own = isPlainObject(value) ? Object.keys(value).filter((variable) => Object.hasOwn(ENVIRONMENT, variable)) : [];
  return [
    ...own.map((variable) => `${name}.${variable}: the framework itself sets this variable, choose another name`),
    ...environment(name, value),
  ];
};

/** Its function is made at synth. */
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

/** https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_apigatewayv2_authorizers.WebSocketLambdaAuthorizerProps.html */
const IDENTITY_SOURCE = /^(route\.request\.(header|querystring)|stageVariables|context)\.[\w.-]+$/;

const CHECKS = {
  handler,
  can: list(expected(`one of ${ABILITIES.join(', ')}`, (value) => ABILITIES.some((ability) => ability === value))),
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

/** API Gateway's own, or anything that a message can say as its `action`. */
const ROUTE_KEY = /^(\$(connect|disconnect|default)|[^$\s\p{Cc}\p{Cs}][^\s\p{Cc}\p{Cs}]*)$/u;

/**
 * Checks a route's options, as far as they do not depend on other routes.
 * @throws {Error} naming the route and what is wrong with it.
 */
export const checkRoute = (path: string, routeKey: string, given: RouteOptions): void => {
  if (typeof routeKey !== 'string' || Token.isUnresolved(routeKey) || !ROUTE_KEY.test(routeKey))
    throw new Error(
      `${path}: ${describe(routeKey)} is no route key: expected $connect, $disconnect, $default or what "action" says`,
    );
  const route = `${path}: the route "${routeKey}"`;
  const problems = options(CHECKS, 'an object of options, such as { can: ["broadcast"] }')('', given);
  if (problems.length) throw new Error(`${route}: ${problems.join('; ')}`);
  const { mock, authorizer, ...ofFunction } = given;
  const [own] = Object.entries(ofFunction).filter(([, value]) => value !== undefined);
  if (mock && own) throw new Error(`${route} is a mock, which has no function: remove ${own[0]}`);
  if (mock?.reply !== undefined && ['$connect', '$disconnect'].includes(routeKey))
    throw new Error(`${route} has a reply, which nobody is there to receive: write { mock: {} }`);
  if (authorizer && routeKey !== '$connect')
    throw new Error(
      `${route} has an authorizer: AWS says "Currently, authorization is restricted to the $connect route only"`,
    );
  if (['connect', 'disconnect', 'default'].includes(routeKey) && !mock && !given.handler)
    throw new Error(
      `${route} would call the function of $${routeKey}: for $${routeKey} write the option ${routeKey}, for messages with this "action" give it a handler`,
    );
};
