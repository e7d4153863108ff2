import { type ErrorFrame, MAX_FRAME_ERRORS } from '../schemas/error-frame.ts';
import { ERROR_CODES } from '../schemas/errors.ts';
import { readClientError } from './read-client-error.ts';

/** Ours: longest path, rule or text of one violation, in characters: a client chooses the names of unknown fields. */
const MAX_TEXT_LENGTH = 200;

/**
 * What a client may know of an error. A `ClientError` says its code, text and violations; anything else that was thrown is
 * `INTERNAL` and says nothing. At most about 12 KB, whatever the client sent. Never throws.
 */
export const errorFrameOf = (error: unknown, connectionId: string, requestId: string): ErrorFrame => {
  const { code = 'INTERNAL', violations = [], violationCount = 0 } = readClientError(error) ?? {};
  const errors = violations
    .slice(0, MAX_FRAME_ERRORS)
    .map(({ path, rule, message }) => ({ path: shorten(path), rule: shorten(rule), message: shorten(message) }));
  return {
    message: ERROR_CODES[code].message,
    connectionId,
    requestId,
    code,
    ...(errors.length > 0 && { errors }),
    ...(violationCount > errors.length && { moreErrors: violationCount - errors.length }),
  };
};

const shorten = (text: string): string =>
  text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH - 1)}…` : text;
