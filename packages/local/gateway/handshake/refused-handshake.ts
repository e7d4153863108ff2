import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** The reason why a handshake ends without a connection. */
export interface HandshakeRefusal {
  /** For the client. */
  statusCode: number;
  /** For the developer. */
  why: string;
  /** The `message` in the body. Default: no body. */
  message?: string;
  headers?: Readonly<Record<string, string>>;
}

export interface RefusedHandshake {
  refusal: HandshakeRefusal;
}

export const refusedHandshake = (
  statusCode: number,
  why: string,
  message?: string,
  headers?: Readonly<Record<string, string>>,
): RefusedHandshake => ({
  refusal: { statusCode, why, ...(message !== undefined && { message }), ...(headers && { headers }) },
});

/** Answers an upgrade request with a plain HTTP response and ends its socket. */
export const refuseHandshake = (socket: Duplex, { statusCode, message, headers }: HandshakeRefusal): void => {
  const body = message === undefined ? '' : JSON.stringify({ message });
  const lines = [
    `HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode] ?? ''}`,
    'Connection: close',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(body ? ['Content-Type: application/json'] : []),
    ...Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.resume(); // with unread bytes the system would reset the connection, and the answer would be lost
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
};
