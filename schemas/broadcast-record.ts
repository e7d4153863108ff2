import type { FromSchema, JSONSchema } from 'json-schema-to-ts';
import { MAX_MESSAGE_BYTES } from './quotas.ts';

/**
 * A record of the broadcast queue: one broadcast, or what is left to do of one. Any service may put
 * `{"v": 1, "data": "text"}` there; what is missing is filled in from the SQS message.
 */
export const broadcastRecordSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['v', 'data'],
  properties: {
    v: { type: 'integer', const: 1, description: 'Version of this contract' },
    data: {
      type: 'string',
      minLength: 1,
      maxLength: MAX_MESSAGE_BYTES,
      description: 'What each connection receives, verbatim. At most 131,072 bytes of UTF-8',
    },
    id: { type: 'string', minLength: 1, maxLength: 128, description: 'Of the broadcast. Default: the SQS message id' },
    sentAt: { type: 'integer', minimum: 0, description: 'Epoch milliseconds. Default: when SQS received the record' },
    expiresAt: { type: 'integer', minimum: 0, description: 'Epoch milliseconds. Default: sentAt and ten minutes' },
    except: { type: 'string', minLength: 1, maxLength: 128, description: 'A connection that does not receive it' },
    attempts: { type: 'integer', minimum: 0, description: 'How many functions have worked on this before. Default 0' },
    connections: {
      type: 'object',
      description: 'Makes the record a segment: only these are posted to. connectionId: connectedAt in epoch seconds',
      additionalProperties: { type: 'integer', minimum: 0 },
    },
    cursor: {
      type: 'string',
      minLength: 1,
      maxLength: 128,
      description: 'The scan goes on after this connectionId. Not together with connections',
    },
  },
  not: { type: 'object', properties: { connections: {}, cursor: {} }, required: ['connections', 'cursor'] },
} as const satisfies JSONSchema;

/** As it is written to the queue. */
export interface BroadcastRecord {
  v: 1;
  data: string;
  id?: string;
  sentAt?: number;
  expiresAt?: number;
  except?: string;
  attempts?: number;
  connections?: SegmentConnections;
  cursor?: string;
}

/**
 * connectionId to connectedAt (epoch seconds): what is needed to post, and to tell a stale connection from one that is
 * still connecting.
 */
export type SegmentConnections = Readonly<Record<string, number>>;

/** A record with everything filled in: what the fan-out works on. */
export interface Broadcast {
  v: 1;
  id: string;
  data: string;
  sentAt: number;
  expiresAt: number;
  attempts: number;
  except?: string;
  connections?: SegmentConnections;
  cursor?: string;
}

/** The compiler's word that the schema and {@link BroadcastRecord} agree. */
type Agrees<A extends B, B> = A;
export type BroadcastRecordOfSchema = Agrees<FromSchema<typeof broadcastRecordSchema>, BroadcastRecord>;
