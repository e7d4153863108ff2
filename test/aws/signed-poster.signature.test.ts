import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { SignedPoster } from '../../aws/signed-poster.ts';
import type { Identity } from '../../aws/signing/identity.ts';
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

type Wire = { method: string; path: string; headers: Record<string, string>; body: Buffer };
type Signer = Omit<Identity, 'sessionToken'> & { sessionToken: string | undefined };

const signBySmithy = async (wire: Wire, { region, ...credentials }: Signer, signingDate: Date): Promise<unknown> => {
  const signer = new SignatureV4({
    credentials: credentials as SignerOptions['credentials'],
    region,
    service: 'execute-api',
    sha256: Sha256 as SignerOptions['sha256'],
    applyChecksum: false,
  });
  const signed = await signer.sign({ ...wire, protocol: 'http:', hostname: '127.0.0.1', query: {} }, { signingDate });
  return signed.headers.authorization;
};

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
    const signer = fc.record({
      accessKeyId: fc.stringMatching(/^[A-Z0-9]{16,20}$/),
      secretAccessKey: secret,
      sessionToken: token,
      region: fc.constantFrom('us-east-1', 'eu-central-2', 'cn-north-1', 'us-gov-west-1'),
    });
    const date = fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
    // The same poster on other days, and as somebody else: what it remembers must not outlive its use.
    const moments = fc.array(fc.record({ signer, date }), { minLength: 1, maxLength: 3 });
    const data = fc.string({ unit: 'binary', minLength: 1, maxLength: 2_000 });
    const property = fc.asyncProperty(
      fc.oneof(idOfAws, anyId),
      stage,
      data,
      moments,
      async (id, path, data, moments) => {
        let [now] = moments;
        const poster = new SignedPoster({
          endpoint: `http://127.0.0.1:${stub.port}${path}`,
          readIdentity: () => now?.signer as Identity,
          now: () => now?.date.getTime() ?? 0,
        });
        for (const moment of moments) {
          now = moment;
          expect(await poster.post(id, data)).toEqual({ outcome: 'delivered' });
          const request = stub.requests.pop();
          if (request === undefined) throw new Error('Expected a request');
          const { authorization, ...headers } = Object.fromEntries(request.headers);
          const [method = '', wirePath = '', version] = request.line.split(' ');
          expect(version).toBe('HTTP/1.1');
          expect(decodeURIComponent(wirePath.slice(wirePath.lastIndexOf('/') + 1))).toBe(id.toWellFormed());
          expect(Buffer.from(request.body, 'latin1').toString()).toBe(data.toWellFormed());
          const wire = { method, path: wirePath, headers, body: Buffer.from(request.body, 'latin1') };
          expect(authorization).toBe(await signBySmithy(wire, moment.signer, moment.date));
        }
        for (const socket of stub.sockets) socket.destroy();
      },
    );
    await fc.assert(property, { numRuns: 150 });
  });
});
