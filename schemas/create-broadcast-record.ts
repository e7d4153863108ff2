import { randomUUID } from 'node:crypto';
import type { BroadcastRecord } from './broadcast-record.ts';
import { ClientError } from './errors.ts';
import { BROADCAST_LIFE_MS, MAX_KEY_BYTES, MAX_MESSAGE_BYTES } from './quotas.ts';

/** A string, which is delivered unchanged, or any other JSON value. */
export type MessageData = string | number | boolean | object | null;

/**
 * Converts data to the text of a message. A string stays unchanged, any other value becomes JSON.
 * @returns 1 to 131,072 bytes of UTF-8, the range that API Gateway can deliver.
 * @throws {ClientError} `MESSAGE_TOO_LARGE`, with `details.bytes` and `details.maxBytes`.
 * @throws {TypeError} if `data` is an empty string or has no JSON form: `undefined`, a function, a promise, a `BigInt`,
 * a circular object.
 */
export const toMessageText = (data: MessageData): string => {
  const text = typeof data === 'string' ? data : toJson(data);
  if (text === '') throw new TypeError("Expected data to be a string that is not empty or a JSON value, got ''");
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_MESSAGE_BYTES) throw new ClientError('MESSAGE_TOO_LARGE', { bytes, maxBytes: MAX_MESSAGE_BYTES });
  return text;
};

const toJson = (data: unknown): string => {
  // `JSON.stringify` turns a promise into `{}`, which every client would receive.
  if (data instanceof Promise)
    throw new TypeError('Expected data to be a string or another JSON value, got a promise: await it');
  let reason = typeof data as string;
  try {
    const text: string | undefined = JSON.stringify(data);
    if (text !== undefined) return text;
  } catch (error) {
    // Only the first line of V8's message: the other lines draw the circle.
    [reason = reason] = String(Object(error).message ?? error).split('\n');
  }
  throw new TypeError(`Expected data to be a string or another JSON value, got ${reason}`);
};

export interface BroadcastOptions {
  /** A connection that does not receive the message, usually the sender. Default: no connection. */
  except?: string;
}

/**
 * Creates a new broadcast for the queue. Routes use it, and any backend can.
 *
 * ```ts
 * import { createBroadcastRecord } from 'middy-fanout/schemas';
 *
 * export const body = JSON.stringify(createBroadcastRecord({ price: 5 }, { except: 'PJqB0fHsqRcCHlw=' }));
 * ```
 * @param data The message for each connection: a string is sent unchanged, any other value as JSON. 1 to 131,072 bytes
 * of UTF-8.
 * @throws {ClientError} `MESSAGE_TOO_LARGE` if it has more bytes: API Gateway cannot deliver it.
 * @throws {TypeError} if `data` is an empty string or has no JSON form, if `except` cannot be a connection id, or if an
 * option does not exist.
 */
export const createBroadcastRecord = (data: MessageData, options: BroadcastOptions = {}): BroadcastRecord => {
  const text = toMessageText(data);
  const { except, ...others } = options;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw new TypeError(`Unknown option '${unknown}' of a broadcast. The only option is except`);
  if (except !== undefined) assertConnectionId(except);
  const sentAt = Date.now();
  return {
    v: 1,
    id: randomUUID(),
    data: text,
    sentAt,
    expiresAt: sentAt + BROADCAST_LIFE_MS,
    ...(except !== undefined && { except }),
  };
};

const assertConnectionId = (except: unknown): void => {
  if (typeof except === 'string' && except !== '' && except.length <= MAX_KEY_BYTES) return;
  const got = typeof except === 'string' ? `a string of ${except.length} characters` : typeof except;
  throw new TypeError(`Expected except to be a connection id of 1 to ${MAX_KEY_BYTES} characters, got ${got}`);
};
