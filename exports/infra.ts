// What a CDK application imports: `middy-fanout/infra`.
export { bundle, bundleSync } from '../infra/bundle.ts';
export type { Entry, Handlers } from '../infra/bundling/handlers.ts';
export type { BroadcastQueues } from '../infra/constructs/broadcast-queues.ts';
export type { ConnectionTable } from '../infra/constructs/connection-table.ts';
export type { FanOutAlarms } from '../infra/constructs/fan-out-alarms.ts';
export { FanOutApi } from '../infra/constructs/fan-out-api.ts';
export type { AlarmOptions, FanOutApiProps } from '../infra/constructs/fan-out-api-props.ts';
export type { HandlerFunction } from '../infra/constructs/handler-function.ts';
export type { AuthorizerOptions, MockOptions, RouteOptions } from '../infra/constructs/route-options.ts';
export { ABILITIES, type Ability } from '../infra/constructs/route-options.ts';
