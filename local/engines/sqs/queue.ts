import { type QueueSettings, readSettings } from './queue-settings.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html */
const DEDUPLICATION_MS = 5 * 60_000;
/** From the receive on, however often the timeout is changed. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html */
const MAX_IN_FLIGHT_MS = 12 * 3_600_000;

export interface MessageAttribute {
  DataType: string;
  StringValue?: string;
  /** Base64. */
  BinaryValue?: string;
}

/** What a sender hands over. */
export interface Draft {
  body: string;
  md5OfBody: string;
  messageAttributes: Readonly<Record<string, MessageAttribute>>;
  md5OfMessageAttributes?: string;
  senderId: string;
  traceHeader?: string;
  /** Required on a FIFO queue. */
  groupId?: string;
  /** Required on a FIFO queue. */
  deduplicationId?: string;
}

export interface Message extends Draft {
  messageId: string;
  sentAtMs: number;
  /** Over all queues that the message was in. */
  receiveCount: number;
  firstReceivedAtMs?: number;
  /** On a FIFO queue: 20 digits, growing. */
  sequenceNumber?: string;
  deadLetterQueueSourceArn?: string;
}

export interface Received extends Readonly<Message> {
  receiptHandle: string;
}

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

interface Held {
  readonly message: Message;
  readonly group: Group;
  visibleAtMs: number;
  readonly faultDelayMs: number;
  receivedAtMs: number;
  /** Receipt handles, one for each receive from this queue. */
  readonly receipts: string[];
}

/** Messages in order, of which nothing is received while one is in flight. A message of a standard queue is a group of its own. */
interface Group {
  /** Of a FIFO queue. */
  readonly id: string;
  readonly held: Held[];
}

const isReceived = ({ receipts }: Held): boolean => receipts.length > 0;

/** What was received is always the head of its group: nothing overtakes, and what comes back is where it was. */
const readyAt = ({ held }: Group): number => {
  let atMs = held[0]?.visibleAtMs ?? 0;
  for (let index = 0; index < held.length && isReceived(held[index] as Held); index++)
    atMs = Math.max(atMs, (held[index] as Held).visibleAtMs);
  return atMs;
};

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
  /** In the order in which they became ready. */
  readonly #ready = new Set<Group>();
  /** Groups that are not ready, and when they will be. */
  readonly #waiting = new Map<Group, number>();
  #nextReadyAtMs = Number.POSITIVE_INFINITY;
  readonly #byReceipt = new Map<string, Held>();
  readonly #sentIds = new Map<string, { messageId: string; sequenceNumber: string; atMs: number }>();
  #sequence = 0;

  constructor(options: QueueOptions) {
    this.arn = options.arn;
    this.#options = options;
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
    const { isFifo } = this.#settings;
    const first = isFifo ? this.#findSent(draft) : undefined;
    if (first) return { messageId: first.messageId, sequenceNumber: first.sequenceNumber };
    const sentAtMs = this.#options.now();
    const message: Message = { ...draft, messageId: this.#options.newId(), sentAtMs, receiveCount: 0 };
    const copies = options.isDuplicated && !isFifo ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) this.#hold(copy === 0 ? message : { ...message }, options);
    const { messageId, sequenceNumber } = message;
    if (sequenceNumber !== undefined)
      this.#sentIds.set(this.#deduplicationKey(draft), { messageId, sequenceNumber, atMs: sentAtMs });
    this.#options.onVisible?.();
    return { messageId, ...(sequenceNumber !== undefined && { sequenceNumber }) };
  }

  /**
   * Up to `most` messages. A FIFO queue gives as many of one group as there are, in order, before it turns to the next.
   * What was received too often goes to the dead-letter queue instead.
   */
  receive(most: number, visibilityMs = this.#settings.visibilityMs): Received[] {
    this.#wakeDue();
    const received: Received[] = [];
    const dead: Message[] = [];
    const touched: Group[] = [];
    for (const group of this.#ready) {
      if (received.length >= most) break;
      this.#receiveFrom(group, most, visibilityMs, received, dead);
      touched.push(group);
    }
    for (const group of touched) {
      this.#ready.delete(group); // what is visible again at once waits for its turn
      this.#place(group);
    }
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
    if (visibleAtMs > held.receivedAtMs + MAX_IN_FLIGHT_MS) return 'too-long';
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
    this.#ready.clear();
    this.#waiting.clear();
    this.#byReceipt.clear();
    this.#nextReadyAtMs = Number.POSITIVE_INFINITY;
  }

  /** Forgets what is older than the retention period, in flight or not. */
  dropExpired(): void {
    for (const group of [...this.#ready, ...this.#waiting.keys()]) {
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
    this.#wakeDue();
    const now = this.#options.now();
    for (const { held } of [...this.#ready, ...this.#waiting.keys()]) {
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
    const held: Held = { message, group, visibleAtMs: 0, faultDelayMs, receivedAtMs: 0, receipts: [] };
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

  /** Finds a group its place after a change. */
  #place(group: Group): void {
    this.#waiting.delete(group);
    if (group.held.length === 0) {
      this.#ready.delete(group);
      if (this.#groups.get(group.id) === group) this.#groups.delete(group.id);
      return;
    }
    const readyAtMs = readyAt(group);
    if (readyAtMs <= this.#options.now()) {
      this.#ready.add(group);
      return;
    }
    this.#ready.delete(group);
    this.#waiting.set(group, readyAtMs);
    this.#nextReadyAtMs = Math.min(this.#nextReadyAtMs, readyAtMs);
  }

  /** Makes ready what time has made so, the first first. */
  #wakeDue(): void {
    const now = this.#options.now();
    if (now < this.#nextReadyAtMs) return;
    const due = [...this.#waiting].filter(([, readyAtMs]) => readyAtMs <= now).sort(([, a], [, b]) => a - b);
    for (const [group] of due) {
      this.#waiting.delete(group);
      this.#ready.add(group);
    }
    this.#nextReadyAtMs = Number.POSITIVE_INFINITY;
    for (const readyAtMs of this.#waiting.values()) this.#nextReadyAtMs = Math.min(this.#nextReadyAtMs, readyAtMs);
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

  #deduplicationKey({ groupId, deduplicationId }: Draft): string {
    return JSON.stringify(this.#settings.deduplicatesByGroup ? [groupId, deduplicationId] : [deduplicationId]);
  }

  /** An id is remembered for its five minutes, also when its message was received and deleted long ago. */
  #findSent(draft: Draft): { messageId: string; sequenceNumber: string } | undefined {
    const forgottenMs = this.#options.now() - DEDUPLICATION_MS;
    for (const [key, { atMs }] of this.#sentIds) {
      if (atMs > forgottenMs) break;
      this.#sentIds.delete(key);
    }
    return this.#sentIds.get(this.#deduplicationKey(draft));
  }

  #nextSequenceNumber(): string {
    this.#sequence += 1;
    return `1${String(this.#sequence).padStart(19, '0')}`;
  }
}
