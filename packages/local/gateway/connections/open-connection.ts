import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { connectionHash } from '../../../../schemas/connection-hash.ts';
import type { GatewayLog } from '../../model/local-event.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { ConnectionFacts } from '../events/connection-facts.ts';
import { Connection, type Ending, LOST } from './connection.ts';
import { limitFrames } from './frame-limit.ts';
import { watchLifetime } from './watch-lifetime.ts';

/** Most messages of one connection in their integrations at once. Beyond it the gateway reads no more from that client than the 64 KB it has at hand. */
const MAX_MESSAGES_IN_FLIGHT = 1_000;

/** The close code for each of `ws`'s errors; all others are 1002, a protocol error. */
const CLOSE_CODES: Readonly<Record<string, number>> = {
  WS_ERR_INVALID_UTF8: 1007,
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 1008,
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: 1009,
};

export interface ConnectionOptions {
  /** Has each connection from here until either side closes it. */
  connections: Map<string, Connection>;
  clock: Clock;
  log: GatewayLog;
  /** Settles when the message is dealt with. Never rejects. */
  onMessage(connection: Connection, body: string): Promise<void>;
  onClosed(facts: ConnectionFacts, ending: Ending): void;
}

/** Lives through one connection, from the end of its handshake until it is closed. */
export const openConnection = (
  { connections, clock, log, onMessage, onClosed }: ConnectionOptions,
  facts: ConnectionFacts,
  webSocket: WebSocket,
  socket: Duplex,
): void => {
  const connection = new Connection(facts, webSocket, socket, clock);
  const hash = connectionHash(facts.connectionId);
  const endWatch = watchLifetime(connection, clock);
  connections.set(facts.connectionId, connection);
  log({ type: 'connected', connection: hash, stage: facts.stage.name });

  const stopReading = limitFrames(socket, ({ code, why }) => {
    log({ type: 'closed', connection: hash, code, why });
    connection.close({ code, reason: '' });
    socket.end(); // nothing more is read, so the client's own close frame is not waited for
  });
  webSocket.on('message', takeMessages(connection, onMessage));
  webSocket.on('error', ({ code = '', message }: Error & { code?: string }) => {
    stopReading();
    const isBroken = code.startsWith('WS_ERR_');
    const ending = isBroken ? { code: CLOSE_CODES[code] ?? 1002, reason: '' } : LOST;
    if (isBroken) log({ type: 'closed', connection: hash, code: ending.code, why: message });
    connection.ending ??= ending;
  });
  webSocket.on('close', (code, reason) => {
    endWatch();
    connections.delete(facts.connectionId);
    const ending = connection.ending ?? endingOf(code, reason.toString());
    connection.ending = ending;
    log({ type: 'disconnected', connection: hash, ...ending });
    onClosed(facts, ending);
  });
};

const endingOf = (code: number, reason: string): Ending => {
  if (code === 1006) return LOST;
  return { code, reason: code === 1005 ? 'Client-side close frame status not set' : reason };
};

const takeMessages = (connection: Connection, onMessage: ConnectionOptions['onMessage']): ((data: Buffer) => void) => {
  let inFlight = 0;
  return (data) => {
    if (connection.ending) return;
    connection.touch();
    if (++inFlight === MAX_MESSAGES_IN_FLIGHT) connection.pause();
    void onMessage(connection, data.toString('utf8')).finally(() => {
      if (inFlight-- === MAX_MESSAGES_IN_FLIGHT) connection.resume();
    });
  };
};
