import type { BroadcastQueue } from '../../aws/queue/broadcast-queue.ts';
import type { Broadcast, BroadcastRecord } from '../../schemas/broadcast-record.ts';
import type { ConnectionRow } from '../../schemas/connection-row.ts';
import type { DeadLetterReason } from '../../schemas/dead-letter.ts';
import { MAX_QUEUE_MESSAGE_BYTES } from '../../schemas/quotas.ts';
import { type Timekeeper, within } from '../time/timekeeper.ts';
import type { OnProblem } from './fan-out-problem.ts';
import type { Ledger } from './ledger.ts';

/** Our choice: a second or two of one function's posts. */
const SEGMENT_CONNECTIONS = 5_000;
/** Our choice: a queue needs this long to confirm, in milliseconds. With less time left nothing is sent to it. */
const CONFIRM_MS = 100;
/** Our choice: longest pause before a queue is asked again, in milliseconds, doubling from the first to the last. */
const FIRST_PAUSE_MS = 100;
const LAST_PAUSE_MS = 2_000;

interface Segment {
  connections: Record<string, readonly [connectedAt: number, ttl: number]>;
  count: number;
  bytes: number;
}

/** What a hand-over consists of: some connections, or the place where the scan stood. */
interface Part {
  content: Pick<BroadcastRecord, 'connections' | 'cursor'>;
  count: number;
}

export interface RemainderOptions {
  broadcast: Broadcast;
  ledger: Ledger;
  queue: BroadcastQueue;
  timekeeper: Timekeeper;
  /** Epoch milliseconds until which the queues may answer. */
  answerBy: number;
  onProblem: OnProblem;
}

/**
 * What one record leaves to other functions: a segment for each reason, queued or dead-lettered as soon as it is full,
 * so that it holds 5,000 connections of each reason at most.
 *
 * A queue that refuses a segment is asked again for half of the time that is left, then the other queue for the rest of
 * it. If both refuse, the record has failed: SQS delivers it again, to all its connections.
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
    segment.connections[row.connectionId] = [row.connectedAt, row.ttl];
    segment.count++;
    segment.bytes += bytes;
  }

  /**
   * Leaves the scan to another function.
   * @param cursor Where it goes on; `undefined` from the start.
   */
  addScan(reason: HandOverReason, cursor: string | undefined): void {
    this.#ledger.scanHandedOver();
    this.#send(reason, { content: cursor === undefined ? {} : { cursor }, count: 0 });
  }

  /** Resolves when what was sent so far is taken or refused. */
  async sent(): Promise<void> {
    while (this.#sending.size > 0) await Promise.all(this.#sending);
  }

  /** Sends what is left. Resolves when all is taken or refused. */
  async close(): Promise<void> {
    for (const reason of [...this.#segments.keys()]) this.#flush(reason);
    await this.sent();
  }

  #segmentOf(reason: HandOverReason): Segment {
    const found = this.#segments.get(reason);
    if (found) return found;
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

  /** Never rejects. Resolves to the queue that took the part, if one did. */
  async #handOver(handOver: HandOver, part: Part): Promise<HandOver['to'] | undefined> {
    const now = this.#timekeeper.now();
    const fallback = planFallback(handOver);
    const firstUntil = fallback ? (now + this.#answerBy) / 2 : this.#answerBy;
    if (await this.#insist(handOver, part, firstUntil)) return handOver.to;
    if (fallback && (await this.#insist(fallback, part, this.#answerBy))) return fallback.to;
    return undefined;
  }

  /** Asks one queue until it takes the part, or the time is over. A record that comes back anyway leaves nothing more. */
  async #insist(handOver: HandOver, part: Part, until: number): Promise<boolean> {
    let pauseMs = FIRST_PAUSE_MS;
    while (!this.#ledger.failed && this.#timekeeper.now() + CONFIRM_MS <= until) {
      try {
        const taken = this.#put(handOver, part).then(() => true);
        return (await within(taken, until, this.#timekeeper)) ?? false; // without an answer it may have been taken
      } catch (error) {
        this.#onProblem({ kind: handOver.to, error });
      }
      await pause(this.#timekeeper, pauseMs * (0.5 + this.#timekeeper.random() / 2));
      pauseMs = Math.min(2 * pauseMs, LAST_PAUSE_MS);
    }
    return false;
  }

  async #put(handOver: HandOver, { content }: Part): Promise<void> {
    if (handOver.to === 'queue') {
      const { attempts, delaySeconds } = handOver;
      return this.#queue.send(this.#record(content, attempts), delaySeconds > 0 ? { delaySeconds } : {});
    }
    const record = JSON.stringify(this.#record(content, 0)); // redriven, it has all its attempts again
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

/** As it counts in a dead letter, in which the record is a text in JSON: never less than in the queue. */
const restBytes = (rest: BroadcastRecord): number =>
  textBytes(JSON.stringify({ ...rest, diedAt: 0, reason: 'connecting' })) + 100;

/** Of `\"connectionId\":[1700000000,1700007500],` at most, with both times as long as they can be. */
const entryBytes = (connectionId: string): number =>
  (PLAIN_ID.test(connectionId) ? connectionId.length : textBytes(JSON.stringify(connectionId))) + 40;

const PLAIN_ID = /^[\w+/=-]*$/;

/** Bytes of a text in JSON, as it is sent to SQS: what SQS refuses raw, three bytes, is escaped to six. */
const textBytes = (text: string): number => {
  const json = JSON.stringify(text);
  const escaped = json.match(/[\uFFFE\uFFFF]/g)?.length ?? 0;
  return Buffer.byteLength(json) + 3 * escaped;
};

/** Why a connection that was posted to has not received the message yet, or never will. */
export type Setback = Exclude<DeadLetterReason, 'unreadable' | 'expired' | 'refused'>;
/** Why connections are handed over. `untried`: this function did not come to them. */
export type HandOverReason = Setback | 'untried' | 'expired';

export type HandOver =
  | { to: 'queue'; attempts: number; delaySeconds: number }
  | { to: 'dead-letter'; reason: DeadLetterReason };

/** Ours: how many functions may try a connection. Their delays add up to about three minutes and a half. */
export const MAX_ATTEMPTS = 10;
/** Ours: longest delay of a segment, in seconds. */
const MAX_DELAY_SECONDS = 60;

/**
 * Decides where connections go that this function has not served. Untried connections are queued at once and keep their
 * attempts. Failed ones wait twice as long each time, with jitter. Connections still in their handshake wait without
 * jitter: a handshake ends within 30 seconds.
 * @param attempts How many functions had tried before this one.
 * @param random From 0 up to 1.
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
 * Where connections go if the first queue refuses them: to the dead-letter queue instead of the broadcast queue, and the
 * other way round with the last attempt and the longest delay.
 * @returns `undefined` if the record should come back instead. One that has expired repeats nothing then.
 */
export const planFallback = (handOver: HandOver): HandOver | undefined => {
  if (handOver.to === 'queue') return { to: 'dead-letter', reason: 'refused' };
  if (handOver.reason === 'expired') return undefined;
  return { to: 'queue', attempts: MAX_ATTEMPTS - 1, delaySeconds: MAX_DELAY_SECONDS };
};
