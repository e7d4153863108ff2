import type { ChannelQueue } from '../aws/channels/channel-queue.ts';
import type {
  ChannelConnection,
  ChannelTable,
  Head,
  LogRange,
  PresenceState,
  Subscription,
  SubscriptionPage,
} from '../aws/channels/channel-table.ts';
import { USER_PREFIX } from '../schemas/channels/channel-name.ts';
import type { ChannelRecord } from '../schemas/channels/channel-record.ts';
import { MAX_CHANNELS } from '../schemas/channels/channel-rules.ts';
import type { LogEntry } from '../schemas/channels/frames.ts';
import type { DeadLetter } from '../schemas/dead-letter.ts';

/** A channel queue in memory, for tests. The real queue passes the same tests, and drops a repeated record. */
export class FakeChannelQueue implements ChannelQueue {
  readonly sent: ChannelRecord[] = [];
  /** The deduplication id of each record in `sent`. `undefined`: a random id. */
  readonly deduplicationIds: (string | undefined)[] = [];
  readonly deadLetters: DeadLetter[] = [];
  /** The message group of each letter in `deadLetters`. */
  readonly deadLetterGroups: string[] = [];
  /** While true, every call fails. */
  down = false;

  async send(record: ChannelRecord, deduplicationId?: string): Promise<void> {
    this.#assertUp();
    this.sent.push(structuredClone(record)); // a copy, because the caller may change its object
    this.deduplicationIds.push(deduplicationId);
  }

  async deadLetter(letter: DeadLetter, group: string): Promise<void> {
    this.#assertUp();
    this.deadLetters.push(structuredClone(letter));
    this.deadLetterGroups.push(group);
  }

  #assertUp(): void {
    if (this.down) throw new Error('The channel queue is down (set by the test)');
  }
}

export interface FakeChannelTableOptions {
  /** Most rows of a page. Default 1000. */
  pageSize?: number;
  /** Epoch milliseconds. Default `Date.now`. */
  now?: () => number;
}

/** A row of a connection. */
export interface FakeConnectionRow {
  connection: ChannelConnection;
  channels: Set<string>;
  ended: boolean;
}

/** A user of a channel. */
export interface FakeMark {
  here: boolean;
  seq: number;
  /** Epoch seconds. A user that is here has none. */
  ttl: number | undefined;
}

/** Our choice, as in the real table: how long a user that is gone stays, in seconds. */
const GONE_USER_SECONDS = 86_400;

/** A channel table in memory, for tests. The real table passes the same tests. Each call takes effect immediately. */
export class FakeChannelTable implements ChannelTable {
  /** By connection id. */
  readonly connections = new Map<string, FakeConnectionRow>();
  /** By channel, then by encoded user, `#` and connection id. */
  readonly subscriptions = new Map<string, Map<string, Subscription>>();
  /** By channel. */
  readonly heads = new Map<string, Head>();
  /** By channel, then by number. */
  readonly logs = new Map<string, Map<number, LogEntry & { ttl: number }>>();
  /** By channel, then by encoded user. */
  readonly marks = new Map<string, Map<string, FakeMark>>();
  /** The totals of `marks`, by channel. */
  readonly totals = new Map<string, PresenceState>();
  /** While true, every call fails. */
  down = false;
  readonly #pageSize: number;
  readonly #now: () => number;

  constructor({ pageSize = 1_000, now = Date.now }: FakeChannelTableOptions = {}) {
    this.#pageSize = pageSize;
    this.#now = now;
  }

  async openConnection(connection: ChannelConnection): Promise<void> {
    this.#assertUp();
    const { connectionId, user } = connection;
    if (this.connections.has(connectionId)) return;
    const channels = new Set(user === '' ? [] : [`${USER_PREFIX}${user}`]);
    this.connections.set(connectionId, { connection: { ...connection }, channels, ended: false });
  }

  async addChannel(connectionId: string, channel: string): Promise<ChannelConnection | 'full' | 'ended'> {
    this.#assertUp();
    const row = this.#open(connectionId);
    if (!row) return 'ended';
    const limit = row.connection.user === '' ? MAX_CHANNELS : MAX_CHANNELS + 1;
    if (row.channels.size >= limit && !row.channels.has(channel)) return 'full';
    row.channels.add(channel);
    return { ...row.connection };
  }

  async removeChannel(connectionId: string, channel: string): Promise<void> {
    this.#assertUp();
    this.connections.get(connectionId)?.channels.delete(channel);
  }

  async connection(connectionId: string): Promise<ChannelConnection | undefined> {
    this.#assertUp();
    const row = this.#open(connectionId);
    return row && { ...row.connection };
  }

  async endConnection(connectionId: string): Promise<{ user: string; channels: readonly string[] } | undefined> {
    this.#assertUp();
    const row = this.connections.get(connectionId);
    if (!row) return undefined;
    row.ended = true;
    return { user: row.connection.user, channels: [...row.channels] };
  }

  async endSubscriber(channel: string, { connectionId, ...facts }: Subscription): Promise<void> {
    this.#assertUp();
    const present = this.connections.get(connectionId);
    const row = present ?? { connection: { connectionId, ...facts }, channels: new Set(), ended: true };
    row.ended = true;
    row.channels.add(channel);
    this.connections.set(connectionId, row);
  }

  async deleteConnection(connectionId: string): Promise<void> {
    this.#assertUp();
    this.connections.delete(connectionId);
  }

  async putSubscription(channel: string, subscription: Subscription): Promise<void> {
    this.#assertUp();
    const { user, connectionId } = subscription;
    mapIn(this.subscriptions, channel).set(`${user}#${connectionId}`, { ...subscription });
  }

  async deleteSubscription(channel: string, user: string, connectionId: string): Promise<void> {
    this.#assertUp();
    this.subscriptions.get(channel)?.delete(`${user}#${connectionId}`);
  }

  async hasSubscription(channel: string, user: string, connectionId: string): Promise<boolean> {
    this.#assertUp();
    return this.#isLive(this.subscriptions.get(channel)?.get(`${user}#${connectionId}`));
  }

  async subscriptionPage(channel: string, cursor?: string): Promise<SubscriptionPage> {
    this.#assertUp();
    const rows = this.subscriptions.get(channel) ?? new Map<string, Subscription>();
    const keys = [...rows.keys()].sort().filter((key) => cursor === undefined || key > cursor);
    const page = keys.slice(0, this.#pageSize);
    const subscriptions = page.flatMap((key) => rows.get(key) ?? []).filter((row) => this.#isLive(row));
    return {
      subscriptions: subscriptions.map((row) => ({ ...row })),
      cursor: keys.length > page.length ? page.at(-1) : undefined,
    };
  }

  async hasUser(channel: string, user: string): Promise<boolean> {
    this.#assertUp();
    for (const row of this.subscriptions.get(channel)?.values() ?? [])
      if (row.user === user && this.#isLive(row)) return true;
    return false;
  }

  async head(channel: string): Promise<Head | undefined> {
    this.#assertUp();
    const head = this.heads.get(channel);
    return head && { ...head };
  }

  async createHead(channel: string, seq: number): Promise<Head> {
    this.#assertUp();
    const head = this.heads.get(channel) ?? { seq, source: '', presenceSeq: 0 };
    this.heads.set(channel, head);
    return { ...head };
  }

  async moveHead(channel: string, from: Head, to: Head): Promise<boolean> {
    this.#assertUp();
    const head = this.heads.get(channel);
    const isFrom = head?.seq === from.seq && head.source === from.source && head.presenceSeq === from.presenceSeq;
    if (isFrom) this.heads.set(channel, { ...to });
    return isFrom;
  }

  async append(channel: string, entry: LogEntry, ttl: number): Promise<boolean> {
    this.#assertUp();
    const log = mapIn(this.logs, channel);
    const taken = log.get(entry.seq);
    if (taken && taken.source !== entry.source && this.#isLive(taken)) return false;
    log.set(entry.seq, { ...structuredClone(entry), ttl }); // a copy, because the caller may change its object
    return true;
  }

  async log(channel: string, { after, upTo, limit, newestFirst = false }: LogRange): Promise<readonly LogEntry[]> {
    this.#assertUp();
    const entries = [...(this.logs.get(channel)?.values() ?? [])]
      .filter((entry) => entry.seq > after && entry.seq <= upTo && this.#isLive(entry))
      .sort((a, b) => (newestFirst ? b.seq - a.seq : a.seq - b.seq));
    return entries.slice(0, Math.min(limit, this.#pageSize)).map(({ ttl, ...entry }) => structuredClone(entry));
  }

  async presence(channel: string): Promise<PresenceState> {
    this.#assertUp();
    return { seq: 0, count: 0, large: false, ...this.totals.get(channel) };
  }

  async setPresence(channel: string, state: PresenceState, { force = false } = {}): Promise<void> {
    this.#assertUp();
    const present = this.totals.get(channel);
    if (!present || present.seq < state.seq || (force && present.seq === state.seq))
      this.totals.set(channel, { ...state });
  }

  async markUser(channel: string, user: string, { here, seq }: { here: boolean; seq: number }): Promise<boolean> {
    this.#assertUp();
    const marks = mapIn(this.marks, channel);
    const before = marks.get(user);
    if (before && before.seq > seq) return false;
    marks.set(user, { here, seq, ttl: here ? undefined : Math.floor(this.#now() / 1_000) + GONE_USER_SECONDS });
    return (before?.here ?? false) !== here;
  }

  async isHere(channel: string, user: string): Promise<boolean> {
    this.#assertUp();
    return this.marks.get(channel)?.get(user)?.here ?? false;
  }

  async users(
    channel: string,
    limit: number,
    cursor = '',
  ): Promise<{ users: readonly string[]; cursor: string | undefined }> {
    this.#assertUp();
    const here = [...(this.marks.get(channel) ?? [])].filter(([user, mark]) => mark.here && user > cursor);
    const users = here.map(([user]) => user).sort();
    return { users: users.slice(0, limit), cursor: users.length > limit ? users[limit - 1] : undefined };
  }

  #open(connectionId: string): FakeConnectionRow | undefined {
    const row = this.connections.get(connectionId);
    return row && !row.ended && this.#isLive(row.connection) ? row : undefined;
  }

  #isLive(row: { ttl: number } | undefined): boolean {
    return row !== undefined && row.ttl > Math.floor(this.#now() / 1_000);
  }

  #assertUp(): void {
    if (this.down) throw new Error('The channel table is down (set by the test)');
  }
}

const mapIn = <K, V>(maps: Map<string, Map<K, V>>, channel: string): Map<K, V> => {
  const map = maps.get(channel) ?? new Map<K, V>();
  maps.set(channel, map);
  return map;
};
