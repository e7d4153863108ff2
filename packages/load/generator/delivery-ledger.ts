import type { MessageToken } from '../workload/message-token.ts';

/** A connection in the ledger. Times are {@link monotonicUs}. */
export interface LedgerConnection {
  readonly openedUs: number;
  closedUs: number;
  readonly slow: boolean;
  readonly received: NumberSet;
  /** Send time of the newest message that it has received. */
  newestUs: number;
  /** Times at which it received error frames. */
  readonly refusedUs: number[];
}

/** The kind of a delivery to a connection: the first one of a message, a repeated one, or one to its sender. */
export type Receipt = 'first' | 'duplicate' | 'own';

/** Times of each message: sent, first received, last received. `NaN` if it was not. The index is the message. */
export interface MessageTimes {
  sentAtUs: Float64Array;
  firstAtUs: Float64Array;
  lastAtUs: Float64Array;
  /** Last received by a connection that is not slow. */
  lastPromptAtUs: Float64Array;
}

export interface Settlement extends MessageTimes {
  /** A delivery that takes longer counts as lost. */
  settleUs: number;
  /** End of the run. */
  endUs: number;
}

/** Expected and lost deliveries at the connections of this process. The index is the message. */
export interface Outcome {
  expected: Uint32Array;
  lost: Uint32Array;
  /** The part of `expected` at slow connections. */
  expectedSlow: Uint32Array;
  lostSlow: Uint32Array;
  /** Messages that no connection received and whose sender received an error frame. */
  refused: number[];
  /** Messages that no connection received and whose sender closed before the settle time was over. */
  cutOff: number[];
}

/** The part of a ledger that the account of a run needs. */
export type Ledger = Pick<DeliveryLedger, 'overdue' | 'times' | 'account'>;

/**
 * Records which messages each connection should receive and which it has received.
 *
 * A connection should receive a message if it was **present throughout**: open before the message was sent, still open
 * `settleUs` later, and open when the last connection received the message. For every other connection the message is
 * optional and never lost. A sender does not expect its own message, unless the target includes senders.
 * It uses one bit of memory for each connection and each message sent while the connection is open.
 */
export class DeliveryLedger {
  readonly #senderIncluded: boolean;
  readonly #connections: LedgerConnection[] = [];
  readonly #open = new Set<LedgerConnection>();
  readonly #senders = new Map<number, LedgerConnection>();
  readonly #sentAtUs: number[] = [];
  readonly #firstAtUs: number[] = [];
  readonly #lastAtUs: number[] = [];
  readonly #lastPromptAtUs: number[] = [];
  #matured = 0;
  #missing = 0;

  constructor(senderIncluded: boolean) {
    this.#senderIncluded = senderIncluded;
  }

  open(atUs: number, slow: boolean): LedgerConnection {
    const connection: LedgerConnection = {
      openedUs: atUs,
      closedUs: Number.POSITIVE_INFINITY,
      slow,
      received: new NumberSet(),
      newestUs: 0,
      refusedUs: [],
    };
    this.#connections.push(connection);
    this.#open.add(connection);
    return connection;
  }

  close(connection: LedgerConnection, atUs: number): void {
    if (this.#open.delete(connection)) connection.closedUs = atUs;
  }

  send(sender: LedgerConnection, { message, sentAtUs }: MessageToken): void {
    this.#recordSent(message, sentAtUs);
    this.#senders.set(message, sender);
  }

  /** Records a delivery. `outOfOrder`: a message that was sent later reached this connection earlier. */
  receive(
    connection: LedgerConnection,
    { message, sentAtUs }: MessageToken,
    atUs: number,
  ): { receipt: Receipt; outOfOrder: boolean } {
    if (this.#isOwn(connection, message)) return { receipt: 'own', outOfOrder: false };
    if (!connection.received.add(message)) return { receipt: 'duplicate', outOfOrder: false };
    this.#recordSent(message, sentAtUs);
    if (Number.isNaN(this.#firstAtUs[message])) this.#firstAtUs[message] = atUs;
    this.#lastAtUs[message] = atUs;
    if (!connection.slow) this.#lastPromptAtUs[message] = atUs;
    if (message < this.#matured && connection.openedUs < sentAtUs) this.#missing--;
    const outOfOrder = sentAtUs < connection.newestUs;
    if (!outOfOrder) connection.newestUs = sentAtUs;
    return { receipt: 'first', outOfOrder };
  }

  /** Records an error frame. */
  refuse(connection: LedgerConnection, atUs: number): void {
    connection.refusedUs.push(atUs);
  }

  /**
   * Estimates the deliveries that are overdue now, from the messages that this process has sent or received.
   * {@link account} is exact.
   */
  overdue(nowUs: number, settleUs: number): number {
    for (; this.#matured < this.#sentAtUs.length; this.#matured++) {
      const sentAtUs = this.#sentAtUs[this.#matured] as number;
      if (sentAtUs + settleUs > nowUs) break;
      for (const connection of this.#open) {
        if (connection.openedUs < sentAtUs && this.#misses(connection, this.#matured)) this.#missing++;
      }
    }
    return Math.max(0, this.#missing);
  }

  times(): MessageTimes {
    return {
      sentAtUs: Float64Array.from(this.#sentAtUs),
      firstAtUs: Float64Array.from(this.#firstAtUs),
      lastAtUs: Float64Array.from(this.#lastAtUs),
      lastPromptAtUs: Float64Array.from(this.#lastPromptAtUs),
    };
  }

  /** Computes the final account from the times of all processes. */
  account(settlement: Settlement): Outcome {
    const { sentAtUs, lastAtUs, settleUs, endUs } = settlement;
    const order = [...sentAtUs.keys()].filter((message) => !Number.isNaN(sentAtUs[message]));
    order.sort((a, b) => (sentAtUs[a] as number) - (sentAtUs[b] as number));
    const outcome = emptyOutcome(sentAtUs.length);
    for (const connection of this.#connections) {
      const leftUs = leftAtUs(connection, endUs);
      for (let next = firstAfter(order, sentAtUs, connection.openedUs); next < order.length; next++) {
        const message = order[next] as number;
        if ((sentAtUs[message] as number) + settleUs > leftUs) break;
        if ((lastAtUs[message] as number) > leftUs || this.#isOwn(connection, message)) continue;
        const lost = this.#misses(connection, message);
        increment(outcome.expected, message);
        if (lost) increment(outcome.lost, message);
        if (connection.slow) increment(outcome.expectedSlow, message);
        if (connection.slow && lost) increment(outcome.lostSlow, message);
      }
    }
    return { ...outcome, ...this.#unreached(settlement) };
  }

  #recordSent(message: number, sentAtUs: number): void {
    for (let next = this.#sentAtUs.length; next <= message; next++) {
      this.#sentAtUs.push(Number.NaN);
      this.#firstAtUs.push(Number.NaN);
      this.#lastAtUs.push(Number.NaN);
      this.#lastPromptAtUs.push(Number.NaN);
    }
    this.#sentAtUs[message] = sentAtUs;
  }

  #isOwn(connection: LedgerConnection, message: number): boolean {
    return !this.#senderIncluded && this.#senders.get(message) === connection;
  }

  #misses(connection: LedgerConnection, message: number): boolean {
    return !this.#isOwn(connection, message) && !connection.received.has(message);
  }

  /** Explains messages without a delivery. An error frame explains the oldest message that was sent before it. */
  #unreached({ lastAtUs, settleUs }: Settlement): Pick<Outcome, 'refused' | 'cutOff'> {
    const refused: number[] = [];
    const cutOff: number[] = [];
    const used = new Map<LedgerConnection, number>();
    for (const [message, sender] of this.#senders) {
      if (!Number.isNaN(lastAtUs[message])) continue;
      const sentAtUs = this.#sentAtUs[message] as number;
      const from = used.get(sender) ?? 0;
      const frame = sender.refusedUs.findIndex((atUs, index) => index >= from && atUs > sentAtUs);
      if (frame >= 0) {
        used.set(sender, frame + 1);
        refused.push(message);
      } else if (sender.closedUs < sentAtUs + settleUs) cutOff.push(message);
    }
    return { refused, cutOff };
  }
}

/** A slow connection that closed early may have had unread deliveries, so it has no expected ones. */
const leftAtUs = ({ slow, openedUs, closedUs }: LedgerConnection, endUs: number): number =>
  slow && closedUs < endUs ? openedUs : Math.min(closedUs, endUs);

/** The index in `order` of the first message that was sent after `atUs`. */
const firstAfter = (order: readonly number[], sentAtUs: Float64Array, atUs: number): number => {
  let [low, high] = [0, order.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sentAtUs[order[middle] as number] as number) > atUs) high = middle;
    else low = middle + 1;
  }
  return low;
};

const emptyOutcome = (messages: number): Omit<Outcome, 'refused' | 'cutOff'> => ({
  expected: new Uint32Array(messages),
  lost: new Uint32Array(messages),
  expectedSlow: new Uint32Array(messages),
  lostSlow: new Uint32Array(messages),
});

const increment = (counts: Uint32Array, index: number): void => {
  counts[index] = (counts[index] as number) + 1;
};

const BITS = 1_024;

/** A set of whole numbers that arrive roughly in order: one bit a number, in chunks that are allocated when needed. */
export class NumberSet {
  readonly #chunks = new Map<number, Uint32Array<ArrayBuffer>>();
  #lastKey = -1;
  #last = new Uint32Array(0);

  /** @returns Whether the number is new. */
  add(value: number): boolean {
    const chunk = this.#chunk(Math.floor(value / BITS));
    const word = (value % BITS) >>> 5;
    const bit = 1 << (value & 31);
    const before = chunk[word] as number;
    chunk[word] = before | bit;
    return (before & bit) === 0;
  }

  has(value: number): boolean {
    const chunk = this.#chunks.get(Math.floor(value / BITS));
    return chunk !== undefined && ((chunk[(value % BITS) >>> 5] as number) & (1 << (value & 31))) !== 0;
  }

  #chunk(key: number): Uint32Array {
    if (key === this.#lastKey) return this.#last;
    const chunk = this.#chunks.get(key) ?? new Uint32Array(BITS / 32);
    this.#chunks.set(key, chunk);
    this.#lastKey = key;
    this.#last = chunk;
    return chunk;
  }
}
