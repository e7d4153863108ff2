import { randomUUID } from 'node:crypto';
import { assertDeliverable } from './assert-deliverable.ts';
import type { BroadcastRecord } from './broadcast-record.ts';
import { BROADCAST_LIFE_MS, MAX_KEY_BYTES } from './quotas.ts';

export interface BroadcastOptions {
  /** A connection that does not receive it: the sender's, as a rule. Default none. */
  except?: string;
}

/**
 * A new broadcast, as it is sent to the queue: by a route, or by any backend.
 * @param data What each connection receives, verbatim: 1 to 131,072 bytes of UTF-8.
 * @throws {ClientError} `MESSAGE_TOO_LARGE` with more, which API Gateway delivers to nobody.
 * @throws {TypeError} if `data` is not a text or empty, or if `except` cannot be a connection's id.
 */
export const createBroadcastRecord = (data: string, { except }: BroadcastOptions = {}): BroadcastRecord => {
  assertDeliverable(data);
  if (except !== undefined) assertConnectionId(except);
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

const assertConnectionId = (except: unknown): void => {
  if (typeof except === 'string' && except !== '' && except.length <= MAX_KEY_BYTES) return;
  const got = typeof except === 'string' ? `a text of ${except.length} characters` : typeof except;
  throw new TypeError(`Expected except to be a connection id of 1 to ${MAX_KEY_BYTES} characters, got ${got}`);
};
