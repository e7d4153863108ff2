import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { Clock } from '../../runtime/clock.ts';
import type { ConnectionFacts } from '../events/connection-facts.ts';
import { textFrame } from './text-frame.ts';

/** Most bytes that wait in the process for one client that does not read. What is over is refused with 429. */
export const MAX_BUFFERED_BYTES = 512 * 1_024;

/** `full`: the client reads too slowly. `gone`: closing or closed. */
export type SendOutcome = 'sent' | 'full' | 'gone';

export interface Ending {
  code: number;
  reason: string;
}

/** How a connection ended that went away without a close frame. */
export const LOST: Ending = { code: 1006, reason: 'Connection closed abnormally' };

/** One open connection. Every message to the client goes through {@link Connection.send}, so that its buffer stays bounded. */
export class Connection {
  readonly facts: ConnectionFacts;
  /** Epoch milliseconds of the last message, in either direction. Pings do not count. */
  lastActiveAt: number;
  /** How the gateway ended it. `undefined` while it did not. */
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

  /** Neither side has begun to close it. */
  get isOpen(): boolean {
    return !this.ending && this.#webSocket.readyState === WebSocket.OPEN;
  }

  send(text: string): SendOutcome {
    return this.sendFrame(textFrame(text));
  }

  /** Sends a frame as {@link textFrame} makes it. Past `ws`, which would make it anew for each connection of a broadcast. */
  sendFrame(frame: Buffer): SendOutcome {
    if (!this.isOpen) return 'gone';
    if (this.#webSocket.bufferedAmount + frame.length > MAX_BUFFERED_BYTES) return 'full';
    this.#socket.write(frame);
    this.touch();
    return 'sent';
  }

  /** Notes a message of the client's. */
  touch(): void {
    this.lastActiveAt = this.#clock.now();
  }

  /** Ends it from the gateway's side. The first ending counts. */
  close(ending: Ending): void {
    if (this.ending) return;
    this.ending = ending;
    this.#webSocket.close(ending.code, ending.reason);
  }

  /** Takes nothing more from the client for now. */
  pause(): void {
    this.#webSocket.pause();
  }

  resume(): void {
    this.#webSocket.resume();
  }
}
