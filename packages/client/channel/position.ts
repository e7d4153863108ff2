import type { ChannelState, MessageFrame, PresenceFrame } from '../../../schemas/channels/frames.ts';

type Frame = MessageFrame | PresenceFrame;

/** Our choice: as many ids of messages without a number are remembered, to drop repeats. */
const REMEMBERED_IDS = 4_096;

/** Drops what was there before, by id. For messages without a number. */
export class SeenIds {
  readonly #ids = new Set<string>();

  /** @returns whether the id is new. */
  add(id: string): boolean {
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    if (this.#ids.size > REMEMBERED_IDS) for (const oldest of this.#ids) return this.#ids.delete(oldest);
    return true;
  }
}

/** Why numbers are missing: the history no longer has them. */
export interface Gap {
  /** The number of the last message before the gap. */
  after: number;
  /** The number of the last message that may be missing. */
  upTo: number;
}

/**
 * The number of the last frame that was handed over. Frames are handed over once and in order; a frame that comes too
 * early is kept.
 */
export class Position {
  /** `undefined` until the first answer. */
  last: number | undefined;
  readonly #early = new Map<number, Frame>();
  readonly #ids = new SeenIds();
  readonly #handOver: (frame: Frame) => void;

  constructor(handOver: (frame: Frame) => void) {
    this.#handOver = handOver;
  }

  /** Whether a number is missing before a frame that is there. */
  get isMissing(): boolean {
    return this.last !== undefined && this.#early.size > 0;
  }

  receive(frame: Frame): void {
    const { seq } = frame;
    if (seq === undefined) {
      if (this.#ids.add((frame as MessageFrame).id)) this.#handOver(frame);
      return;
    }
    if (seq <= (this.last ?? -1)) return;
    this.#early.set(seq, frame);
    this.#handOverNext();
  }

  /**
   * Takes the answer to a question.
   * @param asked The `after` of the question.
   * @returns the gap, if the history no longer reaches back: its messages are lost to this client.
   */
  take({ seq, messages = [], recovered }: ChannelState, asked: number | undefined): Gap | undefined {
    if (seq === undefined) return undefined;
    let gap: Gap | undefined;
    if (recovered === false) {
      if (this.last !== asked || asked === undefined) return undefined;
      gap = { after: asked, upTo: seq };
      this.last = seq;
    } else {
      const isFirst = this.last === undefined;
      // The newest messages of a first answer may have holes before them, and end at its number.
      if (isFirst) for (const frame of messages) this.#handOver(frame);
      else for (const frame of messages) this.#early.set(frame.seq as number, frame);
      this.last ??= seq;
    }
    for (const early of this.#early.keys()) if (early <= (this.last as number)) this.#early.delete(early);
    this.#handOverNext();
    return gap;
  }

  #handOverNext(): void {
    if (this.last === undefined) return;
    for (let next = this.#early.get(this.last + 1); next; next = this.#early.get(this.last + 1)) {
      this.#early.delete(++this.last);
      this.#handOver(next);
    }
  }
}
