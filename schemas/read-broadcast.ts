import type { Broadcast, BroadcastRecord, SegmentConnections } from './broadcast-record.ts';
import { broadcastRecord } from './broadcast-record.validator.ts';
import { normalizeRow, toEpochMs } from './connections/connection-row.ts';
import { BROADCAST_LIFE_MS } from './quotas.ts';

export interface QueueMessage {
  messageId: string;
  body: string;
  /** Epoch milliseconds when SQS received it. */
  receivedAt: number;
}

/**
 * Reads a message of the broadcast queue from any sender, and fills in missing fields. Times and entries of a segment
 * are corrected one by one, so that an invalid entry does not affect the others.
 * @param nowMs Epoch milliseconds.
 * @returns `undefined` if the body is not a broadcast record of a known version.
 */
export const readBroadcast = ({ messageId, body, receivedAt }: QueueMessage, nowMs: number): Broadcast | undefined => {
  const record = readBroadcastRecord(body);
  if (!record) return undefined;
  const { v: _v, connections, id = messageId, attempts = 0, ...rest } = record;
  const sentAt = record.sentAt === undefined ? receivedAt : toEpochMs(record.sentAt);
  const expiresAt = record.expiresAt === undefined ? sentAt + BROADCAST_LIFE_MS : toEpochMs(record.expiresAt);
  return {
    ...rest,
    id,
    attempts,
    sentAt,
    expiresAt,
    ...(connections && { connections: readConnections(connections, nowMs) }),
  };
};

/** Reads a record from text. @returns `undefined` if the text is not a broadcast record of a known version. */
export const readBroadcastRecord = (text: string): BroadcastRecord | undefined => {
  try {
    const record: unknown = JSON.parse(text);
    return broadcastRecord(record) ? record : undefined;
  } catch {
    return undefined;
  }
};

const readConnections = (entries: Readonly<Record<string, unknown>>, nowMs: number): SegmentConnections => {
  const connections: Record<string, readonly [number, number, 1?]> = Object.create(null);
  for (const [connectionId, entry] of Object.entries(entries)) {
    const [storedAt, storedTtl, protocol] = Array.isArray(entry) ? entry : [entry];
    const { connectedAt, ttl } = normalizeRow({ connectionId, connectedAt: storedAt, ttl: storedTtl }, nowMs);
    connections[connectionId] = protocol === 1 ? [connectedAt, ttl, 1] : [connectedAt, ttl];
  }
  return connections;
};
