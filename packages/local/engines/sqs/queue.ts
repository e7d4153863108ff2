import type { Draft, Message, Received } from './message.ts';
import { type QueueSettings, readSettings } from './queue-settings.ts';
import { type Group, isReceived, type QueuedMessage, ReadyGroups } from './ready-groups.ts';

/** Counted from the receive, however often the timeout is changed. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html */
const MAX_IN_FLIGHT_MS = 12 * 3_600_000;

export interface SendOptions {
  /** Default: the queue's own delay. */
  delayMs?: number;
  /** A fault: an additional delay. */
  faultDelayMs?: number;
  /** A fault: the message is delivered twice. A FIFO queue ignores it. */
  isDuplicated?: boolean;
}

export interface QueueCounts {
  visible: number;
  delayed: number;
  inFlight: number;
  /** The oldest message that is visible or in flight, in epoch milliseconds. */
  oldestSentAtMs?: number;
}

export interface QueueOptions {
  arn: string;
  attributes: Readonly<Record<string, string>>;
  /** Epoch milliseconds. The time may jump ahead. */
  now: () => number;
  newId: () => string;
  findQueue?: (arn: string) => Queue | undefined;
  /** Called when messages may have become visible for a reason other than time. */
  onVisible?: () => void;
}

/**
 * A queue in memory, standard or FIFO, as SQS documents it. It has no timers: each call computes the effects of time
 * from `now`.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
 */
export class Queue {
  readonly arn: string;
  readonly #options: QueueOptions;
  #settings: QueueSettings;
  /** The groups of a FIFO queue, by id. */
  readonly #groups = new Map<string, Group>();
  readonly #schedule: ReadyGroups;
  readonly #byReceipt = new Map<string, QueuedMessage>();
  readonly #sentIds = new SentIds();
  #sequence = 0;

  constructor(options: QueueOptions) {
    this.arn = options.arn;
    this.#options = options;
    this.#schedule = new ReadyGroups(options.now);
    this.#settings = readSettings(options.attributes);
  }

  get settings(): QueueSettings {
    return this.#settings;
  }

  /** Retention and a FIFO queue's delay also apply to the messages that are already in the queue. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
  setAttributes(attributes: Readonly<Record<string, string>>): void {
    this.#settings = readSettings(attributes);
    for (const group of this.#groups.values()) {
      for (const queued of group.messages) if (!isReceived(queued)) queued.visibleAtMs = this.#delayedUntil(queued);
      this.#place(group);
    }
    this.#options.onVisible?.();
  }

  /** A FIFO queue answers a duplicate like the first message, and does not store it again. */
  send(draft: Draft, options: SendOptions = {}): { messageId: string; sequenceNumber?: string } {
    const { isFifo, deduplicatesByGroup } = this.#settings;
    const sentAtMs = this.#options.now();
    const key = JSON.stringify([deduplicatesByGroup ? draft.groupId : '', draft.deduplicationId]);
    const first = isFifo ? this.#sentIds.find(key, sentAtMs) : undefined;
    if (first) return first;
    const message: Message = { ...draft, messageId: this.#options.newId(), sentAtMs, receiveCount: 0 };
    if (options.isDuplicated && !isFifo) this.#enqueue({ ...message }, options);
    this.#enqueue(message, options);
    this.#options.onVisible?.();
    const { messageId, sequenceNumber } = message;
    if (sequenceNumber === undefined) return { messageId };
    this.#sentIds.add(key, { messageId, sequenceNumber }, sentAtMs);
    return { messageId, sequenceNumber };
  }

  /**
   * Receives up to `most` messages. A FIFO queue returns all messages of one group, in order, before the next group's.
   * A message that was received too often goes to the dead-letter queue instead.
   */
  receive(most: number, visibilityMs = this.#settings.visibilityMs): Received[] {
    const received: Received[] = [];
    const dead: Message[] = [];
    const touched: Group[] = [];
    for (const group of this.#schedule.ready()) {
      if (received.length >= most) break;
      this.#receiveFrom(group, most, visibilityMs, received, dead);
      touched.push(group);
    }
    for (const group of touched) this.#place(group, 'last');
    for (const message of dead) this.#deadLetterQueue()?.accept(message, this.arn);
    return received;
  }

  /**
   * A standard queue also accepts an older receipt handle. A FIFO queue accepts only the last, while it is in flight.
   */
  delete(receiptHandle: string): 'deleted' | 'expired' {
    const queued = this.#byReceipt.get(receiptHandle);
    if (!queued) return 'deleted';
    if (this.#settings.isFifo && !this.#isInFlightBy(queued, receiptHandle)) return 'expired';
    this.#remove(queued);
    this.#place(queued.group);
    this.#options.onVisible?.();
    return 'deleted';
  }

  changeVisibility(receiptHandle: string, visibilityMs: number): 'changed' | 'not-in-flight' | 'too-long' {
    const queued = this.#byReceipt.get(receiptHandle);
    if (!queued || !this.#isInFlightBy(queued, receiptHandle)) return 'not-in-flight';
    const visibleAtMs = this.#options.now() + visibilityMs;
    if (visibleAtMs > (queued.receivedAtMs ?? 0) + MAX_IN_FLIGHT_MS) return 'too-long';
    queued.visibleAtMs = visibleAtMs;
    this.#place(queued.group);
    this.#options.onVisible?.();
    return 'changed';
  }

  /** Takes received messages back as if they had not been received: immediately visible, and not counted. */
  release(receiptHandles: readonly string[]): void {
    const released = receiptHandles.flatMap((receiptHandle) => {
      const queued = this.#byReceipt.get(receiptHandle);
      return queued && this.#isInFlightBy(queued, receiptHandle) ? [queued] : [];
    });
    for (const queued of released) {
      this.#byReceipt.delete(queued.receipts.pop() ?? '');
      queued.visibleAtMs = this.#options.now();
      queued.message.receiveCount -= 1;
      if (queued.message.receiveCount === 0) delete queued.message.firstReceivedAtMs;
    }
    for (const { group } of released) this.#place(group);
    this.#options.onVisible?.();
  }

  /** Moves a received message to the dead-letter queue, or deletes it if there is no such queue. */
  deadLetter(receiptHandle: string): void {
    const queued = this.#byReceipt.get(receiptHandle);
    if (!queued || this.delete(receiptHandle) === 'expired') return;
    this.#deadLetterQueue()?.accept(queued.message, this.arn);
  }

  get hasDeadLetterQueue(): boolean {
    return this.#deadLetterQueue() !== undefined;
  }

  /**
   * Takes a message from a queue that has this one as dead-letter queue. In a FIFO queue its retention starts again.
   * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html
   */
  accept(message: Message, sourceArn: string): void {
    const sentAtMs = this.#settings.isFifo ? this.#options.now() : message.sentAtMs;
    this.#enqueue({ ...message, sentAtMs, deadLetterQueueSourceArn: sourceArn }, {});
    this.#options.onVisible?.();
  }

  purge(): void {
    this.#groups.clear();
    this.#schedule.clear();
    this.#byReceipt.clear();
  }

  /** Deletes messages that are older than the retention period, in flight or not. */
  dropExpired(): void {
    for (const group of this.#schedule.all()) {
      const expired = group.messages.filter((queued) => this.#isExpired(queued));
      if (expired.length === 0) continue;
      for (const queued of expired) this.#remove(queued);
      this.#place(group);
    }
    this.#options.onVisible?.();
  }

  counts(): QueueCounts {
    const counts: QueueCounts = { visible: 0, delayed: 0, inFlight: 0 };
    for (const { message, state } of this.messages()) {
      const kind = state === 'in-flight' ? 'inFlight' : state;
      counts[kind] += 1;
      if (state !== 'delayed')
        counts.oldestSentAtMs = Math.min(counts.oldestSentAtMs ?? message.sentAtMs, message.sentAtMs);
    }
    return counts;
  }

  /** Lists the queue's messages without receiving them. */
  *messages(): Generator<{ message: Readonly<Message>; state: 'visible' | 'delayed' | 'in-flight' }> {
    const now = this.#options.now();
    for (const { messages } of this.#schedule.all()) {
      for (const each of messages) {
        if (this.#isExpired(each)) continue;
        const hidden = isReceived(each) ? 'in-flight' : 'delayed';
        yield { message: each.message, state: each.visibleAtMs <= now ? 'visible' : hidden };
      }
    }
  }

  #receiveFrom(group: Group, most: number, visibilityMs: number, received: Received[], dead: Message[]): void {
    const now = this.#options.now();
    for (let index = 0; received.length < most; ) {
      const queued = group.messages[index];
      if (!queued || queued.visibleAtMs > now) return;
      if (this.#isExpired(queued)) {
        this.#remove(queued);
      } else if (queued.receipts.length >= this.#settings.maxReceiveCount && this.hasDeadLetterQueue) {
        this.#remove(queued);
        dead.push(queued.message);
      } else {
        received.push(this.#deliver(queued, now, visibilityMs));
        index += 1;
      }
    }
  }

  #deliver(queued: QueuedMessage, now: number, visibilityMs: number): Received {
    const receiptHandle = this.#options.newId();
    queued.receipts.push(receiptHandle);
    this.#byReceipt.set(receiptHandle, queued);
    queued.receivedAtMs = now;
    queued.visibleAtMs = now + visibilityMs;
    queued.message.receiveCount += 1;
    queued.message.firstReceivedAtMs ??= now;
    return { ...queued.message, receiptHandle };
  }

  #enqueue(message: Message, { delayMs, faultDelayMs = 0 }: SendOptions): void {
    const { isFifo } = this.#settings;
    if (isFifo) message.sequenceNumber = this.#nextSequenceNumber();
    const group = (isFifo && this.#groups.get(message.groupId ?? '')) || { id: message.groupId ?? '', messages: [] };
    if (isFifo) this.#groups.set(group.id, group);
    const queued: QueuedMessage = { message, group, visibleAtMs: 0, faultDelayMs, receipts: [] };
    queued.visibleAtMs = this.#delayedUntil(queued, delayMs);
    group.messages.push(queued);
    this.#place(group);
  }

  #delayedUntil({ message, faultDelayMs }: QueuedMessage, delayMs = this.#settings.delayMs): number {
    return message.sentAtMs + delayMs + faultDelayMs;
  }

  #remove(queued: QueuedMessage): void {
    for (const receiptHandle of queued.receipts) this.#byReceipt.delete(receiptHandle);
    const index = queued.group.messages.indexOf(queued);
    if (index >= 0) queued.group.messages.splice(index, 1);
  }

  #place(group: Group, turn?: 'last'): void {
    if (group.messages.length === 0 && this.#groups.get(group.id) === group) this.#groups.delete(group.id);
    if (turn === 'last') this.#schedule.placeLast(group);
    else this.#schedule.place(group);
  }

  #isInFlightBy({ receipts, visibleAtMs }: QueuedMessage, receiptHandle: string): boolean {
    return receipts.at(-1) === receiptHandle && visibleAtMs > this.#options.now();
  }

  #isExpired({ message }: QueuedMessage): boolean {
    return message.sentAtMs + this.#settings.retentionMs <= this.#options.now();
  }

  #deadLetterQueue(): Queue | undefined {
    const arn = this.#settings.deadLetterQueueArn;
    return arn === undefined ? undefined : this.#options.findQueue?.(arn);
  }

  #nextSequenceNumber(): string {
    this.#sequence += 1;
    return `1${String(this.#sequence).padStart(19, '0')}`;
  }
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html */
const REMEMBERED_MS = 5 * 60_000;

export interface Sent {
  messageId: string;
  sequenceNumber: string;
}

/** The deduplication ids of a FIFO queue, each for five minutes, even if its message was deleted. */
export class SentIds {
  /** Oldest first. */
  readonly #sent = new Map<string, Sent & { atMs: number }>();

  find(key: string, nowMs: number): Sent | undefined {
    for (const [old, { atMs }] of this.#sent) {
      if (atMs > nowMs - REMEMBERED_MS) break;
      this.#sent.delete(old);
    }
    const sent = this.#sent.get(key);
    return sent && { messageId: sent.messageId, sequenceNumber: sent.sequenceNumber };
  }

  add(key: string, sent: Sent, nowMs: number): void {
    this.#sent.set(key, { ...sent, atMs: nowMs });
  }
}
