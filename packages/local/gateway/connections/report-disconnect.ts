import type { Integration } from '../../model/application.ts';
import type { ConnectionFacts } from '../events/connection-facts.ts';
import { newId } from '../events/new-id.ts';
import { type ContextSource, requestContext } from '../events/request-context.ts';
import { disconnectEvent } from '../events/route-events.ts';
import { type Integrations, runIntegration } from '../integrations/run-integration.ts';
import type { Ending } from './connection.ts';

export interface DisconnectOptions extends ContextSource {
  /** The integration of `$disconnect`, if the API has the route. */
  integration: Integration | undefined;
  integrations: Integrations;
}

/** Runs `$disconnect` once for a connection that is gone, and ignores its answer and its failure, as AWS does. */
export const reportDisconnect = async (
  options: DisconnectOptions,
  facts: ConnectionFacts,
  ending: Ending,
): Promise<void> => {
  const { integration, integrations } = options;
  if (!integration) return;
  const context = requestContext(options, facts, {
    routeKey: '$disconnect',
    eventType: 'DISCONNECT',
    requestId: newId(),
    facts: { disconnectStatusCode: ending.code, disconnectReason: ending.reason },
  });
  const event = disconnectEvent(facts, context);
  await runIntegration(integrations, integration, { event, context, stageVariables: facts.stage.variables, body: '' });
};
