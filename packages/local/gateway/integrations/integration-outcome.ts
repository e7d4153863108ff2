import type { WebSocketEvent } from '../../../../schemas/web-socket-event.ts';
import type { TemplateVariables } from '../../template/expressions/mapping-template.ts';
import type { ProxyResult } from './proxy-result.ts';

/** The input of a route's integration: the event for a function, and the variables for templates. */
export interface IntegrationRequest extends TemplateVariables {
  event: WebSocketEvent;
}

/** How an integration ended. `why` is for the developer. */
export type IntegrationOutcome =
  | { kind: 'answered'; result: ProxyResult }
  | { kind: 'failed'; why: string }
  | { kind: 'timed-out'; why: string };
