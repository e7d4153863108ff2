import type { Ability } from './abilities.ts';
import type { AuthorizerOptions } from './authorizer-options.ts';
import type { MockOptions } from './mock-options.ts';

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
