import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { Clock } from '../../runtime/clock.ts';
import type { ConnectionFacts } from '../events/connection-facts.ts';
import { textFrame } from './text-frame.ts';

/**
 * Most bytes that wait in this process for a client that does not read. A post that exceeds it is answered with 429.
 */
export const MAX_BUFFERED_BYTES = 512 * 1_024;

/** `full`: the client reads too slowly. `gone`: the connection is closing or closed. */
export type SendOutcome = 'sent' | 'full' | 'gone';

export interface Ending {
  code: number;
  reason: string;
}

/** The ending of a connection that broke without a close frame. */
export const LOST: Ending = { code: 1006, reason: 'Connection closed abnormally' };

/** An open connection. Send messages to the client only through it, so that its buffer stays bounded. */
export class Connection {
  readonly facts: ConnectionFacts;
  /** Time of the last message in either direction, in epoch milliseconds. Pings do not count. */
  lastActiveAt: number;
  /** How the connection ends. `undefined` until that is known. */
  ending: Ending | undefined;
  readonly #webSocket: WebSocket;
  readonly #socket: Duplex;
  readonly #clock: Clock;

  constructor(facts: ConnectionFacts, webSocket: WebSocket, socket: Duplex, clock: Clock) {
    this.facts = facts;
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.#clock = clock;
    this.lastActiveAt = clock.now();
  }

  /** False as soon as either side begins to close the connection. */
  get isOpen(): boolean {
    return !this.ending && this.#webSocket.readyState === WebSocket.OPEN;
  }

  send(text: string): SendOutcome {
    return this.sendFrame(textFrame(text));
  }

  /** Sends a frame of {@link textFrame}. Bypasses `ws`, which would make the frame again for each connection. */
  sendFrame(frame: Buffer): SendOutcome {
    if (!this.isOpen) return 'gone';
    if (this.#webSocket.bufferedAmount + frame.length > MAX_BUFFERED_BYTES) return 'full';
    this.#socket.write(frame);
    this.touch();
    return 'sent';
  }

  /** Records that a message came or went now. */
  touch(): void {
    this.lastActiveAt = this.#clock.now();
  }

  /** Closes the connection from the gateway's side. Later calls change nothing. */
  close(ending: Ending): void {
    if (this.ending) return;
    this.ending = ending;
    this.#webSocket.close(ending.code, ending.reason);
  }

  /** Stops reading from the client until {@link Connection.resume}. */
  pause(): void {
    this.#webSocket.pause();
  }

  resume(): void {
    this.#webSocket.resume();
  }
}
