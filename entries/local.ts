// The local run for tests: `middy-fanout/local`.
export type { Clock } from '../local/clock.ts';
export type { LocalEvent, LocalLog, ReadyEvent } from '../local/local-event.ts';
export { createMovableClock, type MovableClock } from '../local/movable-clock.ts';
export { type LocalRun, type SdkConfiguration, type StartLocalOptions, startLocal } from '../local/start-local.ts';
export { UnsupportedApplication } from '../local/template/unsupported-application.ts';
