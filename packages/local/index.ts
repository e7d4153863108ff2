/**
 * The local run, for a test of a whole stack.
 * @module middy-fanout-local
 */

export type { LocalEvent, LocalLog, ReadyEvent } from './model/local-event.ts';
export { type LocalRun, type SdkConfiguration, startLocal } from './run/start-local.ts';
export type { StartLocalOptions } from './run/start-options.ts';
export type { Clock } from './runtime/clock.ts';
export { createMovableClock, type MovableClock } from './runtime/clock.ts';
export { UnsupportedApplication } from './template/assembly/problem.ts';
