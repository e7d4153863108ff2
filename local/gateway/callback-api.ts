import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { MAX_MESSAGE_BYTES } from '../../schemas/quotas.ts';
import type { Authority, Caller, Keyring } from '../application.ts';
import type { Pages } from '../pages/serve-pages.ts';
import type { CallAnswer } from './call-answer.ts';
import { callConnection } from './call-connection.ts';
import { connectionsPath } from './connections-path.ts';
import type { GatewayFaults } from './gateway-faults.ts';
import { readBody } from './read-body.ts';
import { remember } from './remember.ts';
import type { RunningApi } from './running-api.ts';
import { signatureVerifier } from './signature-verifier.ts';

export interface CallbackOptions {
  keyring: Keyring;
  authority: Authority;
  faults?: GatewayFaults | undefined;
  /** What is answered to GET and HEAD beside the stages, where API Gateway has nothing. Default nothing. */
  pages?: Pages | undefined;
}

/** Ours: one for each connection. */
const MOST_PATHS = 10_000;
const METHODS = new Set(['POST', 'GET', 'DELETE']);
const CONNECTION_ID = /^[\w-]{15}=$/;

/**
 * Answers `@connections`: who calls, whether the caller may (`execute-api:ManageConnections`), and then what the connection
 * says. `undefined` is no answer at all: the caller broke off, or a fault wants it so.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
 */
export const callbackApi = (
  running: RunningApi,
  { keyring, authority, faults, pages }: CallbackOptions,
): ((request: IncomingMessage) => Promise<CallAnswer | undefined>) => {
  const { api, region, accountId, clock, isOwnHost } = running;
  const verify = signatureVerifier({ keyring, region, clock });
  const parsePath = remember(connectionsPath, MOST_PATHS);
  const hashBody = bodyHasher();
  const denial = (caller: Caller, stageName: string, method: string): CallAnswer | undefined => {
    const resource = `arn:aws:execute-api:${region}:${accountId}:${api.apiId}/${stageName}/${method}/@connections/{connectionId}`;
    const decision = authority.decide(caller, 'execute-api:ManageConnections', resource);
    return decision.allowed ? undefined : refuse(403, 'AccessDeniedException', { Message: decision.message });
  };

  return async (request) => {
    const { method = '', url = '', headers } = request;
    const path = parsePath(url);
    const stage = path && api.stages.find(({ name }) => name === path.stageName);
    if (!isOwnHost(headers.host)) return FORBIDDEN;
    if (!stage) return notACall(running, method, url, pages);
    if (!METHODS.has(method))
      return refuse(403, 'MissingAuthenticationTokenException', { message: 'Missing Authentication Token' });
    const body = await readBody(request, MAX_MESSAGE_BYTES);
    if (body === 'aborted') return undefined;
    if (body === 'too-large') return refuse(413, 'PayloadTooLargeException', { message: 'Payload too large' });
    const verification = verify({ method, url, headers, bodyHash: hashBody(body) });
    if ('refusal' in verification) return verification.refusal;
    const denied = denial(verification.caller, stage.name, method);
    if (denied) return denied;
    const { connectionId } = path;
    if (!CONNECTION_ID.test(connectionId)) {
      return refuse(400, 'BadRequestException', { message: `Invalid connectionId: ${connectionId}` });
    }
    return callConnection(running, { method, stage, connectionId, body, faults });
  };
};

/** The posts of a broadcast follow each other and have the same body. */
const bodyHasher = (): ((body: Buffer) => string) => {
  let last: { body: Buffer; sha256: string } = { body: Buffer.alloc(0), sha256: hash('sha256', '') };
  return (body) => {
    if (!last.body.equals(body)) last = { body, sha256: hash('sha256', body) };
    return last.sha256;
  };
};

const refuse = (statusCode: number, errorType: string, body: Record<string, string>): CallAnswer => ({
  statusCode,
  errorType,
  body: JSON.stringify(body),
});

const FORBIDDEN = refuse(403, 'ForbiddenException', { message: 'Forbidden' });

/** A stage's own URL wants an upgrade; there is nothing else here but pages. */
const notACall = ({ api }: RunningApi, method: string, url: string, pages?: Pages): CallAnswer => {
  const path = url.split('?', 1)[0] as string;
  const isStage = api.stages.some(({ name }) => path === `/${name}` || path === `/${name}/`);
  if (method === 'GET' && isStage) return refuse(426, 'UpgradeRequiredException', { message: 'Upgrade Required' });
  const page = method === 'GET' || method === 'HEAD' ? pages?.(path) : undefined;
  return page ? { statusCode: 200, ...page } : FORBIDDEN;
};
