import type { Stage } from '../../model/application.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Connection, SendOutcome } from '../connections/connection.ts';
import type { CallAnswer } from './call-answer.ts';
import type { GatewayFaults, PostFault } from './gateway-faults.ts';
import type { Payload } from './recent-payloads.ts';

/** The connections that calls reach, and the faults that may hit a post on its way. */
export interface CallTargets {
  /** By connection id. */
  connections: ReadonlyMap<string, Connection>;
  clock: Clock;
  faults?: GatewayFaults | undefined;
}

export interface ConnectionCall {
  method: string;
  stage: Stage;
  connectionId: string;
  payload: Payload;
}

const GONE: CallAnswer = { statusCode: 410, errorType: 'GoneException' };
const LIMIT_EXCEEDED: CallAnswer = {
  statusCode: 429,
  errorType: 'LimitExceededException',
  body: JSON.stringify({ message: 'Too Many Requests' }),
};
const OK: CallAnswer = { statusCode: 200 };
const NO_CONTENT: CallAnswer = { statusCode: 204 };

/**
 * Carries out an authorised call: GET, POST or DELETE of one connection of a stage.
 * @returns `undefined` if a fault leaves the call without an answer.
 */
export const callConnection = (
  targets: CallTargets,
  call: ConnectionCall,
): CallAnswer | undefined | Promise<CallAnswer | undefined> => {
  if (call.method === 'POST') return post(targets, call);
  const connection = find(targets, call);
  if (!connection) return GONE;
  if (call.method === 'GET') return { statusCode: 200, body: JSON.stringify(describe(connection)) };
  connection.close({ code: 1000, reason: 'Connection Closed Normally' });
  return NO_CONTENT;
};

const find = ({ connections }: CallTargets, { connectionId, stage }: ConnectionCall): Connection | undefined => {
  const connection = connections.get(connectionId);
  return connection?.facts.stage === stage && connection.isOpen ? connection : undefined;
};

const post = (targets: CallTargets, call: ConnectionCall): CallAnswer | undefined | Promise<CallAnswer | undefined> => {
  const fault = targets.faults?.onPost(call.connectionId);
  return fault ? postWithFault(targets, call, fault) : deliver(targets, call);
};

const postWithFault = async (
  targets: CallTargets,
  call: ConnectionCall,
  { delayMs, outcome }: PostFault,
): Promise<CallAnswer | undefined> => {
  if (delayMs !== undefined) await new Promise<void>((resolve) => targets.clock.after(delayMs, resolve));
  if (outcome === 'hang') return undefined;
  if (outcome !== undefined) return outcome === 410 ? GONE : LIMIT_EXCEEDED;
  return deliver(targets, call);
};

const ANSWERS: Readonly<Record<SendOutcome, CallAnswer>> = { sent: OK, full: LIMIT_EXCEEDED, gone: GONE };

const deliver = (targets: CallTargets, call: ConnectionCall): CallAnswer =>
  ANSWERS[find(targets, call)?.sendFrame(call.payload.frame) ?? 'gone'];

const describe = ({ facts, lastActiveAt }: Connection): Record<string, unknown> => ({
  connectedAt: new Date(facts.connectedAt).toISOString(),
  identity: { sourceIp: facts.identity.sourceIp, userAgent: facts.identity.userAgent ?? null },
  lastActiveAt: new Date(lastActiveAt).toISOString(),
});
