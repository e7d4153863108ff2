import type { BroadcastQueue, SendOptions } from '../aws/queue/broadcast-queue.ts';
import type { BroadcastRecord } from '../schemas/broadcast-record.ts';
import type { DeadLetter } from '../schemas/dead-letter.ts';

/** A broadcast queue that keeps what it is sent, for tests. The real one passes the same tests. */
export class FakeBroadcastQueue implements BroadcastQueue {
  readonly sent: BroadcastRecord[] = [];
  /** One for each of `sent`, in seconds. */
  readonly delaysSeconds: number[] = [];
  readonly deadLetters: DeadLetter[] = [];
  /** While true, every call fails. */
  down = false;

  async send(record: BroadcastRecord, { delaySeconds = 0 }: SendOptions = {}): Promise<void> {
    this.#answer();
    this.sent.push(structuredClone(record)); // as it is now, whatever becomes of the caller's object
    this.delaysSeconds.push(delaySeconds);
  }

  async deadLetter(letter: DeadLetter): Promise<void> {
    this.#answer();
    this.deadLetters.push(structuredClone(letter));
  }

  #answer(): void {
    if (this.down) throw new Error('The broadcast queue is down (a fake was told so)');
  }
}
