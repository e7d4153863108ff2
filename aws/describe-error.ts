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

/** In characters. */
const MAX_MESSAGE_LENGTH = 1_000;
/** In characters: ten times what V8 writes by itself. */
const MAX_STACK_LENGTH = 10_000;
const MAX_CAUSES = 5;

/**
 * Describes an error and its causes for a log, without what must not be in one. A service that refuses a signature echoes
 * the request after the first line, with the session token in it; and Middy's errors carry the body as a cause's `data`.
 *
 * Takes anything that can be thrown, and never throws: what cannot be read is left out. The description is plain text and
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

/** A property of anything at all; `undefined` if reading it throws, as a getter may and a revoked proxy does. */
export const readProperty = (value: unknown, name: string): unknown => {
  try {
    return (value as Record<string, unknown> | null | undefined)?.[name];
  } catch {
    return undefined;
  }
};

const readText = (value: unknown, name: string): string | undefined => {
  const read = readProperty(value, name);
  return typeof read === 'string' ? read : undefined;
};

/** Errors of other realms, and those that are built like one, such as the `DOMException` of an aborted fetch. */
const isError = (value: unknown): boolean => {
  try {
    return types.isNativeError(value) || value instanceof Error;
  } catch {
    return false;
  }
};
