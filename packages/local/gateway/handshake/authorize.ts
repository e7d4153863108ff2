import type { WebSocketRequestContext } from '../../../../schemas/web-socket-event.ts';
import type { Authorizer, Invoker, Route } from '../../model/application.ts';
import { identitySourceValue } from '../../template/expressions/identity-source.ts';
import { authorizerEvent } from '../events/authorizer-event.ts';
import type { ConnectionFacts } from '../events/connection-facts.ts';
import type { Handshake, NameValues } from '../events/handshake.ts';
import { newId } from '../events/new-id.ts';
import { type ContextSource, requestContext } from '../events/request-context.ts';
import { type AuthorizerContext, readAuthorizerResult } from './authorizer-result.ts';
import { type RefusedHandshake, refusedHandshake } from './refused-handshake.ts';

export interface AuthorizerOptions extends ContextSource {
  connectRoute: Route | undefined;
  /** `arn:aws:execute-api:us-east-1:123456789012:abcdefghij` */
  apiArn: string;
  invoker: Invoker;
}

/** The context of an allowed handshake, or its refusal. The context is absent without an authorizer. */
export type Authorization = { authorizer?: AuthorizerContext } | RefusedHandshake;

/**
 * Runs the authorizer of `$connect`, once per connection: no answer is cached. It does not run if an identity source is
 * missing: the client gets 401. The client also gets 401 for the error `Unauthorized`, 403 for a policy that does not
 * allow, and 500 for any other failure.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
 */
export const authorize = async (
  options: AuthorizerOptions,
  facts: ConnectionFacts,
  handshake: Handshake,
  headers: NameValues,
): Promise<Authorization> => {
  const authorizer = options.connectRoute?.authorizer;
  if (!authorizer) return {};
  const requestId = newId();
  const context = requestContext(options, facts, { routeKey: '$connect', eventType: 'CONNECT', requestId });
  const variables = { headers, query: handshake.query, stageVariables: facts.stage.variables, context };
  const missing = authorizer.identitySources.find((source) => !identitySourceValue(source, variables));
  if (missing !== undefined)
    return unauthorized(`the identity source ${missing} is missing; the authorizer was not called`);
  return askAuthorizer(options, authorizer, handshake, headers, context);
};

const askAuthorizer = async (
  { apiArn, invoker }: AuthorizerOptions,
  { functionName }: Authorizer,
  handshake: Handshake,
  headers: NameValues,
  context: WebSocketRequestContext,
): Promise<Authorization> => {
  const methodArn = `${apiArn}/${handshake.stage.name}/$connect`;
  const answer = await invoker.invoke(functionName, authorizerEvent(handshake, headers, context, methodArn));
  if (!answer.ok) {
    return answer.error.errorMessage === 'Unauthorized'
      ? unauthorized(`${functionName} threw Unauthorized`)
      : failed(`${functionName} failed: ${answer.error.errorType}`);
  }
  const result = readAuthorizerResult(answer.payload, methodArn);
  if ('invalid' in result) return failed(`${functionName} returned ${result.invalid}`);
  if (result.allowed) return { authorizer: result.context };
  const why = `the policy of ${functionName} does not allow ${methodArn}`;
  return refusedHandshake(403, why, 'User is not authorized to access this resource');
};

const unauthorized = (why: string): RefusedHandshake => refusedHandshake(401, why, 'Unauthorized');
const failed = (why: string): RefusedHandshake => refusedHandshake(500, why, 'Internal server error');
