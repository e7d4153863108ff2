import { createHash, randomUUID } from 'node:crypto';
import { ClientError, type SchemaViolation } from '../errors.ts';
import { MAX_KEY_BYTES } from '../quotas.ts';
import { checkValue } from '../validation/body-validator.ts';
import type { ChannelRecord } from './channel-record.ts';
import { type Channels, findChannel } from './define-channels.ts';
import { MAX_MESSAGE_FRAME_BYTES, type MessageFrame } from './frames.ts';

export interface PublishOptions {
  /**
   * 1 to 64 characters of `A-Z a-z 0-9 _ -`. The same key of the same publisher in a channel within 5 minutes is
   * published once. Default: every call publishes.
   */
  key?: string;
  /** A connection that does not receive the message. Only for channels without history. */
  except?: string;
}

/** A record for the channel queue. Its `id` is also its deduplication id. */
export type PublishRecord = ChannelRecord & { id: string };

/**
 * Creates a message for the channel queue. Routes use it, and any backend can.
 *
 * ```ts
 * import { createChannelRecord, defineChannels } from 'middy-fanout/schemas';
 * import { wave } from './wave.validator.ts';
 *
 * const channels = defineChannels({ 'room:{room}': { message: wave } });
 * export const record = await createChannelRecord(channels, 'room:42', { action: 'wave', name: 'Ada' });
 * ```
 * @param publisher With `options.key`: the user that publishes. Each has keys of its own. Default: no user.
 * @throws {ClientError} `CHANNEL_UNKNOWN`, `MESSAGE_INVALID` with paths that begin with `/data`, or
 * `MESSAGE_TOO_LARGE` if the frame would have more than 120 KB.
 * @throws {TypeError} if an option is invalid, or the data has no JSON.
 */
export const createChannelRecord = async (
  channels: Channels,
  channel: string,
  data: unknown,
  { publisher = '', ...options }: PublishOptions & { publisher?: string } = {},
): Promise<PublishRecord> => {
  const found = findChannel(channels, channel);
  if (!found) throw new ClientError('CHANNEL_UNKNOWN', { channel });
  checkOptions(options);
  if (options.except !== undefined && found.rule.history)
    throw new TypeError(
      `The channel ${found.pattern} has a history, so every subscriber receives every message: publish without except`,
    );
  // Before an await, which would put the value of a promise in its place, past the validator.
  if (data instanceof Promise) throw new TypeError('Expected data to be a JSON value, got a promise: await it');
  const value = toJsonValue(found.rule.message ? await validData(found.rule.message, data) : data);
  const id = options.key === undefined ? randomUUID() : messageId(publisher, options.key);
  const at = Date.now();
  checkSize({ type: 'message', channel, seq: Number.MAX_SAFE_INTEGER, data: value, id, at });
  return { v: 1, channel, data: value, id, at, ...(options.except !== undefined && { except: options.except }) };
};

/** The id of a message with a key: the same for each try, and nobody else's. */
const messageId = (publisher: string, key: string): string =>
  createHash('sha256')
    .update(JSON.stringify([publisher, key]))
    .digest('base64url')
    .slice(0, 32);

const validData = async <T>(validator: Parameters<typeof checkValue<T>>[0], data: unknown): Promise<T> => {
  const checked = await checkValue(validator, data);
  if ('value' in checked) return checked.value;
  const { errors, ...facts } = checked;
  throw new ClientError('MESSAGE_INVALID', {
    errors: errors.map(inData),
    ...facts,
  });
};

/** Ajv's messages begin with the path. */
const inData = ({ path, rule, message }: SchemaViolation): SchemaViolation => ({
  path: `/data${path}`,
  rule,
  message: path !== '' && message.startsWith(path) ? `/data${message}` : message,
});

const toJsonValue = (data: unknown): unknown => {
  const text = JSON.stringify(data);
  if (text === undefined) throw new TypeError(`Expected data to be a JSON value, got ${typeof data}`);
  if (text === '""') throw new ClientError('MESSAGE_INVALID', { errors: [EMPTY] });
  return JSON.parse(text);
};

const EMPTY = { path: '/data', rule: 'minLength', message: '/data must not be empty' };

const checkSize = (frame: MessageFrame): void => {
  const bytes = Buffer.byteLength(JSON.stringify(frame));
  if (bytes > MAX_MESSAGE_FRAME_BYTES)
    throw new ClientError('MESSAGE_TOO_LARGE', { bytes, maxBytes: MAX_MESSAGE_FRAME_BYTES });
};

const checkOptions = ({ key, except, ...others }: PublishOptions): void => {
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw new TypeError(`Unknown option '${unknown}' of a message. The options are key and except`);
  if (key !== undefined && !(typeof key === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(key)))
    throw new TypeError('Expected key to have 1 to 64 characters of A-Z a-z 0-9 _ -');
  if (except !== undefined && (typeof except !== 'string' || except === '' || except.length > MAX_KEY_BYTES))
    throw new TypeError(`Expected except to be a connection id of 1 to ${MAX_KEY_BYTES} characters`);
};
