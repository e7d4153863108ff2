import { createHmac } from 'node:crypto';
import type { Credentials } from '../../model/application.ts';
import { remember } from '../../runtime/remember.ts';
import { hmacSha256 } from './hmac-sha256.ts';

/** Signs with the key of one access key and day. Gives hexadecimal digits. */
export type Sign = (stringToSign: string) => string;

/** `20261120` */
const DATE_LENGTH = 8;
const derive = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/**
 * The signing keys of Signature Version 4, derived once per access key and day.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export const signingKeys = (region: string, service: string): ((credentials: Credentials, date: string) => Sign) => {
  const signerOf = remember((dateAndSecret) => {
    const [date, secret] = [dateAndSecret.slice(0, DATE_LENGTH), dateAndSecret.slice(DATE_LENGTH)];
    return hmacSha256([region, service, 'aws4_request'].reduce<Buffer>(derive, derive(`AWS4${secret}`, date)));
  });
  return ({ secretAccessKey }, date) => signerOf(date + secretAccessKey);
};
