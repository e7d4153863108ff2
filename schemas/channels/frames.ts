/** The name of the subprotocol in the handshake. */
export const SUBPROTOCOL = 'fanout.v1';
/** Our choice: largest message in its frame, in bytes, so that an answer can hold one beside other states. */
export const MAX_MESSAGE_FRAME_BYTES = 120 * 1_024;

/** A message of a channel, as a protocol client receives it. */
export interface MessageFrame {
  type: 'message';
  channel?: string;
  /** Only with history. */
  seq?: number;
  data: unknown;
  id: string;
  /** Epoch milliseconds. */
  at: number;
}

/** Users that came or went. It has a number like a message. */
export interface PresenceFrame {
  type: 'presence';
  channel: string;
  seq: number;
  joined: readonly string[];
  left: readonly string[];
  /** The channel has more than 100 users (`true`), or 80 again (`false`). While it is large, no such frames follow. */
  large?: boolean;
}

export type AckId = string | number;

/** The answer to a frame with an `ackId`. */
export interface AckFrame {
  type: 'ack';
  ackId: AckId;
  result?: unknown;
}

/** The state of a channel after `subscribe`, and for each channel of a `sync`. */
export interface ChannelState {
  channel: string;
  after?: number;
  /** The channel's last number, or with `more` the last number in `messages`. Absent without history. */
  seq?: number;
  messages?: readonly (MessageFrame | PresenceFrame)[];
  more?: true;
  /** Whether every number after `after` is still kept. Only if `after` was given. */
  recovered?: boolean;
}

/** A numbered entry of a channel's log. */
export interface LogEntry {
  seq: number;
  id: string;
  /** See `sourceOf`. */
  source: string;
  kind: 'message' | 'presence';
  /** The data of a message, or a {@link PresenceChange}. */
  data: unknown;
  /** Epoch milliseconds. */
  at: number;
}

/** The content of a presence entry. */
export interface PresenceChange {
  joined: readonly string[];
  left: readonly string[];
  /** How many users are here after it. */
  count: number;
  /** The number of the presence entry before it; 0 for the first. */
  before: number;
  /** See {@link PresenceFrame}. */
  large?: boolean;
}

/** Makes the frame of an entry, for posts and for answers. */
export const entryFrame = (channel: string, entry: LogEntry): MessageFrame | PresenceFrame => {
  const { seq, kind, data } = entry;
  if (kind === 'message') return messageFrame(channel, entry);
  const { joined, left, large } = data as PresenceChange;
  return { type: 'presence', channel, seq, joined, left, ...(large !== undefined && { large }) };
};

/** Makes the frame of a message. Without history it has no `seq`. */
export const messageFrame = (
  channel: string,
  { data, id, at, seq }: { data: unknown; id: string; at: number; seq?: number },
): MessageFrame => ({ type: 'message', channel, ...(seq !== undefined && { seq }), data, id, at });

/** A message's text for a plain client: a string unchanged, any other value as JSON. */
export const textOf = (data: unknown): string => (typeof data === 'string' ? data : JSON.stringify(data));
