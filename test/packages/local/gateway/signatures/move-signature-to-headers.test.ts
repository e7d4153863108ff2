import { expect, it } from '@jest/globals';
import type { SignedRequest } from '../../../../../packages/local/gateway/signatures/canonical-request.ts';
import { moveSignatureToHeaders } from '../../../../../packages/local/gateway/signatures/move-signature-to-headers.ts';

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
])('reads X-Amz-Expires=%s as %d ms, at most seven days', (seconds, validForMs) => {
  expect(moveSignatureToHeaders(signed(`&X-Amz-Expires=${seconds}`))).toMatchObject({ validForMs });
});

it.each([[''], ['&X-Amz-Expires=0'], ['&X-Amz-Expires=-5'], ['&X-Amz-Expires=soon']])(
  'leaves the validity to the verifier with "%s"',
  (expires) => {
    expect(moveSignatureToHeaders(signed(expires))).not.toHaveProperty('validForMs');
  },
);
