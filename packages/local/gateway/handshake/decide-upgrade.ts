import type { IncomingMessage } from 'node:http';
import type { ApiHosts } from '../api-hosts.ts';
import type { ConnectionFacts } from '../events/connection-facts.ts';
import type { Handshake, NameValues } from '../events/handshake.ts';
import { newId } from '../events/new-id.ts';
import { requestContext } from '../events/request-context.ts';
import { connectEvent, forwardedHeaders } from '../events/route-events.ts';
import { describeAnswer } from '../integrations/proxy-result.ts';
import { type Integrations, runIntegration } from '../integrations/run-integration.ts';
import type { Admit } from '../stage-throttle.ts';
import { type AuthorizerOptions, authorize } from './authorize.ts';
import { authorizeByIam, type IamAuthorization } from './authorize-by-iam.ts';
import { readHandshake } from './read-handshake.ts';
import { type RefusedHandshake, refusedHandshake } from './refused-handshake.ts';

export interface HandshakeOptions extends AuthorizerOptions, IamAuthorization {
  hosts: ApiHosts;
  admit: Admit;
  integrations: Integrations;
}

/** A handshake that may be completed. */
export interface Admission {
  facts: ConnectionFacts;
  /**
   * The `Sec-WebSocket-Protocol` of the `$connect` integration. If absent, the client gets none, whatever it offered.
   */
  subprotocol?: string;
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * Decides an upgrade request: first by the throttle, then by the signature or the authorizer, then by the `$connect`
 * integration. The client gets no answer earlier, so no frame and no call to `@connections` can precede the end of
 * `$connect`.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html
 */
export const decideUpgrade = async (
  options: HandshakeOptions,
  request: IncomingMessage,
): Promise<Admission | RefusedHandshake> => {
  const handshake = readHandshake(request, options);
  if ('refusal' in handshake) return handshake;
  if (!options.admit(handshake.stage.name)) return refusedHandshake(429, 'the stage is throttled', 'Too Many Requests');
  const { sourceIp, userAgent, stage, domainName } = handshake;
  const signed = authorizeByIam(options, request, stage);
  if ('refusal' in signed) return signed;
  const facts: ConnectionFacts = {
    connectionId: newId(),
    stage,
    domainName,
    connectedAt: options.clock.now(),
    identity: { ...signed.identity, ...(userAgent !== undefined && { userAgent }), sourceIp },
  };
  const headers = forwardedHeaders(handshake, facts.connectedAt);
  const authorization = await authorize(options, facts, handshake, headers);
  if ('refusal' in authorization) return authorization;
  const authorized = { ...facts, ...authorization };
  return connect(options, authorized, handshake, headers);
};

const connect = async (
  options: HandshakeOptions,
  facts: ConnectionFacts,
  handshake: Handshake,
  headers: NameValues,
): Promise<Admission | RefusedHandshake> => {
  const integration = options.connectRoute?.integration;
  if (!integration) return { facts };
  const context = requestContext(options, facts, { routeKey: '$connect', eventType: 'CONNECT', requestId: newId() });
  const outcome = await runIntegration(options.integrations, integration, {
    event: connectEvent(handshake, headers, context),
    context,
    stageVariables: facts.stage.variables,
    body: '',
  });
  if (outcome.kind === 'timed-out') return refusedHandshake(504, outcome.why, 'Endpoint request timed out');
  if (outcome.kind === 'failed') return refusedHandshake(502, outcome.why, 'Internal server error');
  const { statusCode, headers: answered } = outcome.result;
  if (statusCode === undefined)
    return refusedHandshake(502, '$connect returned no statusCode', 'Internal server error');
  if (statusCode < 200 || statusCode > 299)
    return refusedHandshake(statusCode, `$connect ${describeAnswer(outcome.result)}`);
  const subprotocol = answered.get('sec-websocket-protocol');
  if (subprotocol === undefined) return { facts };
  return TOKEN.test(subprotocol)
    ? { facts, subprotocol }
    : refusedHandshake(502, '$connect returned a Sec-WebSocket-Protocol that is not a token', 'Internal server error');
};
