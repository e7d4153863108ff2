import { HttpError } from './http-error.ts';
import { type ExchangeEnd, HttpSocket, type SocketOwner } from './http-socket.ts';
import type { SocketTarget } from './open-socket.ts';

/**
 * Our choice: most sockets that open at the same time. A TLS handshake takes a millisecond of CPU. Hundreds of them
 * would delay the posts in flight, and slower posts would need even more sockets.
 */
const MAX_OPENING = 32;

export interface SocketPoolOptions {
  /** Most open sockets. A Lambda has 1,024 file descriptors. Default 800. */
  maxSockets?: number;
  /** A socket that was idle for longer is not used again, in milliseconds. Default 30,000. */
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
 * Keep-alive HTTP/1.1 sockets to one host. Each carries one request at a time. A request takes the socket that was used
 * last. If no socket is free, it waits for the first one that opens or becomes free. Idle sockets do not keep the
 * process alive.
 *
 * The pool checks the idle time of a socket when a request needs it, not with a timer. In a frozen Lambda, timers do
 * not run and sockets may break unnoticed.
 */
export class SocketPool implements SocketOwner {
  readonly #target: SocketTarget;
  readonly #maxSockets: number;
  readonly #maxIdleMs: number;
  readonly #now: () => number;
  /** The socket that was used last is at the end. */
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
   * Sends a request and resolves to how it ended. Never rejects.
   *
   * @param request One character for each byte.
   * @param timeoutMs Longest duration in milliseconds, including the wait for a socket.
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
        socket.keepProcessAlive(true);
        this.#send(socket, exchange);
      }
    });
  }

  onFree(socket: HttpSocket): void {
    const opened = this.#opening.delete(socket);
    const [next] = this.#waiting;
    if (next === undefined) {
      socket.freeSince = this.#now();
      socket.keepProcessAlive(false);
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

  /** Each socket that cannot be opened ends one request, so that requests to a host that is down fail fast. */
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
        this.#failFirst(error as Error); // Node refuses the port or the host
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
