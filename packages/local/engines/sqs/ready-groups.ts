import type { Message } from './message.ts';

/** A message in a queue. */
export interface Held {
  readonly message: Message;
  readonly group: Group;
  visibleAtMs: number;
  readonly faultDelayMs: number;
  /** Of the last receive. */
  receivedAtMs?: number;
  /** Receipt handles, one for each receive from this queue that was not taken back. */
  readonly receipts: string[];
}

/**
 * Messages in order, of which none is received while one is in flight. A message of a standard queue is a group of its
 * own. What was received is always the head: nothing overtakes, and what comes back is where it was.
 */
export interface Group {
  /** Of a FIFO queue. */
  readonly id: string;
  readonly held: Held[];
}

/** Stays so when a receive is taken back: what was received once is still before what was not. */
export const isReceived = ({ receivedAtMs }: Held): boolean => receivedAtMs !== undefined;

/** When its head is visible and nothing of it is in flight. */
const readyAt = ({ held }: Group): number => {
  let atMs = held[0]?.visibleAtMs ?? 0;
  for (const each of held) {
    if (!isReceived(each)) break;
    atMs = Math.max(atMs, each.visibleAtMs);
  }
  return atMs;
};

/** Which groups may be received from, by time. It sets no timer, and looks at no group that is not due. */
export class ReadyGroups {
  readonly #now: () => number;
  /** In the order in which they became ready. */
  readonly #ready = new Set<Group>();
  /** When each of the others will be. */
  readonly #waiting = new Map<Group, number>();
  #nextReadyAtMs = Number.POSITIVE_INFINITY;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Those that are ready, the longest first. */
  ready(): Iterable<Group> {
    this.#wakeDue();
    return this.#ready;
  }

  all(): readonly Group[] {
    this.#wakeDue();
    return [...this.#ready, ...this.#waiting.keys()];
  }

  /** Finds a group its place after a change of it: one that stays ready keeps its turn, one that is empty has none. */
  place(group: Group): void {
    this.#waiting.delete(group);
    if (group.held.length === 0) {
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

  /** After it had its turn: if it is ready still, it is the last. */
  placeLast(group: Group): void {
    this.#ready.delete(group);
    this.place(group);
  }

  clear(): void {
    this.#ready.clear();
    this.#waiting.clear();
    this.#nextReadyAtMs = Number.POSITIVE_INFINITY;
  }

  /** What became ready first comes first, also if time has jumped over several. */
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
