import type { WebSocketEvent } from '../../../../schemas/web-socket-event.ts';
import type { TemplateVariables } from '../../template/expressions/mapping-template.ts';
import type { ProxyResult } from './proxy-result.ts';

/** What a route's integration is asked: the event as a function gets it, and what templates can refer to. */
export interface IntegrationRequest extends TemplateVariables {
  event: WebSocketEvent;
}

/** How it ended. `why` is for the developer. */
export type IntegrationOutcome =
  | { kind: 'answered'; result: ProxyResult }
  | { kind: 'failed'; why: string }
  | { kind: 'timed-out'; why: string };
