import type { BroadcastRecord } from '../../schemas/broadcast-record.ts';
import { BROADCAST_LIFE_MS } from '../../schemas/quotas.ts';

/**
 * The record as it is sent again: with all its attempts, and at least ten minutes to live, because whoever redrives it
 * wants it delivered. Id and order stay those of the broadcast.
 *
 * @param messageId Of the SQS message, which is a broadcast's id where its record has none.
 * @param now Epoch milliseconds.
 */
export const reviveRecord = (record: BroadcastRecord, messageId: string, now: number): BroadcastRecord => ({
  ...record,
  id: record.id ?? messageId,
  attempts: 0,
  expiresAt: Math.max(record.expiresAt ?? 0, now + BROADCAST_LIFE_MS),
});
