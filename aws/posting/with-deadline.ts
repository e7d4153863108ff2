import { HttpError } from './http/http-error.ts';

/**
 * The promise's result, or a rejection after `timeoutMs`. What the promise does is not stopped.
 * @throws {HttpError} `DEADLINE`
 */
export const withDeadline = async <T>(promise: Promise<T>, timeoutMs: number): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new HttpError('DEADLINE', `Expected a result within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
};
