import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A TCP connection that keeps what it receives. */
export class RawSocket {
  readonly socket: Socket;
  /** Resolves with everything that came, when the socket is closed. */
  readonly ended: Promise<string>;
  received = Buffer.alloc(0);

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.on('data', (chunk) => {
      this.received = Buffer.concat([this.received, chunk]);
    });
    this.socket.on('error', () => {});
    this.ended = new Promise((resolve) => {
      this.socket.once('close', () => resolve(this.received.toString('latin1')));
    });
  }

  send(bytes: string | Buffer): this {
    this.socket.write(bytes);
    return this;
  }

  /** Resolves when `text` has come. */
  async until(text: string): Promise<string> {
    while (!this.received.includes(text)) await once(this.socket, 'data');
    return this.received.toString('latin1');
  }

  /** Resolves when this many bytes have come after the response to the handshake. */
  async frames(bytes: number): Promise<Buffer> {
    const head = (await this.until('\r\n\r\n')).indexOf('\r\n\r\n') + 4;
    while (this.received.length < head + bytes) await once(this.socket, 'data');
    return this.received.subarray(head);
  }
}

/** The bytes of an upgrade request. `undefined` leaves a header out. */
export const upgradeRequest = (
  path = '/production',
  headers: Readonly<Record<string, string | undefined>> = {},
): string => {
  const all = {
    Host: '127.0.0.1',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return [`GET ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n');
};
