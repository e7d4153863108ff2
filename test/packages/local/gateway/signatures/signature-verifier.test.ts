import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import type { SignedRequest } from '../../../../../packages/local/gateway/signatures/canonical-request.ts';
import {
  signatureVerifier,
  type Verification,
} from '../../../../../packages/local/gateway/signatures/signature-verifier.ts';
import { Sha256 } from '../support/sha256.ts';
import { DEVELOPER, FUNCTION, REGION, startTestGateway, type TestGateway } from '../support/test-gateway.ts';

const NOW = Date.UTC(2026, 10, 21, 0, 30, 0);
const CREDENTIALS = { local: DEVELOPER, ASIAFUNCTION: FUNCTION };
const verify = signatureVerifier({
  region: REGION,
  clock: { now: () => NOW, after: () => () => {} },
  keyring: {
    find: (accessKeyId) => {
      const credentials = CREDENTIALS[accessKeyId as keyof typeof CREDENTIALS];
      return credentials && { credentials, caller: { kind: 'developer' } };
    },
  },
});

interface Signing {
  method?: string;
  path?: string;
  query?: Record<string, string | string[]>;
  headers?: Record<string, string>;
  body?: string;
  region?: string;
  service?: string;
  credentials?: typeof FUNCTION | typeof DEVELOPER;
  at?: number;
}

/** A request as it arrives after `@smithy/signature-v4` signed it. */
const signed = async (signing: Signing = {}): Promise<SignedRequest> => {
  const { method = 'POST', path = '/production/@connections/QyiABCdefGHIjkl%3D', query = {}, body = '' } = signing;
  const signer = new SignatureV4({
    credentials: signing.credentials ?? DEVELOPER,
    region: signing.region ?? REGION,
    service: signing.service ?? 'execute-api',
    sha256: Sha256,
  });
  const request = {
    method,
    protocol: 'http:',
    hostname: 'h',
    path,
    query,
    headers: { host: 'h', ...signing.headers },
    body,
  };
  const { headers } = await signer.sign(request, { signingDate: new Date(signing.at ?? NOW) });
  const search = Object.entries(query).flatMap(([name, values]) =>
    [values].flat().map((value) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`),
  );
  return {
    method,
    url: search.length > 0 ? `${path}?${search.join('&')}` : path,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    bodyHash: createHash('sha256').update(body).digest('hex'),
  };
};
const messageOf = (verification: Verification): { errorType: string; message: string } => {
  if (!('refusal' in verification)) throw new Error('the signature was accepted');
  return verification.refusal;
};
const TAKEN = { caller: { kind: 'developer' } };

describe('signatureVerifier', () => {
  it.each<[string, Signing]>([
    ['an encoded id', {}],
    ['a raw =', { path: '/production/@connections/QyiABCdefGHIjkl=' }],
    ['%40 for @', { path: '/production/%40connections/QyiABCdefGHIjkl%3D' }],
    ['a stage named $default', { path: '/$default/@connections/QyiABCdefGHIjkl%3D' }],
    ['GET', { method: 'GET' }],
    ['a body', { body: 'grüezi' }],
    ['a session token', { credentials: FUNCTION }],
    ['a query string', { query: { b: '2 3', a: ['z', 'y'], 'a-b': '+', '*': "!'()" } }],
    ['headers with spaces in them', { headers: { 'x-amz-meta-note': '  two   spaces ' } }],
    ['a clock five minutes slow', { at: NOW - 300_000 }],
    ['a clock five minutes fast', { at: NOW + 300_000 }],
    ['yesterday, just before midnight', { at: NOW - 200_000 }],
  ])('accepts a request that the SDK signs with %s', async (_, signing) => {
    expect(verify(await signed(signing))).toMatchObject(TAKEN);
  });

  it('accepts a request that the SDK signs for any path and body', async () => {
    const segment = fc.string({ minLength: 1 }).map(encodeURIComponent);
    await fc.assert(
      fc.asyncProperty(fc.array(segment, { minLength: 1, maxLength: 4 }), fc.string(), async (segments, body) => {
        fc.pre(!segments.some((part) => part === '.' || part === '..'));
        expect(verify(await signed({ path: `/${segments.join('/')}`, body }))).toMatchObject(TAKEN);
      }),
    );
  });

  it('refuses a request that was changed after signing, and shows the string to sign', async () => {
    const request = await signed({ body: 'x' });
    for (const changed of [
      { ...request, method: 'DELETE' },
      { ...request, url: request.url.replace('Qyi', 'Qyj') },
      { ...request, bodyHash: '0'.repeat(64) },
      { ...request, headers: { ...request.headers, host: 'other' } },
    ]) {
      const { errorType, message } = messageOf(verify(changed));
      expect(errorType).toBe('InvalidSignatureException');
      expect(message).toMatch(/^The request signature we calculated does not match the signature you provided\./);
      expect(message).toContain(`'${changed.method}\n${changed.url.replaceAll('%3D', '%253D').replace('@', '%40')}\n`);
    }
  });

  it.each<[string, Signing, string, string]>([
    [
      'an old signature',
      { at: NOW - 301_000 },
      'InvalidSignatureException',
      'Signature expired: 20261121T002459Z is now earlier than 20261121T002500Z (20261121T003000Z - 5 min.)',
    ],
    [
      'a signature of the future',
      { at: NOW + 301_000 },
      'InvalidSignatureException',
      'Signature not yet current: 20261121T003501Z is still later than 20261121T003500Z (20261121T003000Z + 5 min.)',
    ],
    [
      'another region',
      { region: 'us-east-1' },
      'InvalidSignatureException',
      "Credential should be scoped to a valid region, not 'us-east-1'. ",
    ],
    [
      'another service',
      { service: 'sqs' },
      'InvalidSignatureException',
      "Credential should be scoped to correct service: 'execute-api'. ",
    ],
    [
      'an unknown access key',
      { credentials: { accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' } },
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    ],
    [
      'the session token of another caller',
      { credentials: { ...FUNCTION, sessionToken: 'other' } },
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    ],
  ])("refuses %s in AWS's words", async (_, signing, errorType, message) => {
    expect(messageOf(verify(await signed(signing)))).toEqual({ errorType, message });
  });

  it('refuses another secret key', async () => {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'guessed' };
    expect(messageOf(verify(await signed({ credentials }))).errorType).toBe('InvalidSignatureException');
  });

  it.each([
    ['no header', undefined, 'MissingAuthenticationTokenException'],
    ['Basic', 'Basic bG9jYWw6bG9jYWw=', 'IncompleteSignatureException'],
    [
      'half a header',
      'AWS4-HMAC-SHA256 Credential=local/20261121/eu-central-1/execute-api/aws4_request',
      'IncompleteSignatureException',
    ],
  ])('refuses %s for Authorization', async (_, authorization, errorType) => {
    const request = await signed();
    expect(messageOf(verify({ ...request, headers: { ...request.headers, authorization } })).errorType).toBe(errorType);
  });

  it('refuses a credential whose day differs from the signed date', async () => {
    const request = await signed();
    const { authorization } = request.headers as { authorization: string };
    const headers = { ...request.headers, authorization: authorization.replace('20261121', '20261120') };
    expect(messageOf(verify({ ...request, headers }))).toEqual({
      errorType: 'InvalidSignatureException',
      message:
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20261120' != '20261121', from '20261121T003000Z'.",
    });
  });

  it('refuses an invalid date, and a signature that leaves out the host', async () => {
    const request = await signed();
    const { authorization } = request.headers as { authorization: string };
    const dateless = { ...request, headers: { ...request.headers, 'x-amz-date': 'today' } };
    expect(messageOf(verify(dateless)).message).toContain('X-Amz-Date');
    const hostless = { ...request, headers: { ...request.headers, authorization: authorization.replace('host;', '') } };
    expect(messageOf(verify(hostless)).message).toContain('Host');
  });
});

describe('over the wire', () => {
  let running: TestGateway;
  beforeAll(async () => {
    running = await startTestGateway();
  });
  afterAll(() => running.stop());
  const path = '/production/@connections/QyiABCdefGHIjkl%3D';

  it('the raw request line is verified', async () => {
    const taken = await running.call(path, { body: 'x' });
    expect(taken.statusCode).toBe(410);
    const moved = await running.call(path, {
      body: 'x',
      tamper: (request) => {
        request.path = request.path.replace('@', '%40');
      },
    });
    expect(moved.statusCode).toBe(403);
  });

  it('the body is verified', async () => {
    const tamper = (request: { body: string | Buffer }): void => {
      request.body = 'y';
    };
    const answer = await running.call(path, { body: 'x', tamper });
    expect(answer).toMatchObject({ statusCode: 403, headers: { 'x-amzn-errortype': 'InvalidSignatureException' } });
  });
});
