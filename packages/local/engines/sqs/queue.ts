import type { Draft, Message, Received } from './message.ts';
import { type QueueSettings, readSettings } from './queue-settings.ts';
import { type Group, type Held, isReceived, ReadyGroups } from './ready-groups.ts';

/** From the receive on, however often the timeout is changed. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html */
const MAX_IN_FLIGHT_MS = 12 * 3_600_000;

export interface SendOptions {
  /** The queue's own by default. */
  delayMs?: number;
  /** A fault: so much later still. */
  faultDelayMs?: number;
  /** A fault: the queue hands the message out twice. A FIFO queue does not. */
  isDuplicated?: boolean;
}

export interface QueueCounts {
  visible: number;
  delayed: number;
  inFlight: number;
  /** Of what is visible or in flight, in epoch milliseconds. */
  oldestSentAtMs?: number;
}

export interface QueueOptions {
  arn: string;
  attributes: Readonly<Record<string, string>>;
  /** Epoch milliseconds. The time may jump ahead. */
  now: () => number;
  newId: () => string;
  findQueue?: (arn: string) => Queue | undefined;
  /** Called after messages may have become visible other than by time. */
  onVisible?: () => void;
}

/**
 * A queue as SQS documents it, standard or FIFO, in memory. It sets no timer: whatever time brings about is worked out
 * from `now` when the queue is asked.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
 */
export class Queue {
  readonly arn: string;
  readonly #options: QueueOptions;
  #settings: QueueSettings;
  /** By id, of a FIFO queue. */
  readonly #groups = new Map<string, Group>();
  readonly #schedule: ReadyGroups;
  readonly #byReceipt = new Map<string, Held>();
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

  /** Retention and a FIFO queue's delay hold for the messages that are there too. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
  setAttributes(attributes: Readonly<Record<string, string>>): void {
    this.#settings = readSettings(attributes);
    for (const group of this.#groups.values()) {
      for (const held of group.held) if (!isReceived(held)) held.visibleAtMs = this.#delayedUntil(held);
      this.#place(group);
    }
    this.#options.onVisible?.();
  }

  /** A FIFO queue answers a duplicate as it answered the first, and takes it no second time. */
  send(draft: Draft, options: SendOptions = {}): { messageId: string; sequenceNumber?: string } {
    const { isFifo, deduplicatesByGroup } = this.#settings;
    const sentAtMs = this.#options.now();
    const key = JSON.stringify([deduplicatesByGroup ? draft.groupId : '', draft.deduplicationId]);
    const first = isFifo ? this.#sentIds.find(key, sentAtMs) : undefined;
    if (first) return first;
    const message: Message = { ...draft, messageId: this.#options.newId(), sentAtMs, receiveCount: 0 };
    if (options.isDuplicated && !isFifo) this.#hold({ ...message }, options);
    this.#hold(message, options);
    this.#options.onVisible?.();
    const { messageId, sequenceNumber } = message;
    if (sequenceNumber === undefined) return { messageId };
    this.#sentIds.add(key, { messageId, sequenceNumber }, sentAtMs);
    return { messageId, sequenceNumber };
  }

  /**
   * Up to `most` messages. A FIFO queue gives as many of one group as there are, in order, before it turns to the next.
   * What was received too often goes to the dead-letter queue instead.
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

  /** A standard queue deletes by an older handle too, a FIFO queue only by the last one and while the message is in flight. */
  delete(receiptHandle: string): 'deleted' | 'expired' {
    const held = this.#byReceipt.get(receiptHandle);
    if (!held) return 'deleted';
    if (this.#settings.isFifo && !this.#isInFlightBy(held, receiptHandle)) return 'expired';
    this.#remove(held);
    this.#place(held.group);
    this.#options.onVisible?.();
    return 'deleted';
  }

  changeVisibility(receiptHandle: string, visibilityMs: number): 'changed' | 'not-in-flight' | 'too-long' {
    const held = this.#byReceipt.get(receiptHandle);
    if (!held || !this.#isInFlightBy(held, receiptHandle)) return 'not-in-flight';
    const visibleAtMs = this.#options.now() + visibilityMs;
    if (visibleAtMs > (held.receivedAtMs ?? 0) + MAX_IN_FLIGHT_MS) return 'too-long';
    held.visibleAtMs = visibleAtMs;
    this.#place(held.group);
    this.#options.onVisible?.();
    return 'changed';
  }

  /** Takes received messages back as if they had not been received: visible at once, and not counted. */
  release(receiptHandles: readonly string[]): void {
    const released = receiptHandles.flatMap((receiptHandle) => {
      const held = this.#byReceipt.get(receiptHandle);
      return held && this.#isInFlightBy(held, receiptHandle) ? [held] : [];
    });
    for (const held of released) {
      this.#byReceipt.delete(held.receipts.pop() ?? '');
      held.visibleAtMs = this.#options.now();
      held.message.receiveCount -= 1;
      if (held.message.receiveCount === 0) delete held.message.firstReceivedAtMs;
    }
    for (const { group } of released) this.#place(group);
    this.#options.onVisible?.();
  }

  /** Moves a received message to the dead-letter queue, or deletes it if there is none. */
  deadLetter(receiptHandle: string): void {
    const held = this.#byReceipt.get(receiptHandle);
    if (!held || this.delete(receiptHandle) === 'expired') return;
    this.#deadLetterQueue()?.accept(held.message, this.arn);
  }

  get hasDeadLetterQueue(): boolean {
    return this.#deadLetterQueue() !== undefined;
  }

  /**
   * Takes a message of a queue whose dead-letter queue this is. In a FIFO queue its retention begins anew.
   * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html
   */
  accept(message: Message, sourceArn: string): void {
    const sentAtMs = this.#settings.isFifo ? this.#options.now() : message.sentAtMs;
    this.#hold({ ...message, sentAtMs, deadLetterQueueSourceArn: sourceArn }, {});
    this.#options.onVisible?.();
  }

  purge(): void {
    this.#groups.clear();
    this.#schedule.clear();
    this.#byReceipt.clear();
  }

  /** Forgets what is older than the retention period, in flight or not. */
  dropExpired(): void {
    for (const group of this.#schedule.all()) {
      const expired = group.held.filter((held) => this.#isExpired(held));
      if (expired.length === 0) continue;
      for (const held of expired) this.#remove(held);
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

  /** What is in the queue, without receiving it. */
  *messages(): Generator<{ message: Readonly<Message>; state: 'visible' | 'delayed' | 'in-flight' }> {
    const now = this.#options.now();
    for (const { held } of this.#schedule.all()) {
      for (const each of held) {
        if (this.#isExpired(each)) continue;
        const hidden = isReceived(each) ? 'in-flight' : 'delayed';
        yield { message: each.message, state: each.visibleAtMs <= now ? 'visible' : hidden };
      }
    }
  }

  #receiveFrom(group: Group, most: number, visibilityMs: number, received: Received[], dead: Message[]): void {
    const now = this.#options.now();
    for (let index = 0; received.length < most; ) {
      const held = group.held[index];
      if (!held || held.visibleAtMs > now) return;
      if (this.#isExpired(held)) {
        this.#remove(held);
      } else if (held.receipts.length >= this.#settings.maxReceiveCount && this.hasDeadLetterQueue) {
        this.#remove(held);
        dead.push(held.message);
      } else {
        received.push(this.#handOut(held, now, visibilityMs));
        index += 1;
      }
    }
  }

  #handOut(held: Held, now: number, visibilityMs: number): Received {
    const receiptHandle = this.#options.newId();
    held.receipts.push(receiptHandle);
    this.#byReceipt.set(receiptHandle, held);
    held.receivedAtMs = now;
    held.visibleAtMs = now + visibilityMs;
    held.message.receiveCount += 1;
    held.message.firstReceivedAtMs ??= now;
    return { ...held.message, receiptHandle };
  }

  #hold(message: Message, { delayMs, faultDelayMs = 0 }: SendOptions): void {
    const { isFifo } = this.#settings;
    if (isFifo) message.sequenceNumber = this.#nextSequenceNumber();
    const group = (isFifo && this.#groups.get(message.groupId ?? '')) || { id: message.groupId ?? '', held: [] };
    if (isFifo) this.#groups.set(group.id, group);
    const held: Held = { message, group, visibleAtMs: 0, faultDelayMs, receipts: [] };
    held.visibleAtMs = this.#delayedUntil(held, delayMs);
    group.held.push(held);
    this.#place(group);
  }

  #delayedUntil({ message, faultDelayMs }: Held, delayMs = this.#settings.delayMs): number {
    return message.sentAtMs + delayMs + faultDelayMs;
  }

  #remove(held: Held): void {
    for (const receiptHandle of held.receipts) this.#byReceipt.delete(receiptHandle);
    const index = held.group.held.indexOf(held);
    if (index >= 0) held.group.held.splice(index, 1);
  }

  #place(group: Group, turn?: 'last'): void {
    if (group.held.length === 0 && this.#groups.get(group.id) === group) this.#groups.delete(group.id);
    if (turn === 'last') this.#schedule.placeLast(group);
    else this.#schedule.place(group);
  }

  #isInFlightBy({ receipts, visibleAtMs }: Held, receiptHandle: string): boolean {
    return receipts.at(-1) === receiptHandle && visibleAtMs > this.#options.now();
  }

  #isExpired({ message }: Held): boolean {
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

/** The deduplication ids of a FIFO queue, each for five minutes, also when its message was deleted long ago. */
export class SentIds {
  /** The oldest first. */
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
