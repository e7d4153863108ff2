import type { Deadlines } from '../deadlines.ts';
import type { Runtime } from '../runtime.ts';

/** A frame from the server. */
export type Frame = { type?: string } & Record<string, unknown>;

export interface ConnectionEvents {
  onOpen(connection: Connection): void;
  onFrame(frame: Frame, connection: Connection): void;
  /** Called once. */
  onEnd(connection: Connection, reason: string): void;
}

export interface ConnectionOptions extends ConnectionEvents {
  url: string;
  token: string | undefined;
  runtime: Runtime;
  deadlines: Deadlines;
}

/** Our choice: time for a handshake, in milliseconds. */
const HANDSHAKE_MS = 10_000;
const SUBPROTOCOL = 'fanout.v1';

/** One WebSocket of the client. */
export class Connection {
  /** The channels that the server has answered on this connection: it may publish to them. */
  readonly answered = new Set<string>();
  isOpen = false;
  #hasEnded = false;
  readonly #socket: WebSocket;
  readonly #events: ConnectionEvents;
  readonly #cancelDeadline: () => void;

  constructor({ url, token, runtime, deadlines, ...events }: ConnectionOptions) {
    this.#events = events;
    const socket = new runtime.WebSocket(url, token === undefined ? [SUBPROTOCOL] : [SUBPROTOCOL, token]);
    this.#socket = socket;
    this.#cancelDeadline = deadlines.after(HANDSHAKE_MS, () => this.end('The handshake took more than 10 s'));
    socket.onopen = () => {
      this.#cancelDeadline();
      if (this.#hasEnded) return;
      this.isOpen = socket.protocol === SUBPROTOCOL;
      if (this.isOpen) events.onOpen(this);
      else this.end(NO_SUBPROTOCOL);
    };
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = ({ code, reason }) => this.end(`The connection was closed: ${code} ${reason}`.trim());
    socket.onerror = ({ message }: Event & { message?: string }) =>
      this.end(
        this.isOpen ? `The connection failed. ${message ?? ''}`.trim() : `${NOT_OPENED} ${message ?? ''}`.trim(),
      );
  }

  send(text: string): void {
    this.#socket.send(text);
  }

  /** Does not wait for the server, which may never answer. */
  end(reason: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#cancelDeadline();
    this.isOpen = false;
    try {
      this.#socket.close();
    } catch {
      // it was never opened
    }
    this.#events.onEnd(this, reason);
  }

  #receive(data: unknown): void {
    if (this.#hasEnded) return;
    for (const frame of [parse(data as string)].flat()) this.#events.onFrame(Object(frame), this);
  }
}

/** Text that is not JSON is not of the protocol: it is ignored like a frame of an unknown type. */
const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
};

const NOT_OPENED =
  'The connection was not opened, and the platform does not say why. Check the URL and its stage, the token, and that $connect answers the subprotocol fanout.v1.';
const NO_SUBPROTOCOL =
  'The API did not answer the subprotocol fanout.v1: deploy a $connect route with answerSubprotocol() of middy-fanout';
