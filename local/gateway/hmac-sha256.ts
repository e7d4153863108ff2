import { hash } from 'node:crypto';

const BLOCK_BYTES = 64;

/**
 * HMAC-SHA-256 with one key for many messages, as two `crypto.hash` calls: measured at 1.1 µs on Node 24, where
 * `createHmac` takes 12-14 µs.
 *
 * @param key At most 64 bytes: a signing key has 32.
 * @see https://datatracker.ietf.org/doc/html/rfc2104
 */
export const hmacSha256 = (key: Buffer): ((message: string) => string) => {
  const padded = Buffer.alloc(BLOCK_BYTES);
  key.copy(padded);
  const inner = padded.map((byte) => byte ^ 0x36);
  const outer = padded.map((byte) => byte ^ 0x5c);
  return (message) => {
    const innerHash = hash('sha256', Buffer.concat([inner, Buffer.from(message)]), 'buffer');
    return hash('sha256', Buffer.concat([outer, innerHash]), 'hex');
  };
};
