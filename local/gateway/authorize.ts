import type { ConnectionFacts } from './connection-facts.ts';
import type { Handshake, HandshakeRefusal } from './handshake.ts';
import type { RunningApi } from './running-api.ts';

export const authorize = async (
  _running: RunningApi,
  _facts: ConnectionFacts,
  _handshake: Handshake,
  _headers: readonly (readonly [string, string])[],
): Promise<Pick<ConnectionFacts, 'authorizer'> | { refusal: HandshakeRefusal }> => ({});
