import type { FromSchema, JSONSchema } from 'json-schema-to-ts';
import { MAX_KEY_BYTES, MAX_MESSAGE_BYTES } from './quotas.ts';

/**
 * A record of the broadcast queue: a broadcast, or the rest of one. Any service may send `{"v": 1, "data": "text"}` to
 * the queue. Missing fields are filled in from the SQS message ({@link readBroadcast}).
 *
 * ```ts
 * import { broadcastRecordSchema } from 'middy-fanout/schemas';
 *
 * console.log(JSON.stringify(broadcastRecordSchema)); // for a backend in another language
 * ```
 * Version 2 differs from version 1 only in `connections`. Segments have version 2. New broadcasts have version 1, so
 * that a function of the previous deployment can read them. The fan-out reads both versions.
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
      description: 'The text that each connection receives, verbatim. At most 131,072 bytes of UTF-8',
    },
    id: {
      type: 'string',
      minLength: 1,
      maxLength: 128,
      description: 'Id of the broadcast. Default: the SQS message id',
    },
    sentAt: {
      type: 'number',
      minimum: 0,
      description: 'Epoch milliseconds; seconds are recognized. Default: the time when SQS received the record',
    },
    expiresAt: {
      type: 'number',
      minimum: 0,
      description: 'Epoch milliseconds; seconds are recognized. Default: ten minutes after sentAt',
    },
    except: {
      type: 'string',
      minLength: 1,
      maxLength: MAX_KEY_BYTES,
      description: 'A connection that does not receive the text',
    },
    attempts: {
      type: 'integer',
      minimum: 0,
      description: 'How many functions have tried this record before. Default 0',
    },
    connections: {
      type: 'object',
      minProperties: 1,
      description:
        'Makes the record a segment for these connections. connectionId: [connectedAt, ttl], in epoch seconds, with 1 as the third entry if the connection speaks fanout.v1; in version 1 connectionId: connectedAt. A connection with an invalid entry counts as old',
    },
    frame: {
      type: 'string',
      minLength: 1,
      maxLength: MAX_MESSAGE_BYTES,
      description: 'The text that connections with the subprotocol fanout.v1 receive instead of data',
    },
    cursor: {
      type: 'string',
      minLength: 1,
      maxLength: MAX_KEY_BYTES,
      description: 'The scan continues after this connectionId. Not allowed together with connections',
    },
  },
  not: { type: 'object', properties: { connections: {}, cursor: {} }, required: ['connections', 'cursor'] },
} as const satisfies JSONSchema;

/** A record as it is in the queue. */
export interface BroadcastRecord {
  v: 1 | 2;
  data: string;
  id?: string;
  sentAt?: number;
  expiresAt?: number;
  except?: string;
  attempts?: number;
  frame?: string;
  connections?: Readonly<Record<string, unknown>>;
  cursor?: string;
}

/**
 * Maps connectionId to connectedAt and ttl, in epoch seconds. The fan-out needs `connectedAt` to distinguish a stale
 * connection from one that is still connecting, and `ttl` so that it does not post to an expired one.
 */
export type SegmentConnections = Readonly<Record<string, readonly [connectedAt: number, ttl: number, protocol?: 1]>>;

/** A record with all defaults filled in, as the fan-out uses it. */
export interface Broadcast {
  id: string;
  data: string;
  /** Epoch milliseconds. */
  sentAt: number;
  /** Epoch milliseconds. */
  expiresAt: number;
  attempts: number;
  except?: string;
  /** The text for connections that speak `fanout.v1`. Default: a message frame without channel. */
  frame?: string;
  connections?: SegmentConnections;
  cursor?: string;
}

/** A broadcast that was received from the queue. */
export interface ReceivedBroadcast {
  /** Id of the SQS message. The fan-out returns it in `batchItemFailures` if SQS must deliver the record again. */
  messageId: string;
  /** How often SQS has delivered the message, including this time. */
  receiveCount: number;
  broadcast: Broadcast;
}

/** Lets the compiler check that the schema and {@link BroadcastRecord} agree. */
type Agrees<A extends B, B> = A;
export type BroadcastRecordOfSchema = Agrees<FromSchema<typeof broadcastRecordSchema>, BroadcastRecord>;
