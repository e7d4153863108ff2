import type { ChannelState, MessageFrame, PresenceFrame } from '../../../../schemas/channels/frames.ts';
import type { VirtualTime } from '../../simulation/virtual-time.ts';

type Frame = MessageFrame | PresenceFrame;

/** Without faults, every post arrives within this time. */
const LATE_MS = 5_000;

export interface ClientOptions {
  user: string;
  channel: string;
  time: VirtualTime;
  /** Asks for the state after a number: `subscribe` or `sync` on the present connection. Rejects without a connection. */
  ask: (after: number | undefined) => Promise<ChannelState>;
  /** A planted fault: an old answer moves the position back. */
  movesBack?: boolean;
}

/** A client as section 6 of the protocol describes it, for one channel. */
export class SimulatedClient {
  readonly user: string;
  readonly channel: string;
  /** The frames that the application got, in order. */
  readonly seen: Frame[] = [];
  /** The positions at which the application was told that messages are missing. */
  readonly gaps: number[] = [];
  /** How often a number was missing for two seconds, while a later one was there, and no first answer was awaited. */
  repairs = 0;
  /** The numbers that no post brought within five seconds: a later question brought them. */
  readonly late: number[] = [];
  /** The position that the first answer gave. */
  start: number | undefined;
  position: number | undefined;
  readonly #time: VirtualTime;
  readonly #ask: ClientOptions['ask'];
  readonly #movesBack: boolean;
  readonly #kept = new Map<number, Frame>();
  #asking = false;
  #askAgain = false;
  /** How many connections have asked their first question, and how many of these have an answer or a successor. */
  #begun = 0;
  #answered = 0;
  #repair: (() => void) | undefined;

  constructor({ user, channel, time, ask, movesBack = false }: ClientOptions) {
    this.user = user;
    this.channel = channel;
    this.#time = time;
    this.#ask = ask;
    this.#movesBack = movesBack;
  }

  /** A frame was posted to a connection of the client. */
  receive(text: string): void {
    const frame: Frame = JSON.parse(text);
    if (frame.channel !== this.channel || frame.seq === undefined) return;
    if (this.position !== undefined && frame.seq <= this.position) return;
    this.#kept.set(frame.seq, frame);
    this.#handOver();
    if (this.#kept.size > 0 && this.position !== undefined && !this.#repair) {
      this.#repair = this.#time.after(2_000 + this.#time.random() * 2_000, () => {
        this.#repair = undefined;
        if (this.#kept.size === 0) return;
        if (this.#begun === this.#answered) this.repairs++;
        void this.sync();
      });
    }
  }

  /**
   * Asks for the state of the channel, one question at a time. A question without an answer is given up.
   * @param isFirst The first question of a connection brings what was published before it.
   */
  async sync(isFirst = false): Promise<void> {
    if (isFirst) this.#begun++;
    if (this.#asking) {
      this.#askAgain = true;
      return;
    }
    this.#asking = true;
    const after = this.position;
    const begun = this.#begun;
    try {
      const state = await this.#withDeadline(this.#ask(after));
      if (state && begun === this.#answered) this.#findLate(state);
      if (state) this.#answered = begun;
      if (state) this.#apply(state, after);
      if (state?.more) this.#askAgain = true;
    } catch {
      // the connection has ended, or the answer was lost: the next connection or keep-alive asks again
    }
    this.#asking = false;
    if (this.#askAgain) {
      this.#askAgain = false;
      await this.sync();
    }
  }

  #findLate({ messages = [] }: ChannelState): void {
    const before = this.#time.now() - LATE_MS;
    for (const frame of messages) {
      const { seq = 0 } = frame;
      const isNew = seq > (this.position ?? 0) && !this.#kept.has(seq);
      if (isNew && frame.type === 'message' && frame.at < before) this.late.push(seq);
    }
  }

  #withDeadline(answer: Promise<ChannelState>): Promise<ChannelState | undefined> {
    return new Promise((resolve, reject) => {
      this.#time.after(10_000, () => resolve(undefined));
      answer.then(resolve, reject);
    });
  }

  #apply({ seq, messages = [], recovered }: ChannelState, after: number | undefined): void {
    if (seq === undefined) return;
    if (this.position === undefined) {
      this.start = seq;
      this.position = seq;
    } else if (recovered === false) {
      if (this.position !== after) return;
      this.gaps.push(this.position);
      this.position = seq;
    } else {
      if (this.#movesBack && after !== undefined) this.position = after;
      for (const frame of messages) this.#kept.set(frame.seq as number, frame);
    }
    this.#handOver();
  }

  #handOver(): void {
    if (this.position === undefined) return;
    for (const seq of this.#kept.keys()) if (seq <= this.position) this.#kept.delete(seq);
    for (let next = this.#kept.get(this.position + 1); next; next = this.#kept.get(this.position + 1)) {
      this.#kept.delete(++this.position);
      this.seen.push(next);
    }
  }
}
