import type { ChannelQueue } from '../../../../aws/channels/channel-queue.ts';
import type { ChannelRecord } from '../../../../schemas/channels/channel-record.ts';
import type { DeadLetter } from '../../../../schemas/dead-letter.ts';
import type { VirtualTime } from '../../simulation/virtual-time.ts';

export interface FifoMessage {
  messageId: string;
  body: string;
  group: string;
  sequenceNumber: string;
  sentAt: number;
  receiveCount: number;
  /** Epoch milliseconds until which it is hidden. */
  hiddenUntil: number;
  /** The receive that holds it. */
  receipt: number;
}

const DEDUPLICATION_MS = 300_000;
export const VISIBILITY_MS = 60_000;
const BATCH = 10;

/** A FIFO queue as SQS has it: a group's messages go to one consumer at a time, in their order. */
export class FifoQueue implements ChannelQueue {
  readonly deadLetters: DeadLetter[] = [];
  /** The ids that were taken, by channel, in the order of their sequence numbers. */
  readonly taken = new Map<string, string[]>();
  readonly #time: VirtualTime;
  readonly #messages: FifoMessage[] = [];
  readonly #known = new Map<string, number>();
  #sequence = 10n ** 19n;
  #receipts = 0;

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  get isEmpty(): boolean {
    return this.#messages.length === 0;
  }

  async send(record: ChannelRecord, deduplicationId?: string): Promise<void> {
    const group = record.channel;
    const now = this.#time.now();
    if (deduplicationId !== undefined) {
      const key = `${group} ${deduplicationId}`;
      if ((this.#known.get(key) ?? -Infinity) > now - DEDUPLICATION_MS) return;
      this.#known.set(key, now);
    }
    this.#sequence += 256n;
    const sequenceNumber = String(this.#sequence);
    const messageId = `m${this.#sequence}`;
    const body = JSON.stringify(record);
    this.#messages.push({
      ...{ messageId, body, group, sequenceNumber, sentAt: now },
      ...{ receiveCount: 0, hiddenUntil: 0, receipt: 0 },
    });
    if (record.id !== undefined) this.taken.set(group, [...(this.taken.get(group) ?? []), record.id]);
  }

  async deadLetter(letter: DeadLetter): Promise<void> {
    this.deadLetters.push(letter);
  }

  /** Receives up to ten messages of groups that no other receive holds. */
  receive(): { receipt: number; messages: readonly FifoMessage[] } {
    const now = this.#time.now();
    const receipt = ++this.#receipts;
    const held = new Set(this.#messages.filter(({ hiddenUntil }) => hiddenUntil > now).map(({ group }) => group));
    const messages = this.#messages.filter(({ group }) => !held.has(group)).slice(0, BATCH);
    for (const message of messages) {
      message.receiveCount++;
      message.receipt = receipt;
      message.hiddenUntil = now + VISIBILITY_MS;
    }
    return { receipt, messages: messages.map((message) => ({ ...message })) };
  }

  /** Deletes the messages that were finished, unless another receive holds them now. */
  finish(receipt: number, messageIds: readonly string[]): void {
    for (const messageId of messageIds) {
      const index = this.#messages.findIndex((message) => message.messageId === messageId);
      if (index >= 0 && this.#messages[index]?.receipt === receipt) this.#messages.splice(index, 1);
    }
  }

  /** Ends all visibility timeouts, so that the rest of a run takes less time. */
  showAll(): void {
    for (const message of this.#messages) message.hiddenUntil = 0;
  }
}
