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
