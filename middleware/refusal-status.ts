import { readProperty } from '../aws/describe-error.ts';
import { ERROR_CODES } from '../schemas/errors.ts';
import { readClientError } from './read-client-error.ts';

/**
 * The HTTP status that tells an error where there is nobody to post to: a `ClientError`'s own, that of an error made by
 * `createError` of Middy or of `http-errors`, else 500. Never throws.
 */
export const refusalStatus = (error: unknown): number => {
  const refusal = readClientError(error);
  if (refusal) return ERROR_CODES[refusal.code].statusCode;
  const status = readProperty(error, 'statusCode');
  const isRefusal = Number.isInteger(status) && (status as number) >= 400 && (status as number) < 600;
  return isRefusal ? (status as number) : 500;
};
