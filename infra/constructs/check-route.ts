import { ABILITIES } from './abilities.ts';
import type { RouteOptions } from './route-options.ts';

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
