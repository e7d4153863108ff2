import { ClientError } from './errors.ts';
import { MAX_MESSAGE_BYTES } from './quotas.ts';

/**
 * Checks that API Gateway can deliver a text: 1 to 131,072 bytes of UTF-8.
 * @throws {ClientError} `MESSAGE_TOO_LARGE`, with `details.bytes` and `details.maxBytes`.
 * @throws {TypeError} where `data` is no text, or empty.
 */
export const assertDeliverable = (data: string): void => {
  if (typeof data !== 'string' || data === '') {
    throw new TypeError(`Expected data to be a text that is not empty, got ${data === '' ? "''" : typeof data}`);
  }
  const bytes = Buffer.byteLength(data);
  if (bytes > MAX_MESSAGE_BYTES) throw new ClientError('MESSAGE_TOO_LARGE', { bytes, maxBytes: MAX_MESSAGE_BYTES });
};
