import type { BroadcastQueue } from '../../aws/queue/broadcast-queue.ts';
import type { Broadcast, BroadcastRecord } from '../../schemas/broadcast-record.ts';
import type { ConnectionRow } from '../../schemas/connections/connection-row.ts';
import type { DeadLetterReason } from '../../schemas/dead-letter.ts';
import { MAX_QUEUE_MESSAGE_BYTES } from '../../schemas/quotas.ts';
import { type Timekeeper, within } from '../time/timekeeper.ts';
import type { OnProblem } from './fan-out-problem.ts';
import type { Ledger } from './ledger.ts';

/** Our choice: one function posts this many connections in a second or two. */
const SEGMENT_CONNECTIONS = 5_000;
/** Our choice: time that a queue needs to confirm, in milliseconds. With less time left, the queue is not called. */
const CONFIRM_MS = 100;
/** Our choice: longest pause before a queue is tried again, in milliseconds. It doubles up to `LAST_PAUSE_MS`. */
const FIRST_PAUSE_MS = 100;
const LAST_PAUSE_MS = 2_000;

interface Segment {
  connections: Record<string, readonly [connectedAt: number, ttl: number, protocol?: 1]>;
  count: number;
  bytes: number;
}

/** The content of a hand-over: some connections, or the cursor of a scan. */
interface Part {
  content: Pick<BroadcastRecord, 'connections' | 'cursor'>;
  count: number;
}

export interface RemainderOptions {
  broadcast: Broadcast;
  ledger: Ledger;
  queue: BroadcastQueue;
  timekeeper: Timekeeper;
  /** Epoch milliseconds by which the queues must answer. */
  answerBy: number;
  onProblem: OnProblem;
}

/**
 * The rest of one record, which other functions finish. It collects a segment for each reason, and sends a segment as
 * soon as it is full, so that it holds at most 5,000 connections for each reason.
 *
 * If a queue refuses a segment, the same queue is tried again for half of the remaining time. Then the other queue is
 * tried. If both refuse, the record has failed: SQS delivers it again, to all its connections.
 */
export class Remainder {
  readonly #broadcast: Broadcast;
  readonly #ledger: Ledger;
  readonly #queue: BroadcastQueue;
  readonly #timekeeper: Timekeeper;
  readonly #answerBy: number;
  readonly #onProblem: OnProblem;
  readonly #segments = new Map<HandOverReason, Segment>();
  readonly #sending = new Set<Promise<void>>();
  #restBytes: number | undefined;

  constructor({ broadcast, ledger, queue, timekeeper, answerBy, onProblem }: RemainderOptions) {
    this.#broadcast = broadcast;
    this.#ledger = ledger;
    this.#queue = queue;
    this.#timekeeper = timekeeper;
    this.#answerBy = answerBy;
    this.#onProblem = onProblem;
  }

  add(reason: HandOverReason, row: ConnectionRow): void {
    const segment = this.#segmentOf(reason);
    const bytes = entryBytes(row.connectionId);
    if (segment.count >= SEGMENT_CONNECTIONS || segment.bytes + bytes > MAX_QUEUE_MESSAGE_BYTES) {
      this.#flush(reason);
      this.add(reason, row);
      return;
    }
    segment.connections[row.connectionId] = row.protocol ? [row.connectedAt, row.ttl, 1] : [row.connectedAt, row.ttl];
    segment.count++;
    segment.bytes += bytes;
  }

  /**
   * Hands the scan over to another function.
   * @param cursor The cursor at which the scan continues; `undefined`: from the start.
   */
  addScan(reason: HandOverReason, cursor: string | undefined): void {
    this.#ledger.scanHandedOver();
    this.#send(reason, { content: cursor === undefined ? {} : { cursor }, count: 0 });
  }

  /** Resolves when every part sent so far has been accepted or refused. */
  async sent(): Promise<void> {
    while (this.#sending.size > 0) await Promise.all(this.#sending);
  }

  /** Sends the remaining segments. Resolves when every part has been accepted or refused. */
  async close(): Promise<void> {
    for (const reason of [...this.#segments.keys()]) this.#flush(reason);
    await this.sent();
  }

  #segmentOf(reason: HandOverReason): Segment {
    const existing = this.#segments.get(reason);
    if (existing) return existing;
    this.#restBytes ??= restBytes(this.#record({ connections: {} }, this.#broadcast.attempts));
    const segment = { connections: Object.create(null), count: 0, bytes: this.#restBytes };
    this.#segments.set(reason, segment);
    return segment;
  }

  #flush(reason: HandOverReason): void {
    const segment = this.#segments.get(reason);
    if (!segment) return;
    this.#segments.delete(reason);
    this.#send(reason, { content: { connections: segment.connections }, count: segment.count });
  }

  #send(reason: HandOverReason, part: Part): void {
    const handOver = planHandOver(reason, this.#broadcast.attempts, this.#timekeeper.random());
    this.#ledger.leaving(part.count);
    const sending = this.#handOver(handOver, part).then((to) => {
      this.#sending.delete(sending);
      if (to === 'queue') this.#ledger.deferred(part.count);
      else if (to === 'dead-letter') this.#ledger.undelivered(part.count);
      else this.#ledger.refused(part.count);
    });
    this.#sending.add(sending);
  }

  /** Resolves to the queue that took the part, or to `undefined`. Never rejects. */
  async #handOver(handOver: HandOver, part: Part): Promise<HandOver['to'] | undefined> {
    const now = this.#timekeeper.now();
    const fallback = planFallback(handOver);
    const firstUntil = fallback ? (now + this.#answerBy) / 2 : this.#answerBy;
    if (await this.#sendRepeatedly(handOver, part, firstUntil)) return handOver.to;
    if (fallback && (await this.#sendRepeatedly(fallback, part, this.#answerBy))) return fallback.to;
    return undefined;
  }

  /**
   * Asks one queue until it takes the part or the time is over. Stops if the record has failed: SQS delivers it again.
   */
  async #sendRepeatedly(handOver: HandOver, part: Part, until: number): Promise<boolean> {
    let pauseMs = FIRST_PAUSE_MS;
    while (!this.#ledger.failed && this.#timekeeper.now() + CONFIRM_MS <= until) {
      try {
        const taken = this.#sendOnce(handOver, part).then(() => true);
        return (await within(taken, until, this.#timekeeper)) ?? false; // no answer, but the queue may have accepted it
      } catch (error) {
        this.#onProblem({ kind: handOver.to, error });
      }
      await pause(this.#timekeeper, pauseMs * (0.5 + this.#timekeeper.random() / 2));
      pauseMs = Math.min(2 * pauseMs, LAST_PAUSE_MS);
    }
    return false;
  }

  async #sendOnce(handOver: HandOver, { content }: Part): Promise<void> {
    if (handOver.to === 'queue') {
      const { attempts, delaySeconds } = handOver;
      return this.#queue.send(this.#record(content, attempts), delaySeconds > 0 ? { delaySeconds } : {});
    }
    const record = JSON.stringify(this.#record(content, 0)); // a redriven record starts again with attempt 0
    return this.#queue.deadLetter({ v: 1, reason: handOver.reason, diedAt: this.#timekeeper.now(), record });
  }

  #record(content: Part['content'], attempts: number): BroadcastRecord {
    const { connections: _connections, cursor: _cursor, ...rest } = this.#broadcast;
    return { v: content.connections ? 2 : 1, ...rest, attempts, ...content };
  }
}

const pause = (timekeeper: Timekeeper, delayMs: number): Promise<void> =>
  new Promise((resolve) => {
    timekeeper.after(delayMs, resolve);
  });

/** Size of the record in a dead letter, which holds it as a JSON string. It is not less than its size in the queue. */
const restBytes = (rest: BroadcastRecord): number =>
  textBytes(JSON.stringify({ ...rest, diedAt: 0, reason: 'connecting' })) + 100;

/** Most bytes of an entry `\"connectionId\":[1700000000,1700007500,1],` with both times at their longest. */
const entryBytes = (connectionId: string): number =>
  (PLAIN_ID.test(connectionId) ? connectionId.length : textBytes(JSON.stringify(connectionId))) + 42;

const PLAIN_ID = /^[\w+/=-]*$/;

/** Bytes of a string in JSON, as sent to SQS. A character that SQS refuses has three bytes, and six when escaped. */
const textBytes = (text: string): number => {
  const json = JSON.stringify(text);
  const escaped = json.match(/[\uFFFE\uFFFF]/g)?.length ?? 0;
  return Buffer.byteLength(json) + 3 * escaped;
};

export type FailureReason = Exclude<DeadLetterReason, 'unreadable' | 'unknown-channel' | 'expired' | 'refused'>;
/** Why connections are handed over. `untried`: this function has not posted to them. */
export type HandOverReason = FailureReason | 'untried' | 'expired';

export type HandOver =
  | { to: 'queue'; attempts: number; delaySeconds: number }
  | { to: 'dead-letter'; reason: DeadLetterReason };

/** Our choice: how many functions may try a connection. Their delays add up to about three and a half minutes. */
export const MAX_ATTEMPTS = 10;
/** Our choice: longest delay of a segment, in seconds. */
const MAX_DELAY_SECONDS = 60;

/**
 * Decides which queue takes the connections that this function has not served. Untried connections are queued without
 * delay and keep their attempts. Failed connections wait twice as long each time, with jitter. Connecting ones wait
 * without jitter, because a handshake ends within 30 seconds.
 * @param attempts How many functions tried before this one.
 * @param random From 0 up to, not including, 1.
 */
export const planHandOver = (reason: HandOverReason, attempts: number, random: number): HandOver => {
  if (reason === 'untried') return { to: 'queue', attempts, delaySeconds: 0 };
  if (reason === 'too-large' || reason === 'expired' || attempts + 1 >= MAX_ATTEMPTS)
    return { to: 'dead-letter', reason };
  const ceiling = Math.min(2 ** attempts, MAX_DELAY_SECONDS);
  const delaySeconds = reason === 'connecting' ? ceiling : Math.ceil(ceiling * (0.5 + random / 2));
  return { to: 'queue', attempts: attempts + 1, delaySeconds };
};

/**
 * Decides what happens if the first queue refuses the connections. The dead-letter queue replaces the broadcast queue.
 * The broadcast queue replaces the dead-letter queue, with the last attempt and the longest delay.
 * @returns `undefined` if SQS should deliver the record again instead. If the record has expired by then, it is not
 * posted.
 */
export const planFallback = (handOver: HandOver): HandOver | undefined => {
  if (handOver.to === 'queue') return { to: 'dead-letter', reason: 'refused' };
  if (handOver.reason === 'expired') return undefined;
  return { to: 'queue', attempts: MAX_ATTEMPTS - 1, delaySeconds: MAX_DELAY_SECONDS };
};
