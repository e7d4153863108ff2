import { createHmac } from 'node:crypto';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hmacSha256 } from '../../../../../packages/local/gateway/signatures/hmac-sha256.ts';

it("gives the same digest as node:crypto's HMAC, for keys of up to one block", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.string({ unit: 'grapheme' }), (key, message) => {
      expect(hmacSha256(Buffer.from(key))(message)).toBe(createHmac('sha256', key).update(message).digest('hex'));
    }),
  );
});
