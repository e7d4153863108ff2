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
  ended: boolean;
}

/**
 * Keep-alive HTTP/1.1 sockets to one host, one request on each at a time. A request takes the socket that was used
 * last, else it waits for the first that is opened or becomes free. While nothing is under way the sockets keep no
 * process alive.
 *
 * Sockets that were idle are renewed by the clock when they are wanted, not by a timer: in a Lambda that was frozen
 * timers have stood still, and its sockets may have died in silence.
 *
 * HTTP/1.1 does not say which request a response belongs to: only their order does. A peer that answers once too often
 * would have its second response, a 410 say, taken for the answer to the next request, which is for another connection. So
 * nothing is written before the event loop has read what had arrived when the request was handed in, and when the socket
 * was answered last. Bytes that come by then were not asked for: they close their socket, and nothing is judged from them.
 * An unasked response that arrives after the next request was written cannot be told from its answer.
 */
export class SocketPool implements SocketOwner {
  readonly #target: SocketTarget;
  readonly #maxSockets: number;
  readonly #maxIdleMs: number;
  readonly #now: () => number;
  /** The one used last is at the end. */
  readonly #free: HttpSocket[] = [];
  readonly #opening = new Set<HttpSocket>();
  /** Answered, and not listened to since for long enough. */
  readonly #settling = new Set<HttpSocket>();
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
      const exchange: Exchange = { request, resolve, deadline, socket: undefined, ended: false };
      // While no socket is free there is none to listen to first.
      if (this.#free.length === 0) this.#wait(exchange);
      else afterNextPoll(() => this.#enter(exchange));
    });
  }

  onFree(socket: HttpSocket): void {
    socket.freeSince = this.#now();
    if (!this.#opening.has(socket)) this.#settling.add(socket);
    afterNextPoll(() => {
      const opened = this.#opening.delete(socket);
      if (!opened && !this.#settling.delete(socket)) return; // closed since
      this.#offer(socket);
      if (opened) this.#openWanted();
    });
  }

  onClosed(socket: HttpSocket, error: Error): void {
    this.#sockets -= 1;
    const index = this.#free.lastIndexOf(socket);
    if (index >= 0) this.#free.splice(index, 1);
    this.#settling.delete(socket);
    if (this.#opening.delete(socket)) this.#failFirst(error);
    this.#openWanted();
  }

  #enter(exchange: Exchange): void {
    if (exchange.ended) return;
    const socket = this.#takeFree();
    if (socket === undefined) this.#wait(exchange);
    else {
      socket.hold(true);
      this.#send(socket, exchange);
    }
  }

  #wait(exchange: Exchange): void {
    this.#waiting.add(exchange);
    this.#openWanted();
  }

  #offer(socket: HttpSocket): void {
    if (this.#closeIfIdleTooLong(socket)) return; // the function was frozen while it settled
    const [next] = this.#waiting;
    if (next === undefined) {
      socket.hold(false);
      this.#free.push(socket);
    } else {
      this.#waiting.delete(next);
      this.#send(socket, next);
    }
  }

  #takeFree(): HttpSocket | undefined {
    for (;;) {
      const socket = this.#free.pop();
      if (socket === undefined || !this.#closeIfIdleTooLong(socket)) return socket;
    }
  }

  #closeIfIdleTooLong(socket: HttpSocket): boolean {
    if (this.#now() - socket.freeSince <= this.#maxIdleMs) return false;
    socket.close(new HttpError('CLOSED_EARLY', 'The socket was idle for too long'));
    return true;
  }

  #openWanted(): void {
    while (this.#opening.size < this.#wanted() && this.#sockets < this.#maxSockets) {
      try {
        this.#opening.add(new HttpSocket(this.#target, this));
        this.#sockets += 1;
      } catch (error) {
        this.#failFirst(error as Error); // a port or a host that Node does not take
      }
    }
  }

  /** Sockets that settle serve requests that wait; for the others some are opened. */
  #wanted(): number {
    return Math.min(this.#waiting.size - this.#settling.size, MAX_OPENING);
  }

  /** Each socket that could not be opened ends one request, so that a host that is away is known at once. */
  #failFirst(error: Error): void {
    const [first] = this.#waiting;
    if (first !== undefined) this.#settle(first, { kind: 'unsent', error });
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
    exchange.ended = true;
    clearTimeout(exchange.deadline);
    this.#waiting.delete(exchange);
    exchange.resolve(end);
  }
}

/**
 * Calls back when sockets have been polled and read once more: the phase of immediates follows that of polling. One
 * immediate a turn of the event loop serves all that wait: one for each post would be a tenth of its CPU.
 */
const afterNextPoll = (callback: () => void): void => {
  if (added.length + ripe.length === 0) setImmediate(turn);
  added.push(callback);
};

/** Added since the last turn, and in the turn before. */
let added: (() => void)[] = [];
let ripe: (() => void)[] = [];

const turn = (): void => {
  const due = ripe;
  ripe = added;
  added = [];
  if (ripe.length > 0) setImmediate(turn);
  for (const callback of due) callback();
};
