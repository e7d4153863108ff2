/**
 * The entry point for CDK applications: the construct, its options, and the bundler of its handlers.
 * @module middy-fanout/infra
 */

export { bundle, bundleSync } from '../infra/bundle.ts';
export type { Handlers } from '../infra/bundling/handlers.ts';
export { FanOutApi } from '../infra/constructs/fan-out-api.ts';
export type { FanOutApiProps } from '../infra/constructs/fan-out-api-props.ts';
export type { Ability, RouteOptions } from '../infra/constructs/route-options.ts';
export type { HandlerFunction } from '../infra/functions/handler-function.ts';
