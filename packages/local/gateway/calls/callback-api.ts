import type { Authority, Caller, Stage, WebSocketApi } from '../../model/application.ts';
import { memoize } from '../../runtime/memoize.ts';
import type { ApiHosts } from '../api-hosts.ts';
import type { Pages } from '../serve-pages.ts';
import type { SignedRequest } from '../signatures/canonical-request.ts';
import type { VerifySignature } from '../signatures/signature-verifier.ts';
import type { CallAnswer } from './call-answer.ts';
import { type CallTargets, callConnection } from './call-connection.ts';
import { recentPayloads } from './recent-payloads.ts';

export interface CallbackOptions extends CallTargets {
  api: WebSocketApi;
  /** `arn:aws:execute-api:us-east-1:123456789012:abcdefghij` */
  apiArn: string;
  hosts: ApiHosts;
  /** Finds the caller who signed a request. */
  verify: VerifySignature;
  authority: Authority;
  /** Answers GET and HEAD requests outside the stages. API Gateway has nothing there. Default: no pages. */
  pages?: Pages | undefined;
}

/** Most paths that are remembered. Our choice: one for each of 10,000 connections. */
const MAX_PATHS = 10_000;
const METHODS = new Set(['POST', 'GET', 'DELETE']);
const CONNECTION_ID = /^[\w-]{15}=$/;

/** A request before its body is read. */
export interface CallHead extends Omit<SignedRequest, 'bodyHash'> {
  headers: SignedRequest['headers'] & { host?: string | undefined };
}

export interface Call extends CallHead {
  /** `too-large` for more than 128 KB. */
  body: Buffer | 'too-large';
}

export interface CallbackApi {
  /** The answer if it does not depend on the body, otherwise `undefined`. */
  answerHead(head: CallHead): CallAnswer | undefined;
  /** `undefined` if a fault leaves the call without an answer. */
  answer(call: Call): CallAnswer | undefined | Promise<CallAnswer | undefined>;
}

/**
 * Answers calls to `@connections`: finds the caller, checks its permission (`execute-api:ManageConnections`), then
 * calls the connection.
 *
 * @see
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
 */
export const callbackApi = (options: CallbackOptions): CallbackApi => {
  const { api, apiArn, hosts, verify, authority } = options;
  const targetAt = memoize((url) => findTarget(api, url), MAX_PATHS);
  const toPayload = recentPayloads();
  const denial = (caller: Caller, stageName: string, method: string): CallAnswer | undefined => {
    const resource = `${apiArn}/${stageName}/${method}/@connections/{connectionId}`;
    const decision = authority.decide(caller, 'execute-api:ManageConnections', resource);
    return decision.allowed ? undefined : refuse(403, 'AccessDeniedException', { Message: decision.message });
  };
  const find = ({ method, url, headers }: CallHead): Target | { refusal: CallAnswer } => {
    const path = hosts.stagePath(headers.host, url);
    if (path === undefined) return { refusal: FORBIDDEN };
    const target = targetAt(path);
    if (!target) return { refusal: answerOtherPath(options, method, path) };
    return METHODS.has(method) ? target : { refusal: NO_SUCH_METHOD };
  };

  return {
    answerHead: (head) => {
      const target = find(head);
      return 'refusal' in target ? target.refusal : undefined;
    },
    answer: (call) => {
      const target = find(call);
      if ('refusal' in target) return target.refusal;
      const { stage, connectionId } = target;
      const { method, url, headers, body } = call;
      if (body === 'too-large') return TOO_LARGE;
      const payload = toPayload(body);
      const verification = verify({ method, url, headers, bodyHash: payload.sha256 });
      if ('refusal' in verification) {
        const { errorType, message } = verification.refusal;
        return refuse(403, errorType, { message });
      }
      const denied = denial(verification.caller, stage.name, method);
      if (denied) return denied;
      if (!CONNECTION_ID.test(connectionId)) {
        return refuse(400, 'BadRequestException', { message: `Invalid connectionId: ${connectionId}` });
      }
      return callConnection(options, { method, stage, connectionId, payload });
    },
  };
};

interface Target {
  stage: Stage;
  connectionId: string;
}

const findTarget = (api: WebSocketApi, url: string): Target | undefined => {
  const path = connectionsPath(url);
  const stage = path && api.stages.find(({ name }) => name === path.stageName);
  return stage && { stage, connectionId: path.connectionId };
};

const refuse = (statusCode: number, errorType: string, body: Record<string, string>): CallAnswer => ({
  statusCode,
  errorType,
  body: JSON.stringify(body),
});

const FORBIDDEN = refuse(403, 'ForbiddenException', { message: 'Forbidden' });
const TOO_LARGE = refuse(413, 'PayloadTooLargeException', { message: 'Payload too large' });
const NO_SUCH_METHOD = refuse(403, 'MissingAuthenticationTokenException', { message: 'Missing Authentication Token' });

/** The URL of a stage accepts only upgrades. Any other path may be a page. */
const answerOtherPath = ({ api, pages }: CallbackOptions, method: string, url: string): CallAnswer => {
  const [path = '', query] = url.split(/\?(.*)/s);
  const isStage = api.stages.some(({ name }) => path === `/${name}` || path === `/${name}/`);
  if (method === 'GET' && isStage) return refuse(426, 'UpgradeRequiredException', { message: 'Upgrade Required' });
  const page = method === 'GET' || method === 'HEAD' ? pages?.(path, new URLSearchParams(query)) : undefined;
  return page ? { statusCode: 200, ...page } : FORBIDDEN;
};

/** Reads `/{stage}/@connections/{id}`, decoded: `%40` is an `@`. Returns `undefined` for any other path. */
export const connectionsPath = (url: string): { stageName: string; connectionId: string } | undefined => {
  const [stageName, resource, connectionId, more] = (url.split('?', 1)[0] as string).slice(1).split('/').map(decode);
  if (!stageName || resource !== '@connections' || connectionId === undefined || more !== undefined) return undefined;
  return { stageName, connectionId };
};

/** Leaves a part that cannot be decoded as it is, so that it matches nothing. */
const decode = (part: string): string => {
  if (!part.includes('%')) return part;
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};
