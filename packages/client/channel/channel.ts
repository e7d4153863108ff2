import type { ChannelState, MessageFrame, PresenceFrame } from '../../../schemas/channels/frames.ts';
import type { ClientError } from '../client-error.ts';
import { Emitter } from '../emitter.ts';
import { type Gap, Position } from './position.ts';

/** A message of a channel. */
export interface Message<Data = unknown> {
  data: Data;
  /** The same for each copy of the message. */
  id: string;
  /** When it was published, in epoch milliseconds. */
  at: number;
  /** The number in the channel: growing, without holes. Only if the channel has a history. */
  seq?: number;
}

export interface ChannelEvents<Data> {
  /** Each message once and in order, if the channel has a history. */
  message: Message<Data>;
  /** Messages were missed and are no longer kept: load the state of the application anew. */
  gap: Gap;
  /** The users in the channel, after each change. Only for a channel with presence. */
  members: readonly string[];
  /** The API refuses the channel. The client asks again after each reconnect. */
  error: ClientError;
}

export interface CallOptions {
  /** Gives the call up. A call that was sent may still happen. */
  signal?: AbortSignal;
}

export interface PublishOptions extends CallOptions {
  /** A message with the same key is published once in 5 minutes: 1 to 64 of `A-Z a-z 0-9 _ -`. Default: a random key. */
  key?: string;
}

/** A subscription to a channel. */
export interface ClientChannel<Data = unknown> extends AsyncIterable<Message<Data>> {
  readonly name: string;
  /**
   * The users in the channel, in the order of their coming. Empty until the first answer, so listen to `members`. A
   * channel with over 1,000 users has the first 1,000 here. With over 100 users they are read anew every 6 to 8 minutes.
   */
  readonly members: readonly string[];
  /** Listens to an event. @returns a function that removes the listener. */
  on<Name extends keyof ChannelEvents<Data>>(
    name: Name,
    listener: (value: ChannelEvents<Data>[Name]) => void,
  ): () => void;
  /**
   * Publishes a message. The messages of a channel are sent one after the other, so they keep their order.
   * @returns after the message is durably queued.
   * @throws {ClientError} the code of the API; `OUTCOME_UNKNOWN` after 4 minutes of repeats with the same key;
   * `NOT_SENT`, `OUTBOX_FULL`, `CLOSED`.
   */
  publish(data: Data, options?: PublishOptions): Promise<{ channel: string; id: string }>;
  /** Unsubscribes. Loops over the messages end. */
  leave(): void;
}

/** The part of the client that a channel uses. */
export interface ChannelHost {
  publish(channel: string, data: unknown, options: PublishOptions): Promise<{ channel: string; id: string }>;
  askMembers(channel: string): Promise<{ seq: number; members: readonly string[] }>;
  /** Asks for the messages after the position of the channel. */
  repair(channel: Channel): void;
  leave(channel: Channel): void;
  after(delayMs: number, callback: () => void): () => void;
  random(): number;
}

/** Our choice: a missing number is awaited 2 to 4 s. The fan-out repeats a post within two. */
const REPAIR_MS = 2_000;

/** The users of a channel, each with the number that says so: the later number wins. */
class MemberList {
  readonly #users = new Map<string, { seq: number; isHere: boolean }>();

  /** In the order of their coming. */
  get present(): readonly string[] {
    return [...this.#users].filter(([, { isHere }]) => isHere).map(([user]) => user);
  }

  apply({ seq, joined, left }: PresenceFrame): void {
    for (const user of joined) this.#set(user, seq, true);
    for (const user of left) this.#set(user, seq, false);
  }

  /** Takes an answer that names all users up to a number. */
  replace({ seq, members }: { seq: number; members: readonly string[] }): void {
    const named = new Set(members);
    for (const user of this.#users.keys()) if (!named.has(user)) this.#set(user, seq, false);
    for (const user of members) this.#set(user, seq, true);
  }

  #set(user: string, seq: number, isHere: boolean): void {
    if ((this.#users.get(user)?.seq ?? -1) <= seq) this.#users.set(user, { seq, isHere });
  }
}

export class Channel<Data = unknown>
  extends Emitter<ChannelEvents<Data> & { end: undefined }>
  implements ClientChannel<Data>
{
  readonly name: string;
  readonly #first: number | undefined;
  readonly #host: ChannelHost;
  readonly #position = new Position((frame) => this.#handOver(frame));
  readonly #members = new MemberList();
  #usesMembers = false;
  #needsMembers = true;
  #isLarge = false;
  #isAnswered = false;
  #isRepairing = false;
  #error: ClientError | undefined;
  #hasEnded = false;

  constructor(name: string, first: number | undefined, host: ChannelHost) {
    super();
    this.name = name;
    this.#first = first;
    this.#host = host;
  }

  /** The number after which messages are asked for. */
  get position(): number | undefined {
    return this.#position.last;
  }

  /** How many of the newest messages the next answer should bring: only the first one. */
  get newest(): number | undefined {
    return this.#isAnswered ? undefined : this.#first;
  }

  get members(): readonly string[] {
    this.#useMembers();
    return this.#members.present;
  }

  override on<Name extends keyof (ChannelEvents<Data> & { end: undefined })>(
    name: Name,
    listener: (value: (ChannelEvents<Data> & { end: undefined })[Name]) => void,
  ): () => void {
    if (name === 'members') this.#useMembers();
    return super.on(name, listener);
  }

  publish(data: Data, options: PublishOptions = {}): Promise<{ channel: string; id: string }> {
    return this.#host.publish(this.name, data, options);
  }

  leave(): void {
    this.#host.leave(this as Channel);
    this.end();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Message<Data>, void, undefined> {
    const waiting: Message<Data>[] = [];
    let wake = (): void => {};
    const listeners = [
      this.on('message', (message) => {
        waiting.push(message);
        wake();
      }),
      this.on('end', () => wake()),
    ];
    try {
      while (true) {
        for (let next = waiting.shift(); next; next = waiting.shift()) yield next;
        if (this.#error) throw this.#error;
        if (this.#hasEnded) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      for (const remove of listeners) remove();
    }
  }

  receive(frame: MessageFrame | PresenceFrame): void {
    this.#position.receive(frame);
    if (!this.#position.isMissing || this.#isRepairing) return;
    this.#isRepairing = true;
    this.#host.after(REPAIR_MS * (1 + this.#host.random()), () => {
      this.#isRepairing = false;
      if (this.#position.isMissing && !this.#hasEnded) this.#host.repair(this as Channel);
    });
  }

  /** Takes the answer to a question after the position `asked`. */
  take(state: ChannelState, asked: number | undefined): void {
    this.#isAnswered = true;
    this.#error = undefined;
    const gap = this.#position.take(state, asked);
    if (gap) this.emit('gap', gap);
    if (gap || this.#isLarge) this.#needsMembers = true;
    this.#askMembers();
  }

  refuse(error: ClientError): void {
    this.#error = error;
    this.emit('error', error);
    this.emit('end', undefined);
  }

  end(error?: ClientError): void {
    this.#hasEnded = true;
    this.#error = error;
    this.emit('end', undefined);
  }

  #handOver(frame: MessageFrame | PresenceFrame): void {
    if (frame.type === 'message') {
      const { data, id, at, seq } = frame;
      this.emit('message', { data: data as Data, id, at, ...(seq !== undefined && { seq }) });
      return;
    }
    if (frame.large !== undefined) this.#isLarge = frame.large;
    if (frame.large === false) this.#needsMembers = true;
    this.#members.apply(frame);
    if (this.#usesMembers) this.emit('members', this.#members.present);
    this.#askMembers();
  }

  #useMembers(): void {
    this.#usesMembers = true;
    this.#askMembers();
  }

  #askMembers(): void {
    if (!this.#usesMembers || !this.#needsMembers || !this.#isAnswered || this.#hasEnded) return;
    this.#needsMembers = false;
    this.#host.askMembers(this.name).then(
      (answer) => {
        this.#members.replace(answer);
        this.emit('members', this.#members.present);
      },
      (error) => {
        this.#needsMembers = true;
        this.emit('error', error);
      },
    );
  }
}
