import { hash } from 'node:crypto';

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;

/**
 * HMAC-SHA256 (RFC 2104) with one key for many strings.
 *
 * It makes two `crypto.hash` calls, because every post is signed: on Node 24 `createHmac` takes 12 µs, and each of
 * these calls 1 µs. Digests are hexadecimal text, which `crypto.hash` returns twice as fast as a buffer.
 *
 * @returns a function that returns the HMAC of a UTF-8 string, in lower-case hexadecimal.
 */
export const hmacSha256 = (key: Uint8Array): ((text: string) => string) => {
  const block = Buffer.alloc(BLOCK_BYTES);
  block.set(key.length > BLOCK_BYTES ? hash('sha256', key, 'buffer') : key);
  const outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES);
  outer.set(block.map((byte) => byte ^ 0x5c));
  let inner = Buffer.from(block.map((byte) => byte ^ 0x36));
  return (text) => {
    const innerBytes = BLOCK_BYTES + Buffer.byteLength(text);
    if (inner.length < innerBytes) inner = Buffer.concat([inner], innerBytes);
    inner.write(text, BLOCK_BYTES);
    outer.write(hash('sha256', inner.subarray(0, innerBytes)), BLOCK_BYTES, 'hex');
    return hash('sha256', outer);
  };
};
