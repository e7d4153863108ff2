import type { ChannelTable, Head } from '../../aws/channels/channel-table.ts';
import { isAppended, type ReceivedChannelRecord } from '../../schemas/channels/channel-record.ts';
import type { LogEntry, PresenceChange } from '../../schemas/channels/frames.ts';
import { applyChange, bringUpPresence, comparePresence, type PendingPresence } from './presence.ts';

/** Our choice: how long an entry stays after its history ends, in seconds: as long as its record may live. */
const ENTRY_GRACE_SECONDS = 86_400;
/** Our choice: a function that loses the head to another one this many times lets SQS deliver the records again. */
const MAX_TRIES = 5;
/** Our choice: entries of one read, when appended records are looked for. */
const LOOKUP_ENTRIES = 100;

/** An entry of the log, and the record that it came from. */
export interface AppendedRecord {
  record: ReceivedChannelRecord;
  entry: LogEntry;
}

export interface AppendOptions {
  channel: string;
  /** In the order of their sources. */
  records: readonly ReceivedChannelRecord[];
  historySeconds: number;
  table: ChannelTable;
  /** Returns epoch milliseconds. */
  now: () => number;
}

/**
 * Appends the records of a channel to its log. A record that was appended before keeps its number. A number that is
 * taken keeps its entry. The head moves in one conditional write, after the entries: readers believe no number above
 * it.
 * @returns an entry for each record that has one, in the order of the numbers. A look that changes nothing has none.
 * @throws {Error} if other functions moved the head each time, and the errors of the table.
 */
export const appendRecords = async (options: AppendOptions): Promise<readonly AppendedRecord[]> => {
  const { channel, table, now } = options;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const head = (await table.head(channel)) ?? (await table.createHead(channel, Math.floor(now()) * 1_000));
    const appended = await appendAfter(head, options);
    if (appended) return appended;
  }
  throw new Error('Other functions moved the head of the channel');
};

/** @returns `undefined` if the head has moved in the meantime. */
const appendAfter = async (head: Head, options: AppendOptions): Promise<readonly AppendedRecord[] | undefined> => {
  const { channel, records, table } = options;
  const { before = [], fresh = [] } = Object.groupBy(records, ({ source }) =>
    isAppended(source, head.source) ? 'before' : 'fresh',
  );
  const known = await findAppended(head, before, options);
  const presence: PendingPresence = { changes: new Map(), totals: undefined };
  if (records.some(({ content }) => 'look' in content))
    presence.totals = await bringUpPresence(channel, head.presenceSeq, table);
  const added: AppendedRecord[] = [];
  const writer = new LogWriter(head, presence, options);
  for (const record of fresh) {
    const entry = await writer.write(record);
    if (entry) added.push({ record, entry });
  }
  if (!(await writer.moveHead())) return undefined;
  return [...known, ...added.toSorted((a, b) => a.entry.seq - b.entry.seq)];
};

type EntryContent = Pick<LogEntry, 'id' | 'kind' | 'data'>;

/** @returns `undefined` for a look that changes nothing. */
const contentOf = async (
  { content, messageId }: ReceivedChannelRecord,
  presence: PendingPresence,
  { seq, presenceSeq: before }: Head,
  { channel, table }: AppendOptions,
): Promise<EntryContent | undefined> => {
  if ('data' in content) return { id: content.id, kind: 'message', data: content.data };
  const change = await comparePresence({ channel, user: content.look, seq, table, presence });
  return change && { id: messageId, kind: 'presence', data: { ...change, before } };
};

/** Writes entries above the head, each at the next free number. */
class LogWriter {
  /** The head after the last entry. */
  #head: Head;
  /** The head in the table; `undefined` if another function has moved it. */
  #moved: Head | undefined;
  readonly #presence: PendingPresence;
  readonly #options: AppendOptions;
  /** Entries above the head that an earlier function of these records has left, by their source. */
  readonly #left = new Map<string, LogEntry>();

  constructor(head: Head, presence: PendingPresence, options: AppendOptions) {
    this.#head = head;
    this.#moved = head;
    this.#presence = presence;
    this.#options = options;
  }

  /** Moves the head over the entries. @returns whether no other function has moved it. */
  async moveHead(): Promise<boolean> {
    const { channel, table } = this.#options;
    const [from, to] = [this.#moved, this.#head];
    if (!from) return false;
    this.#moved = to === from || (await table.moveHead(channel, from, to)) ? to : undefined;
    if (!this.#moved) return false;
    if (to.presenceSeq > from.presenceSeq) await bringUpPresence(channel, to.presenceSeq, table);
    return true;
  }

  /** @returns the entry; `undefined` for a look that changes nothing, and after another function has moved the head. */
  async write(record: ReceivedChannelRecord): Promise<LogEntry | undefined> {
    const { source, at } = record;
    const { channel, historySeconds, table } = this.#options;
    const ttl = Math.floor(at / 1_000) + historySeconds + ENTRY_GRACE_SECONDS;
    for (;;) {
      const present = this.#left.get(source);
      if (present) return present;
      // A look at a large channel changes the table directly, so the table must have all presence entries before it.
      const isPending = this.#head.presenceSeq !== this.#moved?.presenceSeq;
      if ('look' in record.content && this.#presence.totals?.large && isPending) await this.moveHead();
      if (!this.#moved) return undefined;
      const seq = this.#head.seq + 1;
      const content = await contentOf(record, this.#presence, this.#head, this.#options);
      if (!content) return undefined;
      const entry: LogEntry = { seq, source, at, ...content };
      if (await table.append(channel, entry, ttl)) {
        this.#passOver(entry);
        return entry;
      }
      const [taken] = await table.log(channel, { after: seq - 1, upTo: seq, limit: 1 });
      if (!taken) continue; // it expired between the two calls
      this.#left.set(taken.source, taken);
      this.#passOver(taken);
    }
  }

  #passOver({ seq, source, kind, data }: LogEntry): void {
    const { source: last, presenceSeq } = this.#head;
    const isPresence = kind === 'presence';
    if (isPresence) applyChange(data as PresenceChange, seq, this.#presence);
    // The source of the head is the greatest: a record of another function must be recognized when it comes again.
    this.#head = { seq, source: isAppended(source, last) ? last : source, presenceSeq: isPresence ? seq : presenceSeq };
  }
}

/** Finds the entries of records that were appended before, from the newest entry back. */
const findAppended = async (
  head: Head,
  records: readonly ReceivedChannelRecord[],
  { channel, table }: AppendOptions,
): Promise<AppendedRecord[]> => {
  const wanted = new Map(records.map((record) => [record.source, record]));
  const [oldest] = records;
  const found: AppendedRecord[] = [];
  for (let upTo = head.seq; wanted.size > 0; ) {
    const entries = await table.log(channel, { after: 0, upTo, limit: LOOKUP_ENTRIES, newestFirst: true });
    for (const entry of entries) {
      const record = wanted.get(entry.source);
      if (!record) continue;
      wanted.delete(entry.source);
      found.unshift({ record, entry });
    }
    const last = entries.at(-1);
    const areOlder = entries.every(
      ({ source }) => oldest && source !== oldest.source && isAppended(source, oldest.source),
    );
    if (!last || areOlder) break;
    upTo = last.seq - 1;
  }
  return found;
};
