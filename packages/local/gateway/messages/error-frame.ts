/** API Gateway's own words to a client whose message it could not have answered. */
export type ErrorFrameMessage =
  | 'Forbidden'
  | 'Invalid request body'
  | 'Internal server error'
  | 'Endpoint request timed out'
  | 'Too Many Requests';

/** The frame, with the key order and the spacing of AWS's: one space after the first colon, none after the others. */
export const errorFrame = (message: ErrorFrameMessage, connectionId: string, requestId: string): string =>
  `{"message": "${message}", "connectionId":"${connectionId}", "requestId":"${requestId}"}`;
