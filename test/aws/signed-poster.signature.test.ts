import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { SignedPoster } from '../../aws/signed-poster.ts';
import { type HttpStub, startHttpStub } from './http/start-http-stub.ts';

type SignerOptions = ConstructorParameters<typeof SignatureV4>[0];
type Bytes = Parameters<typeof Buffer.from>[0] & Uint8Array;

/** What `@smithy/signature-v4` asks of a hash, made of what ours is not made of. */
class Sha256 {
  readonly #hash: Hash | Hmac;
  constructor(secret?: unknown) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as Bytes);
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  reset(): void {
    throw new Error('Not needed to sign');
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

const base64Url = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const idOfAws = fc
  .string({ unit: fc.constantFrom(...base64Url), minLength: 15, maxLength: 15 })
  .map((text) => `${text}=`);
const anyId = fc.string({ unit: 'binary', minLength: 1, maxLength: 24 }).filter((id) => id !== '.' && id !== '..');
const stage = fc.oneof(
  fc.constantFrom('', '/', '/production', '/production/', '/$default', '/dev-1', '/v1.0_x~y', '/base%20path/stage'),
  fc.string({ unit: fc.constantFrom(...base64Url), minLength: 1, maxLength: 20 }).map((text) => `/${text}`),
);
const secret = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 60 });
const token = fc.option(fc.base64String({ minLength: 4, maxLength: 1_200 }), { nil: undefined });

describe('the signature of a post, as it is on the wire', () => {
  let stub: HttpStub;
  beforeAll(async () => {
    stub = await startHttpStub((_, socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'));
  });
  afterAll(() => stub.stop());

  it('equals that of @smithy/signature-v4 over all headers sent', async () => {
    const property = fc.asyncProperty(
      fc.oneof(idOfAws, anyId),
      stage,
      fc.string({ unit: 'binary', minLength: 1, maxLength: 2_000 }),
      fc.record({ accessKeyId: fc.stringMatching(/^[A-Z0-9]{16,20}$/), secretAccessKey: secret, sessionToken: token }),
      fc.constantFrom('us-east-1', 'eu-central-2', 'cn-north-1', 'us-gov-west-1'),
      fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
      async (connectionId, path, data, credentials, region, date) => {
        const poster = new SignedPoster({
          endpoint: `http://127.0.0.1:${stub.port}${path}`,
          readIdentity: () => ({ ...credentials, region }),
          now: () => date.getTime(),
        });
        stub.requests.length = 0;
        expect(await poster.post(connectionId, data)).toEqual({ outcome: 'delivered' });
        for (const socket of stub.sockets) socket.destroy();
        const [request] = stub.requests;
        if (request === undefined) throw new Error('Expected a request');
        const { authorization, ...headers } = Object.fromEntries(request.headers);
        const [method = '', wirePath = '', version] = request.line.split(' ');
        expect(version).toBe('HTTP/1.1');
        expect(decodeURIComponent(wirePath.slice(wirePath.lastIndexOf('/') + 1))).toBe(connectionId.toWellFormed());
        expect(Buffer.from(request.body, 'latin1').toString()).toBe(data.toWellFormed());

        const signer = new SignatureV4({
          credentials: credentials as SignerOptions['credentials'],
          region,
          service: 'execute-api',
          sha256: Sha256 as SignerOptions['sha256'],
          applyChecksum: false,
        });
        const signed = await signer.sign(
          {
            method,
            protocol: 'http:',
            hostname: '127.0.0.1',
            path: wirePath,
            query: {},
            headers,
            body: Buffer.from(request.body, 'latin1'),
          },
          { signingDate: date },
        );
        expect(authorization).toBe(signed.headers.authorization);
      },
    );
    await fc.assert(property, { numRuns: 300 });
  });
});
