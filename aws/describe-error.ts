import { types } from 'node:util';

/** An error as a log shows it. */
export interface ErrorDescription {
  name: string;
  message: string;
  /** The code of a system error or of this framework. */
  code?: string;
  /** The HTTP status of an AWS service. */
  status?: number;
  /** The frames of the stack, without the message. */
  stack?: string;
  cause?: ErrorDescription;
}

/** In characters. */
const MAX_MESSAGE_LENGTH = 1_000;
/** In characters: ten times the length of V8's own stacks. */
const MAX_STACK_LENGTH = 10_000;
const MAX_CAUSES = 5;

/**
 * Describes an error and its causes for a log, and leaves secrets out. A service that refuses a signature echoes the
 * request, with the session token, after the first line of its message. Middy's errors carry the body in the `data` of
 * a cause.
 *
 * Accepts any thrown value and never throws: unreadable properties are left out. The description holds only text and
 * numbers, because a logger fails on an error whose `stack` is not text.
 */
export const describeError = (error: unknown, maxCauses: number = MAX_CAUSES): ErrorDescription => {
  if (!isError(error)) return { name: 'NotAnError', message: `A ${typeof error} was thrown` };
  const [message, code] = [readText(error, 'message') ?? '', readText(error, 'code')];
  const metadata = readProperty(error, '$metadata');
  const status = readProperty(metadata, 'httpStatusCode');
  const frames = (readText(error, 'stack') ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const cause = readProperty(error, 'cause');
  return {
    name: (readText(error, 'name') ?? 'Error').slice(0, MAX_MESSAGE_LENGTH),
    message: (metadata ? (message.split('\n', 1)[0] ?? '') : message).slice(0, MAX_MESSAGE_LENGTH),
    ...(code !== undefined && { code: code.slice(0, MAX_MESSAGE_LENGTH) }),
    ...(typeof status === 'number' && { status }),
    ...(frames.length > 0 && { stack: frames.join('\n').slice(0, MAX_STACK_LENGTH) }),
    ...(isError(cause) && maxCauses > 0 && { cause: describeError(cause, maxCauses - 1) }),
  };
};

/** Reads a property of any value. Returns `undefined` if the read throws: a getter may, and a revoked proxy does. */
export const readProperty = (value: unknown, name: PropertyKey): unknown => {
  try {
    return (value as Record<PropertyKey, unknown> | null | undefined)?.[name];
  } catch {
    return undefined;
  }
};

const readText = (value: unknown, name: string): string | undefined => {
  const text = readProperty(value, name);
  return typeof text === 'string' ? text : undefined;
};

/**
 * Includes errors of other realms, and objects that inherit from `Error`, such as the `DOMException` of an aborted
 * fetch.
 */
const isError = (value: unknown): boolean => {
  try {
    return types.isNativeError(value) || value instanceof Error;
  } catch {
    return false;
  }
};
