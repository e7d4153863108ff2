import { randomUUID } from 'node:crypto';
import { assertDeliverable } from './assert-deliverable.ts';
import type { BroadcastRecord } from './broadcast-record.ts';
import { BROADCAST_LIFE_MS } from './quotas.ts';

export interface BroadcastOptions {
  /** A connection that does not receive it: the sender's, as a rule. Default none. */
  except?: string;
}

/**
 * A new broadcast, as it is sent to the queue: by a route, or by any backend.
 * @param data What each connection receives, verbatim: 1 to 131,072 bytes of UTF-8.
 * @throws {ClientError} `MESSAGE_TOO_LARGE` with more, which API Gateway delivers to nobody.
 * @throws {TypeError} where `data` is no text, or empty.
 */
export const createBroadcastRecord = (data: string, { except }: BroadcastOptions = {}): BroadcastRecord => {
  assertDeliverable(data);
  const sentAt = Date.now();
  return {
    v: 1,
    id: randomUUID(),
    data,
    sentAt,
    expiresAt: sentAt + BROADCAST_LIFE_MS,
    ...(except !== undefined && { except }),
  };
};
