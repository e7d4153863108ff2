import { createHmac } from 'node:crypto';
import type { Credentials } from '../application.ts';
import { hmacSha256 } from './hmac-sha256.ts';

/** Signs with the key of one access key and day. Gives hexadecimal digits. */
export type Sign = (stringToSign: string) => string;

const MOST_CACHED = 1_000;
const derive = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/**
 * The signing keys of Signature Version 4, derived once per access key and day.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export const signingKeys = (region: string, service: string): ((credentials: Credentials, date: string) => Sign) => {
  const cache = new Map<string, Sign>();
  return ({ accessKeyId, secretAccessKey }, date) => {
    const name = `${date}/${accessKeyId}/${secretAccessKey}`;
    const cached = cache.get(name);
    if (cached) return cached;
    const dayKey = [region, service, 'aws4_request'].reduce<Buffer>(derive, derive(`AWS4${secretAccessKey}`, date));
    const sign = hmacSha256(dayKey);
    if (cache.size >= MOST_CACHED) cache.clear();
    cache.set(name, sign);
    return sign;
  };
};
