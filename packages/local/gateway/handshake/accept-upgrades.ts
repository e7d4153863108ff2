import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { MAX_MESSAGE_BYTES } from '../../../../schemas/quotas.ts';
import type { GatewayLog } from '../../model/local-event.ts';
import type { ConnectionFacts } from '../events/connection-facts.ts';
import { type Admission, decideUpgrade, type HandshakeOptions } from './decide-upgrade.ts';
import { refusedHandshake, refuseHandshake } from './refused-handshake.ts';

export interface UpgradeOptions extends HandshakeOptions {
  log: GatewayLog;
  onOpen(facts: ConnectionFacts, webSocket: WebSocket, socket: Duplex): void;
  /** The client left during the handshake. `$disconnect` must run, to remove what `$connect` wrote. */
  onLost(facts: ConnectionFacts): void;
}

/**
 * Makes the `upgrade` listener of an HTTP server. It holds each request until it is decided, then refuses it or opens a
 * connection. If the gateway itself fails, this client gets 500, and no other client is affected.
 */
export const acceptUpgrades = (
  options: UpgradeOptions,
): ((request: IncomingMessage, socket: Duplex, head: Buffer) => void) => {
  const complete = handshakeCompleter();
  return async (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const decision = await decideUpgrade(options, request).catch((error: Error) =>
      refusedHandshake(500, `the gateway failed: ${error.message}`, 'Internal server error'),
    );
    if ('refusal' in decision) {
      options.log({ type: 'refused', statusCode: decision.refusal.statusCode, why: decision.refusal.why });
      refuseHandshake(socket, decision.refusal);
      return;
    }
    const webSocket = complete(request, socket, head, decision);
    if (webSocket) options.onOpen(decision.facts, webSocket, socket);
    else options.onLost(decision.facts);
  };
};

type Complete = (request: IncomingMessage, socket: Duplex, head: Buffer, admission: Admission) => WebSocket | undefined;

/**
 * Answers 101 through `ws`, with the integration's subprotocol. `ws` alone would echo the first one that is offered.
 */
const handshakeCompleter = (): Complete => {
  const subprotocols = new WeakMap<IncomingMessage, string>();
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    handleProtocols: () => false,
  });
  server.on('headers', (headers, request) => {
    const subprotocol = subprotocols.get(request);
    if (subprotocol !== undefined) headers.push(`Sec-WebSocket-Protocol: ${subprotocol}`);
  });
  return (request, socket, head, { subprotocol }) => {
    if (subprotocol !== undefined) subprotocols.set(request, subprotocol);
    let opened: WebSocket | undefined;
    server.handleUpgrade(request, socket, head, (webSocket) => {
      opened = webSocket;
    });
    return opened;
  };
};
