import { createHmac } from 'node:crypto';
import type { Credentials } from '../../model/application.ts';
import { memoize } from '../../runtime/memoize.ts';
import { hmacSha256 } from './hmac-sha256.ts';

/** Signs with the signing key of one access key and one day. Returns hexadecimal digits. */
export type Sign = (stringToSign: string) => string;

/** Length of `20261120`. */
const DATE_LENGTH = 8;
const derive = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/**
 * Provides the signing keys of Signature Version 4. Each is derived once per access key and day.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export const signingKeys = (region: string, service: string): ((credentials: Credentials, date: string) => Sign) => {
  const signerOf = memoize((dateAndSecret) => {
    const [date, secret] = [dateAndSecret.slice(0, DATE_LENGTH), dateAndSecret.slice(DATE_LENGTH)];
    return hmacSha256([region, service, 'aws4_request'].reduce<Buffer>(derive, derive(`AWS4${secret}`, date)));
  });
  return ({ secretAccessKey }, date) => signerOf(date + secretAccessKey);
};
