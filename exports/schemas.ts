/**
 * The entry point without AWS and Middy. For validators, for clients, and for backends that send records to the queue.
 * @module middy-fanout/schemas
 */

export type { BroadcastAccount } from '../schemas/broadcast-account.ts';
export {
  type Broadcast,
  type BroadcastRecord,
  broadcastRecordSchema,
  type SegmentConnections,
} from '../schemas/broadcast-record.ts';
export { connectionHash } from '../schemas/connections/connection-hash.ts';
export type { ConnectionRow } from '../schemas/connections/connection-row.ts';
export { type BroadcastOptions, createBroadcastRecord, type MessageData } from '../schemas/create-broadcast-record.ts';
export { DEAD_LETTER_REASONS, type DeadLetter, type DeadLetterReason } from '../schemas/dead-letter.ts';
export type { ErrorFrame } from '../schemas/errors.ts';
export { ERROR_CODES, type ErrorCode, type SchemaViolation } from '../schemas/errors.ts';
export * from '../schemas/quotas.ts';
export { compileValidator, type Validator } from '../schemas/validation/compile-validator.ts';
