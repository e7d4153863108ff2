import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { SignedPoster, type SignedPosterOptions } from '../../../aws/posting/signed-poster.ts';
import { createCertificate } from '../../../bench/create-certificate.ts';
import { PATIENCE_MS } from '../../support/until.ts';
import type { RawRequest } from './http/read-request.ts';
import { type HttpStub, startHttpStub } from './http/start-http-stub.ts';

const identity = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI',
  sessionToken: 'token-that-must-stay-secret',
  region: 'us-east-1',
};
const ID = 'PJqB0fHsqRcCHlw=';
const PATIENTLY = { timeoutMs: PATIENCE_MS };

let stub: HttpStub;
afterEach(() => stub.stop());

const answerWith =
  (status: string, headers = '', body = '') =>
  (_: RawRequest, socket: Socket): void =>
    void socket.write(`HTTP/1.1 ${status}\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);

const start = async (
  answer: (request: RawRequest, socket: Socket) => void,
  options: Partial<SignedPosterOptions> = {},
): Promise<SignedPoster> => {
  stub = await startHttpStub(answer);
  return new SignedPoster({
    endpoint: `http://127.0.0.1:${stub.port}/production`,
    readIdentity: () => identity,
    ...options,
  });
};

describe('SignedPoster', () => {
  it.each([
    ['200 OK', '', '', { outcome: 'delivered' }],
    ['204 No Content', '', '', { outcome: 'delivered' }],
    ['410 Gone', 'x-amzn-ErrorType: GoneException\r\n', '', { outcome: 'gone', detail: 'GoneException' }],
    ['410 Gone', '', '', { outcome: 'gone', detail: 'HTTP 410' }],
    ['400 Bad Request', '', '{"message":"Invalid connectionId: x"}', { outcome: 'gone', detail: 'HTTP 400' }],
    ['400 Bad Request', '', '{"message":"else"}', { outcome: 'failed', detail: 'HTTP 400' }],
    [
      '413 Too Large',
      'x-amzn-errortype: PayloadTooLargeException:http://x/\r\n',
      '',
      { outcome: 'too-large', detail: 'PayloadTooLargeException' },
    ],
    [
      '429 Too Many',
      'X-Amzn-ErrorType: LimitExceededException\r\n',
      '',
      { outcome: 'throttled', detail: 'LimitExceededException' },
    ],
    ['500 Error', '', '', { outcome: 'failed', detail: 'HTTP 500' }],
    ['503 Slow Down', 'x-amzn-errortype: not a name\r\n', '', { outcome: 'failed', detail: 'HTTP 503' }],
    ['302 Found', 'location: http://127.0.0.1/\r\n', '', { outcome: 'failed', detail: 'HTTP 302' }],
  ])('answers %s %s%s with its outcome', async (status, headers, body, result) => {
    const poster = await start(answerWith(status, headers, body));
    expect(await poster.post(ID, 'hello', PATIENTLY)).toEqual(result);
    expect(stub.requests).toHaveLength(1);
  });

  it.each([
    ['{"message":"Forbidden"}', /wrong endpoint/],
    ['{"message":"Missing Authentication Token"}', /wrong endpoint/],
    [
      '{"message":"User: arn:aws:sts::1:x is not authorized to perform: execute-api:ManageConnections on resource: y"}',
      /missing permission/,
    ],
    ['{"message":"The security token included in the request is expired"}', /wrong credentials/],
    [
      '{"message":"The request signature we calculated does not match. token-that-must-stay-secret"}',
      /wrong signature/,
    ],
    ['{"message":"else token-that-must-stay-secret"}', /an unknown reason/],
  ])('explains for 403 %s how to fix it, without quoting the answer', async (body, detail) => {
    const poster = await start(answerWith('403 Forbidden', '', body));
    const result = await poster.post(ID, 'hello', PATIENTLY);
    expect(result).toEqual({ outcome: 'forbidden', detail: expect.stringMatching(detail) });
    expect(JSON.stringify(result)).not.toMatch(/token-that|arn:/);
    expect(stub.requests).toHaveLength(1);
  });

  it.each(['Signature expired: 20261120T000000Z is now earlier than 20261120T005500Z', 'Signature not yet current: x'])(
    'signs again with the clock of the answer after: %s',
    async (message) => {
      const date = new Date('2026-11-20T12:34:56Z');
      const dateOf = (request: RawRequest) => request.headers.find(([name]) => name === 'x-amz-date')?.[1];
      const poster = await start(
        (request, socket) => {
          if (dateOf(request) === '20261120T123456Z') answerWith('200 OK')(request, socket);
          else
            answerWith(
              '403 Forbidden',
              `Date: ${date.toUTCString()}\r\n`,
              JSON.stringify({ message }),
            )(request, socket);
        },
        { now: () => 1_000 },
      );
      expect(await poster.post(ID, 'hello', PATIENTLY)).toEqual({ outcome: 'delivered' });
      expect(stub.requests).toHaveLength(2);
      expect(await poster.post(ID, 'hello', PATIENTLY)).toEqual({ outcome: 'delivered' });
      expect(stub.requests).toHaveLength(3);
    },
  );

  it('does not sign again after the deadline of the post', async () => {
    const answer = answerWith(
      '403 Forbidden',
      'Date: Fri, 20 Nov 2026 12:34:56 GMT\r\n',
      '{"message":"Signature expired"}',
    );
    let now = 1_000;
    const poster = await start(
      (request, socket) => {
        now += 5_000;
        answer(request, socket);
      },
      { now: () => now },
    );
    expect(await poster.post(ID, 'hello', { timeoutMs: 5_000 })).toMatchObject({ outcome: 'forbidden' });
    expect(stub.requests).toHaveLength(1);
  });

  it('corrects the clock once, and ignores the clock of any other 403', async () => {
    const [local, remote] = [new Date('2026-11-20T12:34:56Z'), new Date('2030-01-01T00:00:00Z')];
    const poster = await start(
      (request, socket) =>
        answerWith(
          '403 Forbidden',
          `Date: ${remote.toUTCString()}\r\n`,
          request.index === 0 ? '{"message":"Forbidden"}' : '{"message":"Signature expired"}',
        )(request, socket),
      { now: () => local.getTime() },
    );
    expect(await poster.post(ID, 'hello', PATIENTLY)).toMatchObject({
      outcome: 'forbidden',
      detail: expect.stringMatching(/endpoint/),
    });
    expect(await poster.post(ID, 'hello', PATIENTLY)).toMatchObject({
      outcome: 'forbidden',
      detail: expect.stringMatching(/clock/),
    });
    const dates = stub.requests.map(({ headers }) => headers.find(([name]) => name === 'x-amz-date')?.[1]);
    expect(dates).toEqual(['20261120T123456Z', '20261120T123456Z', '20300101T000000Z']);
  });

  it('posts over TLS only to a host whose certificate it trusts', async () => {
    const certificate = await createCertificate();
    stub = await startHttpStub(answerWith('200 OK'), certificate);
    const options = { endpoint: `https://localhost:${stub.port}/production`, readIdentity: () => identity };
    const trusting = new SignedPoster({ ...options, ca: certificate.cert });
    expect(await Promise.all(['1', '2', '3'].map((data) => trusting.post(ID, data, PATIENTLY)))).toEqual(
      Array.from({ length: 3 }, () => ({ outcome: 'delivered' })),
    );
    const strict = new SignedPoster(options);
    expect(await strict.post(ID, 'hello', PATIENTLY)).toEqual({
      outcome: 'failed',
      detail: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    expect(stub.requests).toHaveLength(3);
  });

  it('resolves to unknown over TLS too if a request was written but not answered', async () => {
    const certificate = await createCertificate();
    stub = await startHttpStub((_, socket) => socket.destroy(), certificate);
    const poster = new SignedPoster({
      endpoint: `https://localhost:${stub.port}/`,
      readIdentity: () => identity,
      ca: certificate.cert,
    });
    expect(await poster.post(ID, 'hello', PATIENTLY)).toMatchObject({ outcome: 'unknown' });
    expect(stub.requests).toHaveLength(1);
  });

  it('fails a post if the host refuses sockets', async () => {
    const poster = await start(() => {});
    await stub.stop();
    expect(await poster.post(ID, 'hello', PATIENTLY)).toEqual({ outcome: 'failed', detail: 'ECONNREFUSED' });
  });

  it('resolves to unknown if a post has no answer at its deadline', async () => {
    const poster = await start((request, socket) => request.index === 0 && answerWith('200 OK')(request, socket));
    expect(await poster.post(ID, 'hello', PATIENTLY)).toEqual({ outcome: 'delivered' }); // opens the socket
    expect(await poster.post(ID, 'hello', { timeoutMs: 30 })).toEqual({ outcome: 'unknown', detail: 'DEADLINE' });
  });

  it('fails a post if the identity is refused or never comes', async () => {
    const refusal = Object.assign(new Error('secret'), { name: 'CredentialsProviderError' });
    const refused = await start(() => {}, { readIdentity: () => Promise.reject(refusal) });
    expect(await refused.post(ID, 'hello', PATIENTLY)).toEqual({
      outcome: 'failed',
      detail: 'CredentialsProviderError',
    });
    await stub.stop();
    const hanging = await start(() => {}, { readIdentity: () => new Promise(() => {}) });
    expect(await hanging.post(ID, 'hello', { timeoutMs: 30 })).toEqual({ outcome: 'failed', detail: 'DEADLINE' });
    expect(stub.requests).toHaveLength(0);
  });

  it.each([
    ['nothing', undefined],
    ['a text', 'secret'],
    ['an error without a name', Object.defineProperty(new Error('secret'), 'name', { value: undefined })],
  ])('fails a post if readIdentity throws or rejects with %s', async (_, thrown) => {
    const rejecting = await start(() => {}, { readIdentity: () => Promise.reject(thrown) });
    expect(await rejecting.post(ID, 'hello', PATIENTLY)).toEqual({
      outcome: 'failed',
      detail: expect.not.stringContaining('secret'),
    });
    const throwing = new SignedPoster({
      endpoint: `http://127.0.0.1:${stub.port}/`,
      readIdentity: () => {
        throw thrown;
      },
    });
    expect(await throwing.post(ID, 'hello', PATIENTLY)).toMatchObject({ outcome: 'failed' });
    expect(stub.requests).toHaveLength(0);
  });

  it('signs with credentials that have changed', async () => {
    let accessKeyId = 'AKIAFIRST';
    const poster = await start(answerWith('200 OK'), { readIdentity: () => ({ ...identity, accessKeyId }) });
    await poster.post(ID, 'hello', PATIENTLY);
    accessKeyId = 'AKIASECOND';
    await poster.post(ID, 'hello', PATIENTLY);
    const used = stub.requests.map(({ headers }) => /Credential=(\w+)/.exec(String(headers))?.[1]);
    expect(used).toEqual(['AKIAFIRST', 'AKIASECOND']);
  });

  it.each(['', '.', '..'])('posts nothing to the id "%s", which would change the path', async (connectionId) => {
    const poster = await start(answerWith('200 OK'));
    expect(await poster.post(connectionId, 'hello', PATIENTLY)).toMatchObject({ outcome: 'gone' });
    expect(stub.requests).toHaveLength(0);
  });

  it.each(['', 'production', 'ws://127.0.0.1/production'])('refuses the endpoint "%s"', async (endpoint) => {
    stub = await startHttpStub(() => {});
    expect(() => new SignedPoster({ endpoint })).toThrow(/callback URL/);
  });
});
