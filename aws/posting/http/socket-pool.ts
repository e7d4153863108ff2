import { HttpError } from './http-error.ts';
import { type ExchangeEnd, HttpSocket, type SocketOwner } from './http-socket.ts';
import type { SocketTarget } from './open-socket.ts';

/**
 * Ours: most sockets that are being opened at once. A TLS handshake costs a millisecond of CPU: hundreds at once keep the
 * posts under way from ending, which makes them slower, which asks for more sockets.
 */
const MAX_OPENING = 32;

export interface SocketPoolOptions {
  /** Most sockets at once. A Lambda has 1,024 file descriptors. Default 800. */
  maxSockets?: number;
  /** A socket that had nothing to do for longer is not used again, in milliseconds. Default 30,000. */
  maxIdleMs?: number;
  /** Epoch milliseconds. Default: the system's clock. */
  now?: () => number;
}

/** A request that has not ended. */
interface Exchange {
  readonly request: string;
  readonly resolve: (end: ExchangeEnd) => void;
  readonly deadline: NodeJS.Timeout;
  socket: HttpSocket | undefined;
}

/**
 * Keep-alive HTTP/1.1 sockets to one host, one request on each at a time. A request takes the socket that was used
 * last, else it waits for the first that is opened or becomes free. While nothing is under way the sockets keep no
 * process alive.
 *
 * Sockets that were idle are renewed by the clock when they are wanted, not by a timer: in a Lambda that was frozen
 * timers have stood still, and its sockets may have died in silence.
 */
export class SocketPool implements SocketOwner {
  readonly #target: SocketTarget;
  readonly #maxSockets: number;
  readonly #maxIdleMs: number;
  readonly #now: () => number;
  /** The one used last is at the end. */
  readonly #free: HttpSocket[] = [];
  readonly #opening = new Set<HttpSocket>();
  readonly #waiting = new Set<Exchange>();
  #sockets = 0;

  constructor(target: SocketTarget, { maxSockets = 800, maxIdleMs = 30_000, now = Date.now }: SocketPoolOptions = {}) {
    this.#target = target;
    this.#maxSockets = maxSockets;
    this.#maxIdleMs = maxIdleMs;
    this.#now = now;
  }

  /**
   * Sends a request and resolves to how it ended; never rejects.
   *
   * @param request Its bytes, one character each.
   * @param timeoutMs It has ended after this, in milliseconds, waiting for a socket included.
   */
  exchange(request: string, timeoutMs: number): Promise<ExchangeEnd> {
    return new Promise((resolve) => {
      const deadline = setTimeout(() => this.#expire(exchange), timeoutMs);
      const exchange: Exchange = { request, resolve, deadline, socket: undefined };
      const socket = this.#takeFree();
      if (socket === undefined) {
        this.#waiting.add(exchange);
        this.#openWanted();
      } else {
        socket.hold(true);
        this.#send(socket, exchange);
      }
    });
  }

  onFree(socket: HttpSocket): void {
    const opened = this.#opening.delete(socket);
    const [next] = this.#waiting;
    if (next === undefined) {
      socket.freeSince = this.#now();
      socket.hold(false);
      this.#free.push(socket);
    } else {
      this.#waiting.delete(next);
      this.#send(socket, next);
    }
    if (opened) this.#openWanted();
  }

  onClosed(socket: HttpSocket, error: Error): void {
    this.#sockets -= 1;
    const index = this.#free.lastIndexOf(socket);
    if (index >= 0) this.#free.splice(index, 1);
    if (this.#opening.delete(socket)) this.#failFirst(error);
    this.#openWanted();
  }

  /** Each socket that could not be opened ends one request, so that a host that is away is known at once. */
  #failFirst(error: Error): void {
    const [first] = this.#waiting;
    if (first !== undefined) this.#settle(first, { kind: 'unsent', error });
  }

  #takeFree(): HttpSocket | undefined {
    for (;;) {
      const socket = this.#free.pop();
      if (socket === undefined || this.#now() - socket.freeSince <= this.#maxIdleMs) return socket;
      socket.close(new HttpError('CLOSED_EARLY', 'The socket was idle for too long'));
    }
  }

  #openWanted(): void {
    while (this.#opening.size < Math.min(this.#waiting.size, MAX_OPENING) && this.#sockets < this.#maxSockets) {
      try {
        this.#opening.add(new HttpSocket(this.#target, this));
        this.#sockets += 1;
      } catch (error) {
        this.#failFirst(error as Error); // a port or a host that Node does not take
      }
    }
  }

  #send(socket: HttpSocket, exchange: Exchange): void {
    exchange.socket = socket;
    socket.send(exchange.request, (end) => this.#settle(exchange, end));
  }

  #expire(exchange: Exchange): void {
    const error = new HttpError('DEADLINE', 'Expected an answer before the deadline');
    if (exchange.socket === undefined) this.#settle(exchange, { kind: 'unsent', error });
    else exchange.socket.close(error);
  }

  #settle(exchange: Exchange, end: ExchangeEnd): void {
    clearTimeout(exchange.deadline);
    this.#waiting.delete(exchange);
    exchange.resolve(end);
  }
}
