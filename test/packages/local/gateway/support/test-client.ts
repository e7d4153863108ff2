import { once } from 'node:events';
import { type ClientOptions, WebSocket } from 'ws';

/** A WebSocket client that keeps its received frames, so that a test can wait for them. */
export class TestClient {
  readonly webSocket: WebSocket;
  /** Resolves when the connection is closed. */
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #frames: { text: string; isBinary: boolean }[] = [];
  readonly #waiting: ((frame: { text: string; isBinary: boolean }) => void)[] = [];

  constructor(url: string, subprotocols: string[] = [], options: ClientOptions = {}) {
    this.webSocket = new WebSocket(url, subprotocols, options);
    this.webSocket.on('message', (data, isBinary) => {
      const frame = { text: data.toString(), isBinary };
      const waiting = this.#waiting.shift();
      if (waiting) waiting(frame);
      else this.#frames.push(frame);
    });
    this.closed = new Promise((resolve) => {
      this.webSocket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    this.webSocket.on('error', () => {});
  }

  /** @throws the error of `ws` if the handshake is refused. */
  async opened(): Promise<this> {
    await once(this.webSocket, 'open');
    return this;
  }

  /** Waits for the refusal of the handshake. */
  async refused(): Promise<{ statusCode: number; headers: NodeJS.Dict<string | string[]>; body: string }> {
    const [, response] = await once(this.webSocket, 'unexpected-response');
    const chunks: Buffer[] = await response.toArray();
    return { statusCode: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString() };
  }

  send(data: unknown): void {
    this.webSocket.send(typeof data === 'string' || Buffer.isBuffer(data) ? data : JSON.stringify(data));
  }

  async nextFrame(): Promise<{ text: string; isBinary: boolean }> {
    const frame = this.#frames.shift();
    return frame ?? new Promise((resolve) => this.#waiting.push(resolve));
  }

  async next(): Promise<string> {
    return (await this.nextFrame()).text;
  }
}
