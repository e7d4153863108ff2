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
export { encodeUser } from '../schemas/channels/channel-name.ts';
export { type ChannelRecord, channelRecordSchema } from '../schemas/channels/channel-record.ts';
export type { ChannelRule } from '../schemas/channels/channel-rules.ts';
export {
  createChannelRecord,
  type PublishOptions,
  type PublishRecord,
} from '../schemas/channels/create-channel-record.ts';
export {
  type ChannelData,
  type ChannelDefinition,
  type ChannelDefinitions,
  type ChannelName,
  type Channels,
  defineChannels,
  type PublishPolicy,
} from '../schemas/channels/define-channels.ts';
export type { EndedRecord } from '../schemas/channels/ended-record.ts';
export type {
  AckFrame,
  AckId,
  ChannelState,
  LogEntry,
  MessageFrame,
  PresenceFrame,
} from '../schemas/channels/frames.ts';
export { connectionHash } from '../schemas/connections/connection-hash.ts';
export type { ConnectionRow } from '../schemas/connections/connection-row.ts';
export { type BroadcastOptions, createBroadcastRecord, type MessageData } from '../schemas/create-broadcast-record.ts';
export { DEAD_LETTER_REASONS, type DeadLetter, type DeadLetterReason } from '../schemas/dead-letter.ts';
export type { ErrorFrame } from '../schemas/errors.ts';
export { ERROR_CODES, type ErrorCode, type SchemaViolation } from '../schemas/errors.ts';
export * from '../schemas/quotas.ts';
export { compileValidator, type Validator } from '../schemas/validation/compile-validator.ts';
