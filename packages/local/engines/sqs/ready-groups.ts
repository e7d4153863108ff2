import type { Message } from './message.ts';

/** A message in a queue. */
export interface QueuedMessage {
  readonly message: Message;
  readonly group: Group;
  visibleAtMs: number;
  readonly faultDelayMs: number;
  /** Time of the last receive. */
  receivedAtMs?: number;
  /** Receipt handles, one for each receive from this queue that was not released. */
  readonly receipts: string[];
}

/**
 * Messages in order. While one of them is in flight, no other is received. In a standard queue each message is its own
 * group. The received messages are always the first ones, so a message that becomes visible again has kept its place.
 */
export interface Group {
  /** Message group id; empty if the message has none. */
  readonly id: string;
  readonly messages: QueuedMessage[];
}

/** True also after a release: a message that was received once stays before the messages that were never received. */
export const isReceived = ({ receivedAtMs }: QueuedMessage): boolean => receivedAtMs !== undefined;

/** The time when a group's first message is visible and none of its messages is in flight. */
const readyAt = ({ messages }: Group): number => {
  let atMs = messages[0]?.visibleAtMs ?? 0;
  for (const each of messages) {
    if (!isReceived(each)) break;
    atMs = Math.max(atMs, each.visibleAtMs);
  }
  return atMs;
};

/** The groups that messages can be received from now. It has no timers, and skips groups that are not due. */
export class ReadyGroups {
  readonly #now: () => number;
  /** In the order in which they became ready. */
  readonly #ready = new Set<Group>();
  /** The other groups, each with the time when it becomes ready. */
  readonly #waiting = new Map<Group, number>();
  #nextReadyAtMs = Number.POSITIVE_INFINITY;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The ready groups, in the order in which they became ready. */
  ready(): Iterable<Group> {
    this.#wakeDue();
    return this.#ready;
  }

  all(): readonly Group[] {
    this.#wakeDue();
    return [...this.#ready, ...this.#waiting.keys()];
  }

  /** Places a group after a change. A group that stays ready keeps its turn; an empty group is removed. */
  place(group: Group): void {
    this.#waiting.delete(group);
    if (group.messages.length === 0) {
      this.#ready.delete(group);
      return;
    }
    const readyAtMs = readyAt(group);
    if (readyAtMs <= this.#now()) {
      this.#ready.add(group);
      return;
    }
    this.#ready.delete(group);
    this.#waiting.set(group, readyAtMs);
    this.#nextReadyAtMs = Math.min(this.#nextReadyAtMs, readyAtMs);
  }

  /** Places a group after its turn: if it is still ready, it goes to the end. */
  placeLast(group: Group): void {
    this.#ready.delete(group);
    this.place(group);
  }

  clear(): void {
    this.#ready.clear();
    this.#waiting.clear();
    this.#nextReadyAtMs = Number.POSITIVE_INFINITY;
  }

  /** Makes the due groups ready, in the order of their times, even if the clock has jumped past several. */
  #wakeDue(): void {
    const now = this.#now();
    if (now < this.#nextReadyAtMs) return;
    const due = [...this.#waiting].filter(([, readyAtMs]) => readyAtMs <= now).sort(([, a], [, b]) => a - b);
    for (const [group] of due) {
      this.#waiting.delete(group);
      this.#ready.add(group);
    }
    this.#nextReadyAtMs = Number.POSITIVE_INFINITY;
    for (const readyAtMs of this.#waiting.values()) this.#nextReadyAtMs = Math.min(this.#nextReadyAtMs, readyAtMs);
  }
}
