import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { MAX_MESSAGE_BYTES } from '../../../../schemas/quotas.ts';
import { LOST } from '../connections/connection.ts';
import { openConnection } from '../connections/open-connection.ts';
import { reportDisconnect } from '../connections/report-disconnect.ts';
import type { RunningApi } from '../running-api.ts';
import { type Admission, holdUpgrade } from './hold-upgrade.ts';
import { refusedHandshake, refuseHandshake } from './refused-handshake.ts';

/**
 * Makes the listener of an HTTP server's `upgrade`: each request is held, then refused or turned into a connection. Where
 * the gateway itself fails at one, the client gets 500 and nothing else is disturbed.
 */
export const acceptUpgrades = (
  running: RunningApi,
): ((request: IncomingMessage, socket: Duplex, head: Buffer) => void) => {
  const complete = handshakeCompleter();
  return async (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const decision = await holdUpgrade(running, request).catch((error: Error) =>
      refusedHandshake(500, `the gateway failed: ${error.message}`, 'Internal server error'),
    );
    if ('refusal' in decision) {
      running.log({ type: 'refused', statusCode: decision.refusal.statusCode, why: decision.refusal.why });
      refuseHandshake(socket, decision.refusal);
      return;
    }
    const webSocket = complete(request, socket, head, decision);
    if (webSocket) openConnection(running, decision.facts, webSocket, socket);
    // The client left while it was held. What $connect has written is for $disconnect to remove.
    else void reportDisconnect(running, decision.facts, LOST);
  };
};

type Complete = (request: IncomingMessage, socket: Duplex, head: Buffer, admission: Admission) => WebSocket | undefined;

/** Answers 101 through `ws`, which would echo the first subprotocol offered: only the integration's goes into the answer. */
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
