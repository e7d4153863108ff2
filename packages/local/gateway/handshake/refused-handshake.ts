import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** Why a handshake ends without a connection. */
export interface HandshakeRefusal {
  /** What the client sees. */
  statusCode: number;
  /** What the developer reads. */
  why: string;
  /** The body's `message`. Absent: no body. */
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
  socket.resume(); // unread bytes would make the system reset the connection, and the answer be lost
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
};
