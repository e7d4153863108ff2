import { ClientError, ERROR_CODES } from '../schemas/errors.ts';

/**
 * The HTTP status that tells an error where there is nobody to post to: a {@link ClientError}'s own, that of an error made
 * by `createError` of Middy or of `http-errors`, else 500.
 */
export const refusalStatus = (error: unknown): number => {
  if (error instanceof ClientError) return ERROR_CODES[error.code].statusCode;
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  const isRefusal = typeof statusCode === 'number' && statusCode >= 400 && statusCode < 600;
  return isRefusal ? statusCode : 500;
};
