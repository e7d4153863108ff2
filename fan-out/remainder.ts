import type { BroadcastQueue } from '../aws/broadcast-queue.ts';
import type { BroadcastAccount } from '../schemas/broadcast-account.ts';
import type { Broadcast, BroadcastRecord } from '../schemas/broadcast-record.ts';
import { MAX_QUEUE_MESSAGE_BYTES } from '../schemas/quotas.ts';
import { type HandOver, type HandOverReason, planHandOver } from './plan-hand-over.ts';
import type { Timekeeper } from './timekeeper.ts';

/** Ours: a second or two of one function's posts. */
const SEGMENT_CONNECTIONS = 5_000;

interface Segment {
  connections: Record<string, number>;
  count: number;
  bytes: number;
}

/**
 * What one record leaves to other functions: a segment for each reason, queued or dead-lettered as soon as it is full,
 * so that it holds 5,000 connections of each reason at most. Where a queue refuses it, the record has failed: all that
 * was counted as handed over comes back with it.
 */
export class Remainder {
  readonly #broadcast: Broadcast;
  readonly #account: BroadcastAccount;
  readonly #queue: BroadcastQueue;
  readonly #timekeeper: Timekeeper;
  readonly #segments = new Map<HandOverReason, Segment>();
  readonly #sending = new Set<Promise<void>>();
  #restBytes: number | undefined;

  constructor(broadcast: Broadcast, account: BroadcastAccount, queue: BroadcastQueue, timekeeper: Timekeeper) {
    this.#broadcast = broadcast;
    this.#account = account;
    this.#queue = queue;
    this.#timekeeper = timekeeper;
  }

  /** @param connectedAt Epoch seconds. */
  add(reason: HandOverReason, connectionId: string, connectedAt: number): void {
    const segment = this.#segmentOf(reason);
    const bytes = entryBytes(connectionId);
    if (segment.count >= SEGMENT_CONNECTIONS || segment.bytes + bytes > MAX_QUEUE_MESSAGE_BYTES) {
      this.#flush(reason);
      this.add(reason, connectionId, connectedAt);
      return;
    }
    segment.connections[connectionId] = connectedAt;
    segment.count++;
    segment.bytes += bytes;
  }

  /**
   * Leaves the scan to another function.
   * @param cursor Where it goes on; `undefined` from the start.
   */
  addScan(reason: HandOverReason, cursor: string | undefined): void {
    this.#account.scanHandedOver = true;
    this.#send(reason, cursor === undefined ? {} : { cursor }, 0);
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

  /** The function ends: what no queue has confirmed counts as refused. */
  abandon(): void {
    if (this.#sending.size > 0) this.#refused();
  }

  #segmentOf(reason: HandOverReason): Segment {
    const found = this.#segments.get(reason);
    if (found) return found;
    this.#restBytes ??= restBytes(this.#record({}, this.#broadcast.attempts));
    const segment = { connections: Object.create(null) as Record<string, number>, count: 0, bytes: this.#restBytes };
    this.#segments.set(reason, segment);
    return segment;
  }

  #flush(reason: HandOverReason): void {
    const segment = this.#segments.get(reason);
    if (!segment) return;
    this.#segments.delete(reason);
    this.#send(reason, { connections: segment.connections }, segment.count);
  }

  #send(reason: HandOverReason, part: Pick<BroadcastRecord, 'connections' | 'cursor'>, count: number): void {
    const handOver = planHandOver(reason, this.#broadcast.attempts, this.#timekeeper.random());
    this.#account.deferred += count;
    const sending = this.#handOver(handOver, part)
      .then(
        () => this.#taken(handOver, count),
        () => this.#refused(),
      )
      .finally(() => this.#sending.delete(sending));
    this.#sending.add(sending);
  }

  #taken({ to }: HandOver, count: number): void {
    if (to === 'queue') return;
    this.#account.deferred -= count;
    this.#account.undelivered += count;
  }

  #refused(): void {
    this.#account.failed = true;
  }

  async #handOver(handOver: HandOver, part: Pick<BroadcastRecord, 'connections' | 'cursor'>): Promise<void> {
    if (this.#account.failed) throw new Error('The record comes back: what is left of it needs no other');
    if (handOver.to === 'queue') {
      const { attempts, delaySeconds } = handOver;
      return this.#queue.send(this.#record(part, attempts), delaySeconds > 0 ? { delaySeconds } : {});
    }
    const record = JSON.stringify(this.#record(part, 0)); // redriven, it has all its attempts again
    return this.#queue.deadLetter({ v: 1, reason: handOver.reason, diedAt: this.#timekeeper.now(), record });
  }

  #record(part: Pick<BroadcastRecord, 'connections' | 'cursor'>, attempts: number): BroadcastRecord {
    const { connections: _connections, cursor: _cursor, ...rest } = this.#broadcast;
    return { ...rest, attempts, ...part };
  }
}

/** As it counts in a dead letter, where the record is a text in JSON: never less than in the queue. */
const restBytes = (rest: BroadcastRecord): number => {
  const text = JSON.stringify(JSON.stringify({ ...rest, connections: {}, diedAt: 0, reason: 'connecting' }));
  const escaped = text.match(/[\uFFFE\uFFFF]/g)?.length ?? 0; // as \ufffe: SQS refuses them raw
  return Buffer.byteLength(text) + 4 * escaped + 100;
};

/** Of `\"connectionId\":1700000000,` at most. */
const entryBytes = (connectionId: string): number => 2 * Buffer.byteLength(connectionId) + 20;
