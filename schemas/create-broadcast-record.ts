import { randomUUID } from 'node:crypto';
import type { BroadcastRecord } from './broadcast-record.ts';
import { ClientError } from './errors.ts';
import { BROADCAST_LIFE_MS, MAX_KEY_BYTES, MAX_MESSAGE_BYTES } from './quotas.ts';

/**
 * Checks that API Gateway can deliver a text: 1 to 131,072 bytes of UTF-8.
 * @throws {ClientError} `MESSAGE_TOO_LARGE`, with `details.bytes` and `details.maxBytes`.
 * @throws {TypeError} where `data` is no text, or empty.
 */
export const assertDeliverable = (data: string): void => {
  if (typeof data !== 'string' || data === '') {
    throw new TypeError(`Expected data to be a text that is not empty, got ${data === '' ? "''" : typeof data}`);
  }
  const bytes = Buffer.byteLength(data);
  if (bytes > MAX_MESSAGE_BYTES) throw new ClientError('MESSAGE_TOO_LARGE', { bytes, maxBytes: MAX_MESSAGE_BYTES });
};

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
