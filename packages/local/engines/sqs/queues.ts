import { LongPolls } from './long-polls.ts';
import type { Received } from './message.ts';
import { Queue } from './queue.ts';
import { withDefaults } from './queue-settings.ts';

export interface QueueEntry {
  readonly name: string;
  readonly url: string;
  /** Including SQS's defaults. */
  attributes: Readonly<Record<string, string>>;
  readonly tags: Map<string, string>;
  readonly createdAtMs: number;
  modifiedAtMs: number;
  readonly queue: Queue;
  readonly polls: LongPolls<Received>;
}

export interface NewQueue {
  name: string;
  url: string;
  arn: string;
  attributes: Readonly<Record<string, string>>;
}

export interface QueuesOptions {
  now: () => number;
  newId: () => string;
}

/** The queues of one account and Region. */
export class Queues {
  readonly #options: QueuesOptions;
  readonly #byArn = new Map<string, QueueEntry>();

  constructor(options: QueuesOptions) {
    this.#options = options;
  }

  create({ name, url, arn, attributes: given }: NewQueue): QueueEntry {
    const { now, newId } = this.#options;
    const attributes = withDefaults(given);
    const findQueue = (other: string) => this.find(other)?.queue;
    const polls = new LongPolls<Received>();
    const queue = new Queue({ arn, attributes, now, newId, findQueue, onVisible: () => polls.serve() });
    const times = { createdAtMs: now(), modifiedAtMs: now() };
    const entry: QueueEntry = { name, url, attributes, tags: new Map(), ...times, queue, polls };
    this.#byArn.set(arn, entry);
    return entry;
  }

  find(arn: string): QueueEntry | undefined {
    return this.#byArn.get(arn);
  }

  all(): readonly QueueEntry[] {
    return [...this.#byArn.values()];
  }

  setAttributes(entry: QueueEntry, given: Readonly<Record<string, string>>): void {
    entry.attributes = withDefaults(given);
    entry.modifiedAtMs = this.#options.now();
    entry.queue.setAttributes(entry.attributes);
  }

  delete({ queue, polls }: QueueEntry): void {
    this.#byArn.delete(queue.arn);
    polls.wake();
  }
}
