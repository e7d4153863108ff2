import type { RequestContext } from '../events/request-context.ts';
import type { ProxyResult } from './proxy-result.ts';

/** What a route's integration is asked: the event as a function gets it, and what templates can refer to. */
export interface IntegrationRequest {
  event: Readonly<Record<string, unknown>>;
  context: RequestContext;
  stageVariables: Readonly<Record<string, string>>;
  /** The message; empty for `$connect` and `$disconnect`. */
  body: string;
}

/** How it ended. `why` is for the developer. */
export type IntegrationOutcome =
  | { kind: 'answered'; result: ProxyResult }
  | { kind: 'failed'; why: string }
  | { kind: 'timed-out'; why: string };
