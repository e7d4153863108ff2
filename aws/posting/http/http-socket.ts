import type { Socket } from 'node:net';
import { HttpError } from './http-error.ts';
import { openSocket, type SocketTarget } from './open-socket.ts';
import { type HttpResponse, ResponseReader } from './response-reader.ts';

/**
 * How a request ended.
 * - `answered`: the peer answered, with any status.
 * - `unsent`: no byte of the request was written; it may be sent again.
 * - `unanswered`: the request was written, and the peer may have acted on it.
 */
export type ExchangeEnd =
  | { readonly kind: 'answered'; readonly response: HttpResponse }
  | { readonly kind: 'unsent'; readonly error: Error }
  | { readonly kind: 'unanswered'; readonly error: Error };

/**
 * Our choice: longest time to open a socket, in milliseconds. On a tenth of a core, a TLS handshake takes about 100.
 */
const CONNECT_TIMEOUT_MS = 5_000;

/**
 * HTTP/1.1 assigns a response to a request only by their order. If a peer sends one response too many, the client takes
 * it as the answer to the next request, which is for another connection. A wrong 410 would delete the row of that
 * connection. So a socket that already had an answer waits before it trusts a 410. If more bytes come, it trusts
 * neither response.
 */
const UNTRUSTED_STATUS = 410;
/** Our choice: how long the socket waits, in milliseconds. API Gateway answers a post in 10 to 30. */
const TRUST_DELAY_MS = 100;

export interface SocketOwner {
  /** The socket can send: it was just opened, or its request was answered. */
  onFree(socket: HttpSocket): void;
  /** The socket is closed. Its request, if it had one, has already ended. */
  onClosed(socket: HttpSocket, error: Error): void;
}

/** A keep-alive HTTP/1.1 socket that carries one request at a time. */
export class HttpSocket {
  /** When the socket became free, in epoch milliseconds. Set by the owner of the socket. */
  freeSince = 0;
  #closed = false;
  #wasAnswered = false;
  #trustTimer: NodeJS.Timeout | undefined;
  #reader: ResponseReader | undefined;
  #onEnd: ((end: ExchangeEnd) => void) | undefined;
  readonly #socket: Socket;
  readonly #owner: SocketOwner;

  constructor(target: SocketTarget, owner: SocketOwner) {
    this.#owner = owner;
    this.#socket = openSocket(target, {
      onReady: () => {
        clearTimeout(timer);
        // Waits until all received bytes are read: bytes before the first request close the socket.
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

  /** Writes a request, one character for each byte. The socket must be free. Calls `onEnd` once. */
  send(request: string, onEnd: (end: ExchangeEnd) => void): void {
    this.#reader = new ResponseReader();
    this.#onEnd = onEnd;
    this.#socket.write(request, 'latin1');
  }

  /** Closes the socket immediately. Its request ends too, as answered if the head of the answer is complete. */
  close(error: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#trustTimer);
    this.#socket.destroy();
    const response = this.#reader?.end();
    this.#end(response === undefined ? { kind: 'unanswered', error } : { kind: 'answered', response });
    this.#owner.onClosed(this, error);
  }

  /** Whether this open socket keeps the process alive. */
  keepProcessAlive(keepsAlive: boolean): void {
    if (keepsAlive) this.#socket.ref();
    else this.#socket.unref();
  }

  #receive(bytes: Buffer): void {
    if (this.#closed) return;
    try {
      // Bytes without a request are not an answer: some servers send 408 before they close an idle socket.
      if (this.#reader === undefined)
        throw new HttpError('MALFORMED_RESPONSE', 'Expected no bytes before a request, got some');
      const response = this.#reader.read(bytes);
      if (response === undefined) return;
      // If the request is not written completely, the peer would read its rest as the next request.
      const reusable = response.reusable && this.#socket.writableLength === 0;
      this.#reader = undefined;
      const answer = (): void => this.#answer(response, reusable);
      if (response.status === UNTRUSTED_STATUS && this.#wasAnswered)
        this.#trustTimer = setTimeout(answer, TRUST_DELAY_MS);
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
