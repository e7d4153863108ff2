/** SQS's documented rules for a queue, written as plainly as they read, without regard to speed. */

export interface ModelOptions {
  isFifo: boolean;
  maxReceiveCount: number;
  deduplicatesByGroup: boolean;
}

interface ModelMessage {
  id: string;
  group: string;
  visibleAtMs: number;
  receives: number;
  handles: string[];
}

export interface Delivery {
  messageId: string;
  receiptHandle: string;
  receiveCount: number;
}

const DEDUPLICATION_MS = 300_000;

export class QueueModel {
  readonly #options: ModelOptions;
  /** In the order in which they were sent. */
  messages: ModelMessage[] = [];
  readonly dead: string[] = [];
  readonly #sent: { group: string; deduplicationId: string; id: string; atMs: number }[] = [];

  constructor(options: ModelOptions) {
    this.#options = options;
  }

  /** The first message, if a FIFO queue would treat this one as its duplicate. */
  original(nowMs: number, group: string, deduplicationId: string): string | undefined {
    if (!this.#options.isFifo) return undefined;
    return this.#sent.find(
      (sent) =>
        sent.deduplicationId === deduplicationId &&
        (sent.group === group || !this.#options.deduplicatesByGroup) &&
        nowMs - sent.atMs < DEDUPLICATION_MS,
    )?.id;
  }

  send(nowMs: number, id: string, group: string, deduplicationId: string, delayMs: number): void {
    this.#sent.push({ group, deduplicationId, id, atMs: nowMs });
    this.messages.push({
      ...{ id, receives: 0, handles: [], visibleAtMs: nowMs + delayMs },
      group: this.#options.isFifo ? group : id,
    });
  }

  /**
   * Checks the messages that a queue delivered and the ones that it moved to its dead-letter queue, and records both.
   */
  receive(nowMs: number, most: number, visibilityMs: number, given: readonly Delivery[], moved: readonly string[]) {
    const problems: string[] = [];
    const isFull = given.length === most;
    if (given.length > most) problems.push(`gave ${given.length} of at most ${most}`);
    const groups = [...new Set(this.messages.map(({ group }) => group))];
    let partial = 0;
    for (const group of groups) {
      const { deliverable, dead } = this.#offer(nowMs, group);
      const ids = new Set(this.messages.filter((each) => each.group === group).map(({ id }) => id));
      const ofGroup = given.filter(({ messageId }) => ids.has(messageId)).map(({ messageId }) => messageId);
      const movedOfGroup = moved.filter((id) => ids.has(id));
      if (!startsWith(deliverable, ofGroup)) problems.push(`gave ${ofGroup} of group ${group}, not of ${deliverable}`);
      if (!startsWith(dead, movedOfGroup)) problems.push(`moved ${movedOfGroup}, not of ${dead}`);
      if (!isFull && ofGroup.length < deliverable.length) problems.push(`did not give all of ${deliverable}`);
      if (!isFull && movedOfGroup.length < dead.length) problems.push(`did not move all of ${dead}`);
      if (ofGroup.length > 0 && ofGroup.length < deliverable.length) partial += 1;
    }
    if (partial > 1) problems.push('began a group before it had given all of another');
    this.#recordMoved(moved, problems);
    for (const delivery of given) this.#recordGiven(delivery, nowMs + visibilityMs, problems);
    return problems;
  }

  delete(nowMs: number, handle: string): 'deleted' | 'expired' {
    const message = this.messages.find(({ handles }) => handles.includes(handle));
    if (!message) return 'deleted';
    if (this.#options.isFifo && !this.#isInFlightBy(message, handle, nowMs)) return 'expired';
    this.messages = this.messages.filter((each) => each !== message);
    return 'deleted';
  }

  changeVisibility(nowMs: number, handle: string, visibilityMs: number): 'changed' | 'not-in-flight' {
    const message = this.messages.find((each) => this.#isInFlightBy(each, handle, nowMs));
    if (!message) return 'not-in-flight';
    message.visibleAtMs = nowMs + visibilityMs;
    return 'changed';
  }

  release(nowMs: number, handle: string): void {
    const message = this.messages.find((each) => this.#isInFlightBy(each, handle, nowMs));
    if (!message) return;
    message.visibleAtMs = nowMs;
    message.receives -= 1;
    message.handles.pop();
  }

  counts(nowMs: number) {
    const hidden = this.messages.filter(({ visibleAtMs }) => visibleAtMs > nowMs);
    const inFlight = hidden.filter(({ receives }) => receives > 0).length;
    return { visible: this.messages.length - hidden.length, inFlight, delayed: hidden.length - inFlight };
  }

  /**
   * The messages of a group that a receive may deliver, in order, and the ones that it may move to the dead-letter
   * queue.
   */
  #offer(nowMs: number, group: string): { deliverable: string[]; dead: string[] } {
    const messages = this.messages.filter((each) => each.group === group);
    const isLocked = messages.some(({ receives, visibleAtMs }) => receives > 0 && visibleAtMs > nowMs);
    const hidden = messages.findIndex(({ visibleAtMs }) => visibleAtMs > nowMs);
    const open = isLocked ? [] : messages.slice(0, hidden < 0 ? undefined : hidden);
    const isDead = ({ receives }: ModelMessage) => receives >= this.#options.maxReceiveCount;
    return {
      deliverable: open.filter((each) => !isDead(each)).map(({ id }) => id),
      dead: open.filter(isDead).map(({ id }) => id),
    };
  }

  #recordMoved(moved: readonly string[], problems: string[]): void {
    for (const id of moved) {
      if (!this.messages.some((each) => each.id === id)) problems.push(`moved ${id}, which it does not have`);
    }
    this.messages = this.messages.filter(({ id }) => !moved.includes(id));
    this.dead.push(...moved);
  }

  #recordGiven({ messageId, receiptHandle, receiveCount }: Delivery, visibleAtMs: number, problems: string[]): void {
    const message = this.messages.find(({ id }) => id === messageId);
    if (!message) return void problems.push(`gave ${messageId}, which it does not have`);
    message.receives += 1;
    message.visibleAtMs = visibleAtMs;
    if (receiveCount !== message.receives) problems.push(`counts ${receiveCount} receives, not ${message.receives}`);
    if (message.handles.includes(receiptHandle)) problems.push('gave the same receipt handle twice');
    message.handles.push(receiptHandle);
  }

  #isInFlightBy({ handles, visibleAtMs }: ModelMessage, handle: string, nowMs: number): boolean {
    return handles.at(-1) === handle && visibleAtMs > nowMs;
  }
}

const startsWith = (all: readonly string[], some: readonly string[]): boolean =>
  some.every((each, index) => all[index] === each);
