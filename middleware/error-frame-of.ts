import { type ErrorFrame, MAX_FRAME_ERRORS } from '../schemas/error-frame.ts';
import { ClientError, ERROR_CODES } from '../schemas/errors.ts';

/** Ours: longest path, rule or text of one violation, in characters: a client chooses the names of unknown fields. */
const MAX_TEXT_LENGTH = 200;

/**
 * What a client may know of an error. A {@link ClientError} says its code, text and violations; any other error is
 * `INTERNAL` and says nothing. At most about 12 KB, whatever the client sent.
 */
export const errorFrameOf = (error: unknown, connectionId: string, requestId: string): ErrorFrame => {
  const code = error instanceof ClientError ? error.code : 'INTERNAL';
  const errors = (error instanceof ClientError && error.details.errors) || [];
  return {
    message: ERROR_CODES[code].message,
    connectionId,
    requestId,
    code,
    ...(errors.length > 0 && {
      errors: errors
        .slice(0, MAX_FRAME_ERRORS)
        .map(({ path, rule, message }) => ({ path: shorten(path), rule: shorten(rule), message: shorten(message) })),
    }),
    ...(errors.length > MAX_FRAME_ERRORS && { moreErrors: errors.length - MAX_FRAME_ERRORS }),
  };
};

const shorten = (text: string): string =>
  text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH - 1)}…` : text;
