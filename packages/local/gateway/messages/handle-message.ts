import { connectionHash } from '../../../../schemas/connections/connection-hash.ts';
import { MAX_MESSAGE_BYTES } from '../../../../schemas/quotas.ts';
import type { Route, WebSocketApi } from '../../model/application.ts';
import type { GatewayLog } from '../../model/local-event.ts';
import { type MessageValidator, messageValidator } from '../../template/expressions/message-validator.ts';
import { type KeySelector, selectionExpression } from '../../template/expressions/selection-expression.ts';
import type { Connection } from '../connections/connection.ts';
import { newId } from '../events/new-id.ts';
import { type ContextSource, requestContext } from '../events/request-context.ts';
import { messageEvent } from '../events/route-events.ts';
import type { IntegrationOutcome } from '../integrations/integration-outcome.ts';
import { describeAnswer } from '../integrations/proxy-result.ts';
import { type Integrations, runIntegration } from '../integrations/run-integration.ts';
import type { Admit } from '../stage-throttle.ts';

/** The routes of an API, compiled for its messages. */
export interface MessageRoutes {
  /** Evaluates the route selection expression on a message. */
  selectKey: KeySelector;
  /** By route key. */
  routes: ReadonlyMap<string, Route>;
  /** By route key, for the routes that have models. */
  validators: ReadonlyMap<string, MessageValidator>;
}

export interface MessageHandling extends ContextSource, MessageRoutes {
  integrations: Integrations;
  admit: Admit;
  log: GatewayLog;
}

const NOT_SENT = { full: 'the client does not read', gone: 'the client has left' } as const;

/**
 * Routes one message and runs its integration. The client receives only what AWS would send: an error frame, or the
 * answer of a route that has a route response. The connection stays open in every case.
 */
export const handleMessage = async (handling: MessageHandling, connection: Connection, body: string): Promise<void> => {
  const requestId = newId();
  const { facts } = connection;
  const logFailure = (why: string, routeKey?: string): void =>
    handling.log({
      ...{ type: 'failed', connection: connectionHash(facts.connectionId), requestId, why },
      ...(routeKey !== undefined && { routeKey }),
    });
  const refuse = (message: ErrorFrameMessage, why: string, routeKey?: string): void => {
    logFailure(why, routeKey);
    connection.send(errorFrame(message, facts.connectionId, requestId));
  };

  if (!handling.admit(facts.stage.name)) return refuse('Too Many Requests', 'the stage is throttled');
  const route = selectRoute(handling, body);
  if (!route) return refuse('Forbidden', 'no route matches the message, and there is no $default');
  const invalid = handling.validators.get(route.routeKey)?.(body);
  if (invalid !== undefined)
    return refuse('Invalid request body', `the message is invalid: ${invalid}`, route.routeKey);
  const outcome = await call(handling, connection, route, requestId, body);
  if (outcome.kind === 'timed-out') return refuse('Endpoint request timed out', outcome.why, route.routeKey);
  if (outcome.kind === 'failed') return refuse('Internal server error', outcome.why, route.routeKey);
  const { statusCode = 200, body: answer } = outcome.result;
  if (statusCode >= 400 && route.integration?.type === 'lambda')
    logFailure(describeAnswer(outcome.result), route.routeKey);
  if (!route.twoWay || answer === undefined) return;
  const bytes = Buffer.byteLength(answer);
  if (bytes > MAX_MESSAGE_BYTES) {
    const why = `the answer has ${bytes} bytes: return at most ${MAX_MESSAGE_BYTES}`;
    return refuse('Internal server error', why, route.routeKey);
  }
  const sent = connection.send(answer);
  if (sent !== 'sent') logFailure(`the answer was dropped: ${NOT_SENT[sent]}`, route.routeKey);
};

const call = (
  handling: MessageHandling,
  { facts }: Connection,
  { routeKey, integration }: Route,
  requestId: string,
  body: string,
): Promise<IntegrationOutcome> => {
  if (!integration) return Promise.resolve({ kind: 'failed', why: 'the route has no integration' });
  const context = requestContext(handling, facts, {
    routeKey,
    eventType: 'MESSAGE',
    requestId,
    facts: { messageId: newId() },
  });
  const event = messageEvent(facts.stage, context, body);
  const request = { event, context, stageVariables: facts.stage.variables, body };
  return runIntegration(handling.integrations, integration, request);
};

/**
 * Compiles the route selection expression of an API and the models of its routes.
 * @throws {Error} if one of them cannot be compiled. The message names it.
 */
export const compileRoutes = ({ routes, routeSelectionExpression }: WebSocketApi): MessageRoutes => ({
  selectKey: selectionExpression(routeSelectionExpression),
  routes: new Map(routes.map((route) => [route.routeKey, route])),
  validators: new Map(
    routes.flatMap(({ routeKey, validation }) => (validation ? [[routeKey, messageValidator(validation)]] : [])),
  ),
});

/** The routes that a client cannot select by name: it gets `$default` instead. */
const RESERVED = new Set(['$connect', '$disconnect', '$default']);

/** The route whose key the message selects, in the same case; else `$default`; else `undefined`. */
const selectRoute = ({ routes, selectKey }: MessageRoutes, body: string): Route | undefined => {
  const key = selectKey(body);
  const selected = key === undefined || RESERVED.has(key) ? undefined : routes.get(key);
  return selected ?? routes.get('$default');
};

/** API Gateway's own words to a client whose message failed. */
export type ErrorFrameMessage =
  | 'Forbidden'
  | 'Invalid request body'
  | 'Internal server error'
  | 'Endpoint request timed out'
  | 'Too Many Requests';

/** Makes an error frame in AWS's key order and spacing: one space after the first colon, none after the others. */
export const errorFrame = (message: ErrorFrameMessage, connectionId: string, requestId: string): string =>
  `{"message": "${message}", "connectionId":"${connectionId}", "requestId":"${requestId}"}`;
