import type { LogEntry } from '../../schemas/channels/frames.ts';

/** The end of a channel: its last number, and the source of the record that has it. */
export interface Head {
  /** The number of the last message. */
  seq: number;
  /** The source of the last appended record: see `schemas/channels/channel-record.ts`. Empty before the first. */
  source: string;
  /** The number of the last presence entry. 0 before the first. */
  presenceSeq: number;
}

export interface Subscription {
  connectionId: string;
  /** Encoded; empty for a connection without a user. */
  user: string;
  /** Epoch seconds. */
  connectedAt: number;
  /** Epoch seconds. */
  ttl: number;
  /** Whether the connection speaks `fanout.v1`. */
  protocol?: boolean;
}

/** A connection that can have subscriptions. */
export type ChannelConnection = Subscription;

export interface SubscriptionPage {
  subscriptions: readonly Subscription[];
  /** The cursor of the next page; `undefined` after the last page. */
  cursor: string | undefined;
}

export interface LogRange {
  /** Numbers above this. */
  after: number;
  /** Numbers up to this, included. */
  upTo: number;
  /** Most entries. */
  limit: number;
  /** The newest first. Default false. */
  newestFirst?: boolean;
}

export interface PresenceState {
  /** Every presence entry up to this number is reflected. */
  seq: number;
  /** How many users are here. */
  count: number;
  /** No presence entries are appended, because the channel has too many users. */
  large: boolean;
}

/**
 * The channels of a stage: subscriptions, and for channels with history a head, a log and who is here. Every read is
 * strongly consistent. Every write is one item, and safe to repeat. A row past its `ttl` counts as absent.
 */
export interface ChannelTable {
  /** Writes a new connection. Until then, and after its end, it cannot subscribe. */
  openConnection(connection: ChannelConnection): Promise<void>;
  /**
   * Adds a channel to the connection's set, before the subscription itself is written.
   * @returns the connection; `full` if the set has 50 channels beside the user's own; `ended` if the connection has
   * ended or was never opened.
   */
  addChannel(connectionId: string, channel: string): Promise<ChannelConnection | 'full' | 'ended'>;
  /** Removes a channel from the set, after the subscription itself was deleted. */
  removeChannel(connectionId: string, channel: string): Promise<void>;
  /** Reads an open connection. @returns `undefined` if it has ended or was never opened. */
  connection(connectionId: string): Promise<ChannelConnection | undefined>;
  /**
   * Marks a connection as ended: it cannot subscribe any more. A `subscribe` that has begun may still write.
   * @returns its user and its channels; `undefined` if it is not in the table.
   */
  endConnection(connectionId: string): Promise<{ user: string; channels: readonly string[] } | undefined>;
  /**
   * Ends the connection of a subscription that was found stale, even if the connection is not in the table. Its set has
   * the channel after that: an `unsubscribe` and a `subscribe` at the same time may have left a subscription without it.
   */
  endSubscriber(channel: string, subscription: Subscription): Promise<void>;
  /** Deletes a connection that has no subscriptions any more. */
  deleteConnection(connectionId: string): Promise<void>;

  putSubscription(channel: string, subscription: Subscription): Promise<void>;
  deleteSubscription(channel: string, user: string, connectionId: string): Promise<void>;
  hasSubscription(channel: string, user: string, connectionId: string): Promise<boolean>;
  /** One page of a channel's subscriptions, at most 1 MB. */
  subscriptionPage(channel: string, cursor?: string): Promise<SubscriptionPage>;
  /** Whether a connection of the user is subscribed. */
  hasUser(channel: string, user: string): Promise<boolean>;

  head(channel: string): Promise<Head | undefined>;
  /** Creates the head with this number unless there is one. @returns the head that is there now. */
  createHead(channel: string, seq: number): Promise<Head>;
  /** Moves the head if it is still `from`. @returns whether it moved. */
  moveHead(channel: string, from: Head, to: Head): Promise<boolean>;
  /**
   * Writes an entry unless its number is taken by another source.
   * @param ttl Epoch seconds.
   * @returns whether the number has this entry now.
   */
  append(channel: string, entry: LogEntry, ttl: number): Promise<boolean>;
  /** Reads entries in the order of their numbers. A page may be shorter than its limit: 1 MB. It is empty only if no entry is left. */
  log(channel: string, range: LogRange): Promise<readonly LogEntry[]>;

  /** The totals of the users that are here. All zero before the first user. */
  presence(channel: string): Promise<PresenceState>;
  /** Writes the totals if their number is above the present one, or equal to it and `force` is set. */
  setPresence(channel: string, state: PresenceState, options?: { force?: boolean }): Promise<void>;
  /** Marks a user as here or gone, unless a greater number has marked it. @returns whether it changed. */
  markUser(channel: string, user: string, mark: { here: boolean; seq: number }): Promise<boolean>;
  isHere(channel: string, user: string): Promise<boolean>;
  /** The encoded users that are here, in order, at most `limit` after `cursor`. */
  users(
    channel: string,
    limit: number,
    cursor?: string,
  ): Promise<{ users: readonly string[]; cursor: string | undefined }>;
}
