import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { connectionHash } from '../../../../schemas/connections/connection-hash.ts';
import type { GatewayLog } from '../../model/local-event.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { ConnectionFacts } from '../events/connection-facts.ts';
import { Connection, type Ending, LOST } from './connection.ts';
import { limitFrames } from './frame-limit.ts';
import { watchLifetime } from './watch-lifetime.ts';

/**
 * Most messages of one connection that are handled at the same time. At this number the gateway stops
 * reading from the client, and handles only the 64 KB that it has already read.
 */
const MAX_MESSAGES_IN_FLIGHT = 1_000;

/** The close codes for errors of `ws`. Every other error is 1002, a protocol error. */
const CLOSE_CODES: Readonly<Record<string, number>> = {
  WS_ERR_INVALID_UTF8: 1007,
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 1008,
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: 1009,
};

export interface ConnectionOptions {
  /** By connection id. A connection is in it until it is closed. */
  connections: Map<string, Connection>;
  clock: Clock;
  log: GatewayLog;
  /** Settles when the message is handled. Never rejects. */
  onMessage(connection: Connection, body: string): Promise<void>;
  onClosed(facts: ConnectionFacts, ending: Ending): void;
}

/** Runs one connection from the end of its handshake until it is closed. */
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
    socket.end(); // does not wait for the client's close frame, which is no longer read
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
