import { types } from 'node:util';

/** What a log says of an error. */
export interface ErrorDescription {
  name: string;
  message: string;
  /** A system error's, or one of ours. */
  code?: string;
  /** The HTTP status that a service of AWS answered. */
  status?: number;
  /** Where it came from: the frames alone. */
  stack?: string;
  cause?: ErrorDescription;
}

const MAX_MESSAGE_LENGTH = 1_000;
const MAX_CAUSES = 5;

/**
 * Describes an error and its causes for a log, without what must not be in one. A service that refuses a signature echoes
 * the request after the first line, with the session token in it; and Middy's errors carry the body as a cause's `data`.
 */
export const describeError = (error: unknown, maxCauses: number = MAX_CAUSES): ErrorDescription => {
  if (!types.isNativeError(error)) return { name: 'NotAnError', message: `A ${typeof error} was thrown` };
  const { name, message, stack = '', cause, code, $metadata } = error as Described;
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return {
    name,
    message: ($metadata ? (message.split('\n', 1)[0] ?? '') : message).slice(0, MAX_MESSAGE_LENGTH),
    ...(typeof code === 'string' && { code }),
    ...($metadata?.httpStatusCode !== undefined && { status: $metadata.httpStatusCode }),
    ...(frames.length > 0 && { stack: frames.join('\n') }),
    ...(types.isNativeError(cause) && maxCauses > 0 && { cause: describeError(cause, maxCauses - 1) }),
  };
};

interface Described extends Error {
  code?: unknown;
  $metadata?: { httpStatusCode?: number };
}
