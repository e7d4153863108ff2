import type { ChannelTable, PresenceState } from '../../aws/channels/channel-table.ts';
import { decodeUser, encodeUser } from '../../schemas/channels/channel-name.ts';
import type { LogEntry, PresenceChange } from '../../schemas/channels/frames.ts';

/** Our choice: above this many users, a channel has no presence frames. */
export const LARGE_USERS = 100;
/** Our choice: at this many users, a large channel has presence frames again. */
export const SMALL_USERS = 80;
/** Our choice: users of one read. */
const PAGE = 1_000;

/** The changes of a batch that the table does not have yet. */
export interface PendingPresence {
  /** By encoded user: whether the user is here after the last change. */
  changes: Map<string, boolean>;
  /** The totals after the last change. */
  totals: PresenceState | undefined;
}

/** A change that is not linked to the one before. */
type ComparedPresence = Omit<PresenceChange, 'before'>;

interface Comparison {
  channel: string;
  /** Encoded. */
  user: string;
  /** The last number of the channel so far. */
  seq: number;
  table: ChannelTable;
  presence: PendingPresence;
}

/**
 * Compares the subscriptions of a user with who was here.
 * @returns the entry for the log; `undefined` if nothing changed, or if the channel is large: then the table is changed
 * without an entry.
 */
export const comparePresence = async (comparison: Comparison): Promise<ComparedPresence | undefined> => {
  const { channel, user, table, presence } = comparison;
  const isHere = await table.hasUser(channel, user);
  const wasHere = presence.changes.get(user) ?? (await table.isHere(channel, user));
  const totals = presence.totals ?? { seq: 0, count: 0, large: false };
  if (totals.large) return changeLarge({ isHere, wasHere }, totals, comparison);
  if (isHere === wasHere) return undefined;
  const count = totals.count + (isHere ? 1 : -1);
  const large = count > LARGE_USERS;
  const name = [decodeUser(user)];
  return { joined: isHere ? name : [], left: isHere ? [] : name, count, ...(large && { large }) };
};

/** Takes an entry of the log into account that the table does not reflect yet. */
export const applyChange = (
  { joined, left, count, large }: PresenceChange,
  seq: number,
  presence: PendingPresence,
): void => {
  for (const user of joined) presence.changes.set(encodeUser(user), true);
  for (const user of left) presence.changes.set(encodeUser(user), false);
  presence.totals = { seq, count, large: large ?? presence.totals?.large ?? false };
};

/**
 * A large channel has no entries, so the table is changed directly. The total is counted anew when it becomes small. A
 * function that is killed in between leaves it too low, never too high: otherwise the channel would stay large.
 */
const changeLarge = async (
  { isHere, wasHere }: { isHere: boolean; wasHere: boolean },
  totals: PresenceState,
  { channel, user, seq, table, presence }: Comparison,
): Promise<ComparedPresence | undefined> => {
  let { count } = totals;
  const setCount = async (next: number): Promise<void> => {
    count = next;
    presence.totals = { ...totals, count };
    await table.setPresence(channel, presence.totals, { force: true });
  };
  if (wasHere && !isHere) await setCount(count - 1);
  if (wasHere !== isHere) {
    const changed = await table.markUser(channel, user, { here: isHere, seq });
    presence.changes.delete(user);
    if (isHere && changed) await setCount(count + 1);
  }
  if (count > SMALL_USERS) return undefined;
  const counted = await countUsers(channel, table);
  if (counted <= SMALL_USERS) return { joined: [], left: [], count: counted, large: false };
  await setCount(counted);
  return undefined;
};

const countUsers = async (channel: string, table: ChannelTable): Promise<number> => {
  let count = 0;
  for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
    const page = await table.users(channel, PAGE, cursor);
    count += page.users.length;
    cursor = page.cursor;
  }
  return count;
};

/**
 * Applies the presence entries of the log that the table does not reflect yet, in their order, its own number last. A
 * function that is killed in between leaves the rest to the next one. It follows the entries from the last one back, so
 * that it does not read the messages between them.
 * @param upTo The number of the last presence entry below the head.
 */
export const bringUpPresence = async (channel: string, upTo: number, table: ChannelTable): Promise<PresenceState> => {
  let state = await table.presence(channel);
  const entries: LogEntry[] = [];
  for (let seq = upTo; seq > state.seq; ) {
    const [entry] = await table.log(channel, { after: seq - 1, upTo: seq, limit: 1 });
    if (!entry) break; // it has expired
    entries.unshift(entry);
    seq = (entry.data as PresenceChange).before;
  }
  for (const entry of entries) state = await applyEntry(channel, entry, state, table);
  return state;
};

const applyEntry = async (
  channel: string,
  { seq, data }: LogEntry,
  state: PresenceState,
  table: ChannelTable,
): Promise<PresenceState> => {
  const { joined, left, count, large = state.large } = data as PresenceChange;
  for (const user of joined) await table.markUser(channel, encodeUser(user), { here: true, seq });
  for (const user of left) await table.markUser(channel, encodeUser(user), { here: false, seq });
  const next = { seq, count, large };
  await table.setPresence(channel, next);
  return next;
};
