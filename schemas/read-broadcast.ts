import type { Broadcast, BroadcastRecord, SegmentConnections } from './broadcast-record.ts';
import { broadcastRecord } from './broadcast-record.validator.ts';
import { normalizeRow, toEpochMs } from './connection-row.ts';
import { BROADCAST_LIFE_MS } from './quotas.ts';

export interface QueueMessage {
  messageId: string;
  body: string;
  /** Epoch milliseconds when SQS received it. */
  receivedAt: number;
}

/**
 * Reads a message of the broadcast queue, whoever wrote it, and fills in what it leaves out. Odd times and odd entries of
 * a segment are mended one by one, so that none takes others with it.
 * @param nowMs Epoch milliseconds.
 * @returns `undefined` if the body is not a broadcast record of a version we know.
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

/** The record that a text holds; `undefined` if it holds none of a version we know. */
export const readBroadcastRecord = (text: string): BroadcastRecord | undefined => {
  try {
    const record: unknown = JSON.parse(text);
    return broadcastRecord(record) ? record : undefined;
  } catch {
    return undefined;
  }
};

const readConnections = (found: Readonly<Record<string, unknown>>, nowMs: number): SegmentConnections => {
  const connections: Record<string, readonly [number, number]> = Object.create(null);
  for (const [connectionId, entry] of Object.entries(found)) {
    const [foundAt, foundTtl] = Array.isArray(entry) ? entry : [entry];
    const { connectedAt, ttl } = normalizeRow({ connectionId, connectedAt: foundAt, ttl: foundTtl }, nowMs);
    connections[connectionId] = [connectedAt, ttl];
  }
  return connections;
};
