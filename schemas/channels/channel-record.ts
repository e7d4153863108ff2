import type { FromSchema, JSONSchema } from 'json-schema-to-ts';
import { MAX_KEY_BYTES } from '../quotas.ts';

/**
 * A record of the channel queue: a message for the subscribers of a channel. Any service may send
 * `{"v": 1, "channel": "room:42", "data": "text"}` to the queue, with the channel as its message group. Missing fields
 * are filled in from the SQS message.
 *
 * ```ts
 * import { channelRecordSchema } from 'middy-fanout/schemas';
 *
 * console.log(JSON.stringify(channelRecordSchema)); // for a backend in another language
 * ```
 * A record with `look` instead of `data` asks the fan-out to compare a user's presence with the subscriptions.
 */
export const channelRecordSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['v', 'channel'],
  properties: {
    v: { type: 'integer', enum: [1], description: 'Version of this contract' },
    channel: {
      type: 'string',
      pattern: '^[A-Za-z0-9_.:%-]{1,128}$',
      description: 'The channel, which is also the message group of the record',
    },
    data: { description: 'The data of the message: any JSON value' },
    id: { type: 'string', minLength: 1, maxLength: 128, description: 'Id of the message. Default: the SQS message id' },
    at: {
      type: 'number',
      minimum: 0,
      description: 'Epoch milliseconds; seconds are recognized. Default: the time when SQS received the record',
    },
    except: {
      type: 'string',
      minLength: 1,
      maxLength: MAX_KEY_BYTES,
      description: 'A connection that does not receive the message. Only for channels without history',
    },
    look: {
      type: 'string',
      minLength: 1,
      maxLength: 100,
      description: 'A user, percent-encoded, whose presence may have changed',
    },
  },
  oneOf: [
    { type: 'object', properties: { data: {} }, required: ['data'] },
    { type: 'object', properties: { look: {} }, required: ['look'] },
  ],
} as const satisfies JSONSchema;

/** A record as it is in the channel queue. */
export interface ChannelRecord {
  v: 1;
  channel: string;
  data?: unknown;
  id?: string;
  at?: number;
  except?: string;
  look?: string;
}

/** A record that was received from the channel queue, with all defaults filled in. */
export interface ReceivedChannelRecord {
  /** Id of the SQS message. */
  messageId: string;
  /** How often SQS has delivered the message, including this time. */
  receiveCount: number;
  /** The queue and the sequence number of the message: it grows within a message group. See {@link compareSources}. */
  source: string;
  channel: string;
  /** `look` is the encoded user whose presence may have changed. */
  content: { data: unknown; id: string; except?: string } | { look: string };
  /** Epoch milliseconds. */
  at: number;
}

/** Lets the compiler check that the schema and {@link ChannelRecord} agree. */
type Agrees<A extends B, B> = A;
export type ChannelRecordOfSchema = Agrees<FromSchema<typeof channelRecordSchema>, ChannelRecord>;

/** Joins the name of a queue and the sequence number of a message: `chat-channels.fifo/18849496460467696128`. */
export const sourceOf = (queueName: string, sequenceNumber: string): string => `${queueName}/${sequenceNumber}`;

/**
 * Whether a record was appended before the head moved to `headSource`. A record of another queue is always new.
 * Sequence numbers have up to 20 digits, too many for a number.
 */
export const isAppended = (source: string, headSource: string): boolean => {
  const [queue, sequence = ''] = splitSource(source);
  const [headQueue, headSequence = ''] = splitSource(headSource);
  if (queue !== headQueue) return false;
  return sequence.length === headSequence.length ? sequence <= headSequence : sequence.length < headSequence.length;
};

const splitSource = (source: string): [queue: string, sequence: string] => {
  const slash = source.lastIndexOf('/');
  return [source.slice(0, slash), source.slice(slash + 1).replace(/^0+/, '')];
};
