import { once } from 'node:events';
import { WebSocket } from 'ws';

const OPENING_IN_PARALLEL = 50;

/** Connections that count what they receive. */
export class Receivers {
  readonly webSockets: WebSocket[] = [];
  received = 0;
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async open(count: number): Promise<void> {
    let left = count;
    const openSome = async (): Promise<void> => {
      while (left-- > 0) await this.#openOne();
    };
    await Promise.all(Array.from({ length: OPENING_IN_PARALLEL }, openSome));
  }

  async #openOne(): Promise<void> {
    const webSocket = new WebSocket(this.#url, { perMessageDeflate: false });
    webSocket.on('message', () => {
      this.received += 1;
    });
    await once(webSocket, 'open');
    this.webSockets.push(webSocket);
  }

  /** Resolves when the connections have received this many messages in total. */
  async until(received: number): Promise<void> {
    while (this.received < received) await new Promise(setImmediate);
  }

  close(): void {
    for (const webSocket of this.webSockets) webSocket.terminate();
  }
}
