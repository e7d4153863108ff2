import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { SignedPoster } from '../../../aws/posting/signed-poster.ts';
import { createPayloads } from '../../../aws/posting/signing/create-payloads.ts';
import { createPostPath, createPostSigner, type Identity } from '../../../aws/posting/signing/create-post-signer.ts';
import { PATIENCE_MS } from '../../support/until.ts';
import { type RawRequest, readRequest } from './http/read-request.ts';
import { type HttpStub, startHttpStub } from './http/start-http-stub.ts';

type SignerOptions = ConstructorParameters<typeof SignatureV4>[0];
type Bytes = Parameters<typeof Buffer.from>[0] & Uint8Array;

/** A hash for `@smithy/signature-v4` that does not use the code under test. */
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

const signer = fc.record({
  accessKeyId: fc.stringMatching(/^[A-Z0-9]{16,20}$/),
  secretAccessKey: secret,
  sessionToken: token,
  region: fc.constantFrom('us-east-1', 'eu-central-2', 'cn-north-1', 'us-gov-west-1'),
});
const date = fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
const posts = fc.record({
  id: fc.oneof(idOfAws, anyId),
  path: stage,
  data: fc.string({ unit: 'binary', minLength: 1, maxLength: 2_000 }),
  // The same post on other days and with other credentials: the signer must not use outdated cached values.
  moments: fc
    .array(signer, { minLength: 1, maxLength: 2 })
    .chain((signers) =>
      fc.array(fc.record({ signer: fc.constantFrom(...signers), date }), { minLength: 1, maxLength: 3 }),
    ),
});
type Posts = typeof posts extends fc.Arbitrary<infer T> ? T : never;
type Moment = Posts['moments'][number];

const expectSigned = async (request: RawRequest | undefined, { id, data }: Posts, { signer, date }: Moment) => {
  if (request === undefined) throw new Error('Expected a request');
  const { authorization, ...headers } = Object.fromEntries(request.headers);
  const [method = '', path = '', version] = request.line.split(' ');
  expect(version).toBe('HTTP/1.1');
  expect(decodeURIComponent(path.slice(path.lastIndexOf('/') + 1))).toBe(id.toWellFormed());
  const body = Buffer.from(request.body, 'latin1');
  expect(body.toString()).toBe(data.toWellFormed());
  expect(authorization).toBe(await signBySmithy({ method, path, headers, body }, signer, date));
};

describe('the signature of a post', () => {
  let stub: HttpStub;
  beforeAll(async () => {
    stub = await startHttpStub((_, socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'));
  });
  afterAll(() => stub.stop());

  it('equals the signature of @smithy/signature-v4 over all headers of the request', async () => {
    const property = fc.asyncProperty(posts, async (posts) => {
      const host = '127.0.0.1:8080';
      const sign = createPostSigner(host);
      const toPath = createPostPath(new URL(`http://${host}${posts.path}`).pathname);
      const toPayload = createPayloads();
      for (const moment of posts.moments) {
        const payload = toPayload(posts.data);
        const head = sign(toPath(posts.id), payload, moment.signer as Identity, moment.date.getTime());
        await expectSigned(readRequest(head + payload.latin1), posts, moment);
      }
    });
    await fc.assert(property, { numRuns: 150 });
  });

  it('is the same on the wire', async () => {
    const property = fc.asyncProperty(posts, async (posts) => {
      let [now] = posts.moments;
      const poster = new SignedPoster({
        endpoint: `http://127.0.0.1:${stub.port}${posts.path}`,
        readIdentity: () => now?.signer as Identity,
        now: () => now?.date.getTime() ?? 0,
      });
      for (const moment of posts.moments) {
        now = moment;
        const result = await poster.post(posts.id, posts.data, { timeoutMs: PATIENCE_MS });
        expect(result).toEqual({ outcome: 'delivered' });
        await expectSigned(stub.requests.pop(), posts, moment);
      }
      for (const socket of stub.sockets) socket.destroy();
    });
    await fc.assert(property, { numRuns: 30 });
  });
});
