import type { ChannelTable, Head } from '../../aws/channels/channel-table.ts';
import {
  type ChannelState,
  entryFrame,
  type LogEntry,
  type MessageFrame,
  type PresenceFrame,
} from '../../schemas/channels/frames.ts';
import { MAX_FRAME_BYTES, MAX_MESSAGE_BYTES } from '../../schemas/quotas.ts';

/** Our choice: bytes that are kept free for the answer around its states. An `ackId` may need six bytes a character. */
const ANSWER_BYTES = 512;
/** Our choice: entries of one read. */
const PAGE_ENTRIES = 100;
/** Our choice: most entries, and most reads, of a search for the newest messages among presence entries. */
const SEARCH_ENTRIES = 500;
const SEARCH_READS = 16;

/** A question about one channel. */
export interface StateQuestion {
  channel: string;
  /** The entries after this number. */
  after?: number;
  /** The newest messages, at most this many. */
  last?: number;
}

type Frame = MessageFrame | PresenceFrame;

/** The room for the messages of one answer: 32 KB with all of its states, or one larger message. */
export class AnswerRoom {
  #left: number;
  #leftOfMessage: number;

  constructor(questions: readonly StateQuestion[]) {
    const bytes = questions.reduce((sum, question) => sum + stateBytes(question), ANSWER_BYTES);
    this.#left = MAX_FRAME_BYTES - bytes;
    this.#leftOfMessage = MAX_MESSAGE_BYTES - bytes;
  }

  /** Whether not even a short message fits. */
  get isFull(): boolean {
    return this.#left <= 0;
  }

  /** @returns whether there is room for the frame, which is then used. */
  take(frame: Frame): boolean {
    const bytes = Buffer.byteLength(JSON.stringify(frame)) + 1;
    if (bytes > this.#left && bytes > this.#leftOfMessage) return false;
    this.#left -= bytes;
    this.#leftOfMessage = 0; // only the first message may be larger
    return true;
  }
}

const stateBytes = ({ channel }: StateQuestion): number => {
  const max = Number.MAX_SAFE_INTEGER;
  const state: ChannelState = { channel, after: max, seq: max, messages: [], more: true, recovered: false };
  return JSON.stringify(state).length + 1;
};

/** Reads the head of a channel, which the first reader makes. Its subscription must be written before. */
export const readHead = async (table: ChannelTable, channel: string): Promise<Head> =>
  (await table.head(channel)) ?? (await table.createHead(channel, Date.now() * 1_000));

export interface StateOptions {
  table: ChannelTable;
  /** It was read before the log: no number above it is believed. */
  head: Head;
  historySeconds: number;
  room: AnswerRoom;
}

/** Reads the state of a channel with history. An entry that is older than the history counts as gone. */
export const readState = async (question: StateQuestion, options: StateOptions): Promise<ChannelState> => {
  const { channel, after, last } = question;
  const log = new KeptLog(channel, options);
  if (last !== undefined) return { channel, ...fill(await log.newest(last), options) };
  if (after === undefined) return { channel, seq: options.head.seq };
  return { channel, after, ...(await log.follow(after)) };
};

type Filled = Pick<ChannelState, 'seq' | 'messages' | 'more'>;

/** Puts entries into the answer, the oldest first. */
const fill = (frames: readonly Frame[], { head, room }: StateOptions): Filled => {
  const messages: Frame[] = [];
  for (const frame of frames) {
    if (!room.take(frame)) return { seq: (frame.seq ?? 1) - 1, ...listOf(messages), more: true };
    messages.push(frame);
  }
  return { seq: head.seq, ...listOf(messages) };
};

const listOf = (messages: readonly Frame[]): Pick<ChannelState, 'messages'> =>
  messages.length > 0 ? { messages } : {};

/** The log of a channel up to the head, without entries that are older than the history. */
class KeptLog {
  readonly #channel: string;
  readonly #options: StateOptions;
  /** Epoch milliseconds: older entries are gone. */
  readonly #horizon: number;

  constructor(channel: string, options: StateOptions) {
    this.#channel = channel;
    this.#options = options;
    this.#horizon = Date.now() - options.historySeconds * 1_000;
  }

  /** The frames of the newest `count` messages, the oldest first. */
  async newest(count: number): Promise<Frame[]> {
    const found: LogEntry[] = [];
    let upTo = this.#options.head.seq;
    for (let reads = 0; found.length < count && reads < SEARCH_READS; reads++) {
      const limit = Math.min(count * 2 ** reads, SEARCH_ENTRIES);
      const entries = await this.#read({ after: 0, upTo, limit, newestFirst: true });
      const last = entries.at(-1);
      if (!last) break;
      found.push(...entries.filter((entry) => entry.kind === 'message' && this.#isKept(entry)));
      if (!this.#isKept(last)) break;
      upTo = last.seq - 1;
    }
    return found
      .slice(0, count)
      .reverse()
      .map((entry) => entryFrame(this.#channel, entry));
  }

  /** The part of the state that follows `after`. */
  async follow(after: number): Promise<Filled & { recovered: boolean }> {
    const { head, room } = this.#options;
    const isAhead = after > head.seq;
    if (after === head.seq) return { seq: after, recovered: true };
    if (room.isFull) return { seq: after, more: true, recovered: !isAhead };
    const first = isAhead ? [] : await this.#page(after);
    if (first[0]?.seq === after + 1 && this.#isKept(first[0])) return this.#collect(after, first);
    const before = await this.#findOldest(isAhead ? 0 : after);
    return { ...(await this.#collect(before, await this.#page(before))), recovered: false };
  }

  /** Collects frames until the head or the end of the room. `recovered` is true if no number is missing. */
  async #collect(after: number, first: readonly LogEntry[]): Promise<Filled & { recovered: boolean }> {
    const { head, room } = this.#options;
    const messages: Frame[] = [];
    let seq = after;
    let recovered = true;
    for (let page = first; page.length > 0; page = await this.#page(seq)) {
      for (const entry of page) {
        const isKept = this.#isKept(entry);
        const frame = entryFrame(this.#channel, entry);
        if (isKept && !room.take(frame)) return { seq, ...listOf(messages), more: true, recovered };
        if (isKept) messages.push(frame);
        recovered &&= isKept && entry.seq === seq + 1;
        seq = entry.seq;
      }
    }
    return { seq: head.seq, ...listOf(messages), recovered: recovered && seq === head.seq };
  }

  /**
   * Finds the number before the oldest entry that is kept, by halves: entries stay in the table for a day after their
   * history, and there may be millions.
   */
  async #findOldest(after: number): Promise<number> {
    const upTo = this.#options.head.seq;
    const [oldest] = await this.#read({ after, upTo, limit: 1 });
    if (!oldest) return upTo;
    if (this.#isKept(oldest)) return oldest.seq - 1;
    let gone = oldest.seq;
    let kept = upTo + 1;
    while (kept - gone > 1) {
      const middle = gone + Math.floor((kept - gone) / 2);
      const [entry] = await this.#read({ after: middle - 1, upTo, limit: 1 });
      if (entry && !this.#isKept(entry)) gone = entry.seq;
      else kept = middle;
    }
    return kept - 1;
  }

  #page(after: number): Promise<readonly LogEntry[]> {
    return this.#read({ after, upTo: this.#options.head.seq, limit: PAGE_ENTRIES });
  }

  #read(range: Parameters<ChannelTable['log']>[1]): Promise<readonly LogEntry[]> {
    return this.#options.table.log(this.#channel, range);
  }

  #isKept({ at }: LogEntry): boolean {
    return at >= this.#horizon;
  }
}
