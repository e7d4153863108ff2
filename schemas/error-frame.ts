import type { ErrorCode, SchemaViolation } from './errors.ts';

/**
 * What a client receives when its message was refused: the keys of API Gateway's own error frames
 * (`message`, `connectionId`, `requestId`), then ours. Nothing internal is ever in it.
 */
export interface ErrorFrame {
  message: string;
  connectionId: string;
  requestId: string;
  code: ErrorCode;
  /**
   * The first {@link MAX_FRAME_ERRORS} rules that the message breaks. Only with `MESSAGE_INVALID`, and with
   * `MESSAGE_MALFORMED`, where it is one, of the rule `json`, that says where the text goes wrong.
   */
  errors?: readonly SchemaViolation[];
  /** How many more rules it breaks. Only where there are more than are listed. */
  moreErrors?: number;
}

/** So that no refusal outgrows a frame. */
export const MAX_FRAME_ERRORS = 10;
