import type { Route } from '../../model/application.ts';
import type { RunningApi } from '../running-api.ts';

/** Routes that the gateway calls of itself. A client that names one as its action gets `$default`. */
const RESERVED = new Set(['$connect', '$disconnect', '$default']);

/** The route of a message: the one whose key it selects, exactly and in the same case, else `$default`, else none. */
export const selectRoute = ({ routes, selectKey }: RunningApi, body: string): Route | undefined => {
  const key = selectKey(body);
  const selected = key === undefined || RESERVED.has(key) ? undefined : routes.get(key);
  return selected ?? routes.get('$default');
};
