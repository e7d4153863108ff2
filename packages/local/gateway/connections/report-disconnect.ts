import type { ConnectionFacts } from '../events/connection-facts.ts';
import { disconnectEvent } from '../events/disconnect-event.ts';
import { newId } from '../events/new-id.ts';
import { requestContext } from '../events/request-context.ts';
import { runIntegration } from '../integrations/run-integration.ts';
import type { RunningApi } from '../running-api.ts';
import type { Ending } from './connection.ts';

/** Runs `$disconnect` for a connection that is gone. Best effort, as on AWS: whatever it answers, nobody hears of it. */
export const reportDisconnect = async (running: RunningApi, facts: ConnectionFacts, ending: Ending): Promise<void> => {
  const integration = running.routes.get('$disconnect')?.integration;
  if (!integration || running.stopping) return;
  const context = requestContext(running, facts, {
    routeKey: '$disconnect',
    eventType: 'DISCONNECT',
    requestId: newId(),
    facts: { disconnectStatusCode: ending.code, disconnectReason: ending.reason },
  });
  const event = disconnectEvent(facts, context);
  await runIntegration(running, integration, { event, context, stageVariables: facts.stage.variables, body: '' });
};
