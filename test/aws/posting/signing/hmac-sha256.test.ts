import { createHmac } from 'node:crypto';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hmacSha256 } from '../../../../aws/posting/signing/hmac-sha256.ts';

it('returns the same as node:crypto, for keys and texts of any length', () => {
  const texts = fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), texts, (key, texts) => {
      const hmac = hmacSha256(key);
      for (const text of texts) expect(hmac(text)).toBe(createHmac('sha256', key).update(text).digest('hex'));
    }),
  );
});
