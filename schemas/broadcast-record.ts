import type { FromSchema, JSONSchema } from 'json-schema-to-ts';
import { MAX_KEY_BYTES, MAX_MESSAGE_BYTES } from './quotas.ts';

/**
 * A record of the broadcast queue: one broadcast, or what is left to do of one. Any service may put
 * `{"v": 1, "data": "text"}` there; what is missing is filled in from the SQS message ({@link readBroadcast}).
 *
 * Version 2 differs from version 1 in `connections` only. New broadcasts are of version 1, so that a function of the
 * last deployment still reads them; segments are of version 2. Both are read.
 */
export const broadcastRecordSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['v', 'data'],
  properties: {
    v: { type: 'integer', enum: [1, 2], description: 'Version of this contract' },
    data: {
      type: 'string',
      minLength: 1,
      maxLength: MAX_MESSAGE_BYTES,
      description: 'What each connection receives, verbatim. At most 131,072 bytes of UTF-8',
    },
    id: { type: 'string', minLength: 1, maxLength: 128, description: 'Of the broadcast. Default: the SQS message id' },
    sentAt: {
      type: 'number',
      minimum: 0,
      description: 'Epoch milliseconds; seconds are recognized. Default: when SQS received the record',
    },
    expiresAt: {
      type: 'number',
      minimum: 0,
      description: 'Epoch milliseconds; seconds are recognized. Default: sentAt and ten minutes',
    },
    except: {
      type: 'string',
      minLength: 1,
      maxLength: MAX_KEY_BYTES,
      description: 'A connection that does not receive it',
    },
    attempts: { type: 'integer', minimum: 0, description: 'How many functions have worked on this before. Default 0' },
    connections: {
      type: 'object',
      minProperties: 1,
      description:
        'Makes the record a segment: only these are posted to. connectionId: [connectedAt, ttl], in epoch seconds; in version 1 connectionId: connectedAt. An odd entry counts as an old connection',
    },
    cursor: {
      type: 'string',
      minLength: 1,
      maxLength: MAX_KEY_BYTES,
      description: 'The scan goes on after this connectionId. Not together with connections',
    },
  },
  not: { type: 'object', properties: { connections: {}, cursor: {} }, required: ['connections', 'cursor'] },
} as const satisfies JSONSchema;

/** As it is written to the queue. */
export interface BroadcastRecord {
  v: 1 | 2;
  data: string;
  id?: string;
  sentAt?: number;
  expiresAt?: number;
  except?: string;
  attempts?: number;
  connections?: Readonly<Record<string, unknown>>;
  cursor?: string;
}

/**
 * connectionId to connectedAt and ttl (epoch seconds): what is needed to post, to tell a stale connection from one that
 * is still connecting, and to post nothing to one whose time is over.
 */
export type SegmentConnections = Readonly<Record<string, readonly [connectedAt: number, ttl: number]>>;

/** A record with everything filled in: what the fan-out works on. */
export interface Broadcast {
  id: string;
  data: string;
  /** Epoch milliseconds. */
  sentAt: number;
  /** Epoch milliseconds. */
  expiresAt: number;
  attempts: number;
  except?: string;
  connections?: SegmentConnections;
  cursor?: string;
}

/** A broadcast as it came out of the queue. */
export interface ReceivedBroadcast {
  /** Of the SQS message: what is answered if the record has to come back. */
  messageId: string;
  /** How often SQS has handed the message out, this time included. */
  receiveCount: number;
  broadcast: Broadcast;
}

/** The compiler's word that the schema and {@link BroadcastRecord} agree. */
type Agrees<A extends B, B> = A;
export type BroadcastRecordOfSchema = Agrees<FromSchema<typeof broadcastRecordSchema>, BroadcastRecord>;
