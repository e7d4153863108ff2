export interface RouteOptions {
  /** Name of the handler. Routes of the same entry share one function. Default: the route key, without its `$`. */
  entry?: string;
  /** What it may do beyond answering its caller. Default: nothing. */
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
 */
export const ABILITIES = ['broadcast', 'keep', 'inspect', 'disconnect'] as const;

export type Ability = (typeof ABILITIES)[number];

/** A Lambda authorizer (REQUEST) of `$connect`. What it returns as context is in the events of all later routes. */
export interface AuthorizerOptions {
  /** Name of the handler. */
  entry: string;
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

/** API Gateway's own, or anything that a message can say as its `action`. */
const ROUTE_KEY = /^(\$(connect|disconnect|default)|[^$\s]\S*)$/;

/**
 * Checks a route's options, as far as they do not depend on other routes.
 * @throws {Error} naming the route and what is wrong with it.
 */
export const checkRoute = (
  path: string,
  routeKey: string,
  { can = [], mock, authorizer, ...more }: RouteOptions,
): void => {
  const unknown = can.filter((ability) => !ABILITIES.includes(ability));
  const route = `${path}: the route "${routeKey}"`;
  if (!ROUTE_KEY.test(routeKey))
    throw new Error(
      `${path}: "${routeKey}" is no route key: expected $connect, $disconnect, $default or what "action" says`,
    );
  if (unknown.length) throw new Error(`${route} can "${unknown.join('", "')}": expected ${ABILITIES.join(', ')}`);
  if (mock && (can.length || more.entry || more.environment))
    throw new Error(`${route} is a mock: it has no function, and so no entry, can or environment`);
  if (authorizer && routeKey !== '$connect')
    throw new Error(
      `${route} has an authorizer: AWS says "Currently, authorization is restricted to the $connect route only"`,
    );
};
