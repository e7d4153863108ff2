import type { Broadcast } from '../../schemas/broadcast-record.ts';
import type { ReceivedChannelRecord } from '../../schemas/channels/channel-record.ts';
import { type ChannelRule, EPHEMERAL_LIFE_MS } from '../../schemas/channels/channel-rules.ts';
import {
  entryFrame,
  type LogEntry,
  MAX_MESSAGE_FRAME_BYTES,
  messageFrame,
  textOf,
} from '../../schemas/channels/frames.ts';
import { BROADCAST_LIFE_MS } from '../../schemas/quotas.ts';

/** Whether a client can receive the message: its frame has at most 120 KB. */
export const isDeliverable = ({ channel, content, at }: ReceivedChannelRecord): boolean => {
  if (!('data' in content)) return true;
  const { data, id } = content;
  const frame = messageFrame(channel, { data, id, at, seq: Number.MAX_SAFE_INTEGER });
  return Buffer.byteLength(JSON.stringify(frame)) <= MAX_MESSAGE_FRAME_BYTES;
};

interface BroadcastOptions {
  /** The numbered entry; `undefined` without history. */
  entry: LogEntry | undefined;
  rule: ChannelRule;
  /** Least `sentAt`, in epoch milliseconds. */
  earliest: number;
}

/** Makes the broadcast to the subscribers of a channel: a text for plain clients, and a frame for protocol clients. */
export const toBroadcast = (
  channel: string,
  { content, at, messageId }: ReceivedChannelRecord,
  { entry, rule, earliest }: BroadcastOptions,
): Broadcast => {
  const id = 'data' in content ? content.id : messageId;
  const except = 'data' in content ? content.except : undefined;
  const frame = JSON.stringify(
    entry ? entryFrame(channel, entry) : messageFrame(channel, { data: 'data' in content && content.data, id, at }),
  );
  const sentAt = Math.max(at, earliest);
  return {
    id,
    data: entry?.kind === 'presence' ? frame : textOf('data' in content && content.data),
    frame,
    sentAt,
    expiresAt: at + (rule.ephemeral ? EPHEMERAL_LIFE_MS : BROADCAST_LIFE_MS),
    attempts: 0,
    ...(except !== undefined && !rule.history && { except }),
  };
};
