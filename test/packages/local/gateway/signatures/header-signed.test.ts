import { expect, it } from '@jest/globals';
import type { SignedRequest } from '../../../../../packages/local/gateway/signatures/canonical-request.ts';
import { headerSigned } from '../../../../../packages/local/gateway/signatures/header-signed.ts';

const SEVEN_DAYS_MS = 7 * 24 * 3_600_000;
const signed = (expires: string): SignedRequest => ({
  method: 'GET',
  url: `/production?X-Amz-Date=20261121T003000Z${expires}&X-Amz-Signature=abc`,
  headers: { host: 'h' },
  bodyHash: '',
});

it.each([
  ['900', 900_000],
  ['604800', SEVEN_DAYS_MS],
  ['604801', SEVEN_DAYS_MS],
  ['99999999999', SEVEN_DAYS_MS],
])('takes X-Amz-Expires=%s for %d ms, never for more than seven days', (seconds, validForMs) => {
  expect(headerSigned(signed(`&X-Amz-Expires=${seconds}`))).toMatchObject({ validForMs });
});

it.each([[''], ['&X-Amz-Expires=0'], ['&X-Amz-Expires=-5'], ['&X-Amz-Expires=soon']])(
  'leaves what is valid to the verifier with "%s"',
  (expires) => {
    expect(headerSigned(signed(expires))).not.toHaveProperty('validForMs');
  },
);
