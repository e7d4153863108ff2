import type { Socket } from 'node:net';
import { HttpError } from './http-error.ts';
import { openSocket, type SocketTarget } from './open-socket.ts';
import { type HttpResponse, ResponseReader } from './response-reader.ts';

/**
 * How a request ended.
 * - `answered`: with any status.
 * - `unsent`: nothing of it was written; it may be sent again.
 * - `unanswered`: it was written, and whether the peer acted on it is not known.
 */
export type ExchangeEnd =
  | { readonly kind: 'answered'; readonly response: HttpResponse }
  | { readonly kind: 'unsent'; readonly error: Error }
  | { readonly kind: 'unanswered'; readonly error: Error };

/** Ours: longest that opening a socket may take, in milliseconds. A TLS handshake on a tenth of a core takes some 100. */
const CONNECT_TIMEOUT_MS = 5_000;

/**
 * HTTP/1.1 does not say which request a response belongs to: only their order does. A peer that answers once too often has
 * its second response taken for the answer to the next request, which is for another connection; and a connection that is
 * said to be gone loses its row. So a socket that has been answered before waits with this status: if more comes, the
 * answer that was asked for, nothing is judged from either.
 */
const DOUBTED_STATUS = 410;
/** Our choice: how long it waits, in milliseconds. API Gateway answers a post in 10 to 30. */
const DOUBT_MS = 100;

export interface SocketOwner {
  /** The socket can send: it has just been opened, or its request was answered. */
  onFree(socket: HttpSocket): void;
  /** The socket is gone. Its request, if it had one, has ended before. */
  onClosed(socket: HttpSocket, error: Error): void;
}

/** One keep-alive HTTP/1.1 socket that carries one request at a time. */
export class HttpSocket {
  /** Epoch milliseconds since when it has had nothing to do; kept by its owner. */
  freeSince = 0;
  #closed = false;
  #wasAnswered = false;
  #doubt: NodeJS.Timeout | undefined;
  #reader: ResponseReader | undefined;
  #onEnd: ((end: ExchangeEnd) => void) | undefined;
  readonly #socket: Socket;
  readonly #owner: SocketOwner;

  constructor(target: SocketTarget, owner: SocketOwner) {
    this.#owner = owner;
    this.#socket = openSocket(target, {
      onReady: () => {
        clearTimeout(timer);
        // Once all that had arrived is read: a peer that speaks first has closed its socket by then.
        setImmediate(() => setImmediate(() => this.#closed || owner.onFree(this)));
      },
      onBytes: (bytes) => this.#receive(bytes),
      onClosed: (error) => {
        clearTimeout(timer);
        this.close(error ?? new HttpError('CLOSED_EARLY', 'The peer closed the socket'));
      },
    });
    const timer = setTimeout(() => {
      this.close(new HttpError('CONNECT_TIMEOUT', `Expected a socket within ${CONNECT_TIMEOUT_MS} ms`));
    }, CONNECT_TIMEOUT_MS);
  }

  /** Writes a request, given as bytes of one character each. Only while the socket is free. `onEnd` is called once. */
  send(request: string, onEnd: (end: ExchangeEnd) => void): void {
    this.#reader = new ResponseReader();
    this.#onEnd = onEnd;
    this.#socket.write(request, 'latin1');
  }

  /** Ends the socket at once, and with it its request: answered if the answer's head is there. */
  close(error: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#doubt);
    this.#socket.destroy();
    const response = this.#reader?.end();
    this.#end(response === undefined ? { kind: 'unanswered', error } : { kind: 'answered', response });
    this.#owner.onClosed(this, error);
  }

  /** Whether the process waits for this socket. */
  hold(held: boolean): void {
    if (held) this.#socket.ref();
    else this.#socket.unref();
  }

  #receive(bytes: Buffer): void {
    if (this.#closed) return;
    try {
      // Bytes that nobody asked for are not an answer: some servers say 408 before they close an idle socket.
      if (this.#reader === undefined) throw new HttpError('MALFORMED_RESPONSE', 'Expected nothing, got bytes');
      const response = this.#reader.read(bytes);
      if (response === undefined) return;
      // An answer to a request that is still being written: the rest of it would be read as the next one.
      const reusable = response.reusable && this.#socket.writableLength === 0;
      this.#reader = undefined;
      const answer = (): void => this.#answer(response, reusable);
      if (response.status === DOUBTED_STATUS && this.#wasAnswered) this.#doubt = setTimeout(answer, DOUBT_MS);
      else answer();
    } catch (error) {
      this.close(error as Error);
    }
  }

  #answer(response: HttpResponse, reusable: boolean): void {
    this.#wasAnswered = true;
    this.#end({ kind: 'answered', response });
    if (reusable) this.#owner.onFree(this);
    else this.close(new HttpError('CLOSED_EARLY', 'The socket cannot be used again'));
  }

  #end(end: ExchangeEnd): void {
    const onEnd = this.#onEnd;
    this.#reader = undefined;
    this.#onEnd = undefined;
    onEnd?.(end);
  }
}
