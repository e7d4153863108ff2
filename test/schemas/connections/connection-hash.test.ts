import { createHash } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { connectionHash } from '../../../schemas/connections/connection-hash.ts';

it('is the start of the SHA-256, so that a connection can be found in a log by its id', () => {
  const sha256 = createHash('sha256').update('PJqB0fHsqRcCHlw=').digest('hex');
  expect(connectionHash('PJqB0fHsqRcCHlw=')).toBe(sha256.slice(0, 12));
});
