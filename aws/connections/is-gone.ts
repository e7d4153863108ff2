/**
 * Whether `@connections` said that there is no such connection: 410, or 400 for an id that is none. Told by status: the
 * SDK knows a `GoneException` only where the answer has the header `x-amzn-ErrorType`, and has no class for the other.
 */
export const isGone = (error: unknown): boolean => {
  const { $metadata, message = '' } = (error ?? {}) as { $metadata?: { httpStatusCode?: number }; message?: string };
  const status = $metadata?.httpStatusCode;
  return status === 410 || (status === 400 && message.startsWith('Invalid connectionId'));
};
