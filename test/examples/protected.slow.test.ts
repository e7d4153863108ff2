import { generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { createMovableClock } from '../../packages/local/runtime/clock.ts';
import { type RunningExample, runExamples } from './run-examples.ts';

const issuer = 'https://issuer.example.com/';
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const foreignKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const issued: string[] = [];
const aToken = (claims: object = {}, key = privateKey): string => {
  const payload = { iss: issuer, aud: 'chat', sub: 'ada', exp: inSeconds(60), ...claims };
  const content = `${encode({ alg: 'ES256', kid: 'key-1', typ: 'JWT' })}.${encode(payload)}`;
  const token = `${content}.${sign('sha256', Buffer.from(content), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  issued.push(token);
  return token;
};

const clock = createMovableClock();
let app: RunningExample;
let origin: string;
beforeAll(async () => {
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'key-1', use: 'sig', alg: 'ES256' };
  const environment = {
    ISSUER: issuer,
    AUDIENCE: 'chat',
    ALLOWED_ORIGINS: 'https://chat.example.com',
    JWKS: JSON.stringify({ keys: [jwk] }),
  };
  app = (await runExamples(['protected'], { environment, clock })).get('protected') as RunningExample;
  origin = new URL(app.url.replace('ws:', 'http:')).origin;
});
afterAll(() => app?.stop());

interface Attempt {
  status: number;
  body: string;
  subprotocol?: string;
}

/** Opens a connection as a client does, and closes it. The status is 101 if it was accepted. */
const attempt = async ({ query = '', headers = {}, protocols = [] as string[] } = {}): Promise<Attempt> => {
  const socket = new WebSocket(`${app.url}${query}`, protocols, { headers });
  return new Promise((resolve, reject) => {
    socket.once('open', () => {
      resolve({ status: 101, body: '', subprotocol: socket.protocol });
      socket.close();
    });
    socket.once('unexpected-response', async (request, response) => {
      const body = Buffer.concat(await response.toArray()).toString();
      request.destroy();
      resolve({ status: response.statusCode ?? 0, body });
    });
    socket.on('error', reject);
  });
};
const bearing = (token: string, headers = {}) => attempt({ headers: { Authorization: `Bearer ${token}`, ...headers } });

describe('protected', () => {
  it('accepts a token in the header, the query or the second subprotocol, and answers the first subprotocol', async () => {
    expect(await bearing(aToken())).toMatchObject({ status: 101 });
    expect(await attempt({ query: `?token=${aToken()}` })).toMatchObject({ status: 101 });
    expect(await attempt({ protocols: ['chat', aToken()] })).toMatchObject({ status: 101, subprotocol: 'chat' });
  });

  it.each([
    ['no token', () => undefined],
    ['text that is not a token', () => 'nonsense'],
    ['an expired token', () => aToken({ exp: inSeconds(-60) })],
    ['a token without expiry', () => aToken({ exp: undefined })],
    ['a token for another audience', () => aToken({ aud: 'shop' })],
    ['a token of another issuer', () => aToken({ iss: 'https://other.example.com/' })],
    ['a token signed by another key', () => aToken({}, foreignKey)],
  ])('answers %s with 401, without a reason', async (_what, token) => {
    const sentToken = token();
    const { status, body } = sentToken === undefined ? await attempt() : await bearing(sentToken);
    expect(status).toBe(401);
    expect(JSON.parse(body)).toMatchObject({ message: 'Unauthorized' });
    expect(
      Object.keys(JSON.parse(body)).filter((key) => !['message', 'connectionId', 'requestId'].includes(key)),
    ).toEqual([]);
  });

  it.each([
    ['https://evil.example.com', 403],
    ['https://chat.example.com', 101],
  ])('answers a page at %s with %d', async (Origin, status) => {
    expect(await bearing(aToken(), { Origin })).toMatchObject({ status });
  });

  it('accepts the page of the local run, and requires a token from it too', async () => {
    expect(await bearing(aToken(), { Origin: origin })).toMatchObject({ status: 101 });
    expect(await attempt({ headers: { Origin: origin } })).toMatchObject({ status: 401 });
  });

  it('ends a row with its token, and then refuses messages', async () => {
    const exp = inSeconds(45);
    const client = await app.open(`?token=${aToken({ exp })}`);
    expect(await app.rows()).toContainEqual(expect.objectContaining({ ttl: String(exp) }));
    await clock.advance(46_000);
    client.type('{"action":"send-message","message":"hello"}');
    expect(JSON.parse((await client.next(15_000)) ?? '')).toMatchObject({ code: 'UNAUTHORIZED' });
    await client.close();
  });

  it('writes no token, and no part of a token, to any event of a run', () => {
    const text = JSON.stringify(app.events);
    expect(issued.length).toBeGreaterThan(9);
    for (const token of issued) {
      expect(text).not.toContain(token);
      for (const part of token.split('.').slice(1)) expect(text).not.toContain(part);
    }
    expect(app.events.some(({ type }) => type === 'log')).toBe(true);
  });
});
