import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Authority, Caller, Route, Stage } from '../../model/application.ts';
import { sessionArn, sessionId } from '../../model/role-session.ts';
import type { CallerIdentity } from '../events/connection-facts.ts';
import type { VerifySignature } from '../signatures/signature-verifier.ts';
import { type RefusedHandshake, refusedHandshake } from './refused-handshake.ts';

export interface IamAuthorization {
  connectRoute: Route | undefined;
  /** `arn:aws:execute-api:us-east-1:123456789012:abcdefghij` */
  apiArn: string;
  accountId: string;
  /** Finds the caller who signed a request. */
  verify: VerifySignature;
  authority: Authority;
}

const NO_BODY = hash('sha256', '');

/**
 * Checks a handshake if `$connect` has IAM authorization. The signature may be in the headers or the query string. The
 * policies must allow its caller `execute-api:Invoke` on `$connect`. Later messages are not checked: on AWS a Deny for
 * another route has no effect, contrary to the documentation.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html
 * @see https://github.com/awsdocs/amazon-api-gateway-developer-guide/issues/121
 */
export const authorizeByIam = (
  { connectRoute, apiArn, accountId, verify, authority }: IamAuthorization,
  { method = '', url = '', headers }: IncomingMessage,
  stage: Stage,
): { identity?: CallerIdentity } | RefusedHandshake => {
  if (!connectRoute?.iamAuthorization) return {};
  const verification = verify({ method, url, headers, bodyHash: NO_BODY });
  if ('refusal' in verification) {
    const { message } = verification.refusal;
    // Only the first line: the others repeat the signed request, which may include a session token.
    return refusedHandshake(403, `its signature was refused: ${message.split('\n', 1)[0]}`, message);
  }
  const { caller, accessKeyId } = verification;
  const decision = authority.decide(caller, 'execute-api:Invoke', `${apiArn}/${stage.name}/$connect`);
  if (!decision.allowed) return refusedHandshake(403, decision.message, decision.message);
  return { identity: identityOf(caller, accountId, accessKeyId) };
};

const identityOf = (caller: Caller, accountId: string, accessKey: string): CallerIdentity => {
  const isFunction = caller.kind === 'function';
  const user = isFunction ? sessionId(caller) : accessKey;
  const userArn = isFunction ? sessionArn(caller) : `arn:aws:iam::${accountId}:user/${accessKey}`;
  return { accessKey, accountId, caller: user, user, userArn };
};
