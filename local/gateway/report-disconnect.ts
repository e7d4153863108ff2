import type { Ending } from './connection.ts';
import type { ConnectionFacts } from './connection-facts.ts';
import { disconnectEvent } from './disconnect-event.ts';
import { newId } from './new-id.ts';
import { requestContext } from './request-context.ts';
import { runIntegration } from './run-integration.ts';
import type { RunningApi } from './running-api.ts';

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
