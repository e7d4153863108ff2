import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { JwtVerifier } from 'aws-jwt-verify';
import { authorizeConnect, type ConnectAuthorizerEvent } from '../../../middleware/connect/authorize-connect.ts';

const issuer = 'https://issuer.example.com/';
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const foreignKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

const aVerifier = () => {
  const verifier = JwtVerifier.create({ issuer, audience: 'chat', jwksUri: `${issuer}jwks.json` });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kty: 'EC' as const, kid: 'key-1', use: 'sig', alg: 'ES256' };
  verifier.cacheJwks({ keys: [jwk as never] });
  return verifier;
};

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const aToken = (claims: object = {}, key = privateKey, header: object = {}) => {
  const payload = { iss: issuer, aud: 'chat', sub: 'ada', exp: inSeconds(60), ...claims };
  const content = `${encode({ alg: 'ES256', kid: 'key-1', typ: 'JWT', ...header })}.${encode(payload)}`;
  const signature = sign('sha256', Buffer.from(content), { key, dsaEncoding: 'ieee-p1363' });
  return `${content}.${signature.toString('base64url')}`;
};

const methodArn = 'arn:aws:execute-api:eu-west-1:123456789012:abcdefghij/production/$connect';
const anAuthorizerEvent = (parts: Partial<ConnectAuthorizerEvent> = {}): ConnectAuthorizerEvent => ({
  methodArn,
  headers: {},
  queryStringParameters: {},
  ...parts,
});
const withToken = (token: string, headers = {}) => anAuthorizerEvent({ headers: { Authorization: token, ...headers } });

describe('authorizeConnect', () => {
  const authorize = authorizeConnect({ verifier: aVerifier(), allowedOrigins: ['https://chat.example.com'] });

  it.each([
    ['the Authorization header', withToken(`Bearer ${aToken()}`)],
    ['the Authorization header with a scheme in lower case', withToken(`bearer ${aToken()}`)],
    ['the Authorization header without a scheme', withToken(aToken())],
    ['a header in lower case', anAuthorizerEvent({ headers: { authorization: aToken() } })],
    ['the query', anAuthorizerEvent({ queryStringParameters: { token: aToken() } })],
    ['the second subprotocol', anAuthorizerEvent({ headers: { 'Sec-WebSocket-Protocol': `chat, ${aToken()}` } })],
  ])('allows a valid token in %s, on the requested route only', async (_place, event) => {
    await expect(authorize(event)).resolves.toMatchObject({
      principalId: 'ada',
      policyDocument: { Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: methodArn }] },
    });
  });

  it('uses the principal anonymous for a token without a subject', async () => {
    await expect(authorize(withToken(aToken({ sub: undefined })))).resolves.toMatchObject({ principalId: 'anonymous' });
  });

  it('passes the expiry of the token on to later events, as text', async () => {
    const exp = inSeconds(90);
    await expect(authorize(withToken(aToken({ exp })))).resolves.toMatchObject({ context: { exp: String(exp) } });
  });

  it('passes the subject of the token on to later events, if it has one', async () => {
    expect((await authorize(withToken(aToken()))).context).toMatchObject({ sub: 'ada' });
    expect((await authorize(withToken(aToken({ sub: undefined })))).context).not.toHaveProperty('sub');
  });

  it.each([
    ['no token', anAuthorizerEvent()],
    ['no headers at all', anAuthorizerEvent({ headers: null, queryStringParameters: null })],
    ['text that is not a token', withToken('Bearer nonsense')],
    ['an expired token', withToken(aToken({ exp: inSeconds(-60) }))],
    ['a token for another audience', withToken(aToken({ aud: 'shop' }))],
    ['a token of another issuer', withToken(aToken({ iss: 'https://other.example.com/' }))],
    ['a token signed by another key', withToken(aToken({}, foreignKey))],
    ['a token without expiry', withToken(aToken({ exp: undefined }))],
    ['a token with an extension', withToken(aToken({}, privateKey, { crit: ['b64'], b64: true }))],
    ['a token with an empty list of extensions', withToken(aToken({}, privateKey, { crit: [] }))],
    ['a token whose extensions are null', withToken(aToken({}, privateKey, { crit: null }))],
  ])('answers %s with exactly Unauthorized, without a reason', async (_case, event) => {
    const error = await authorize(event).catch((thrown: unknown) => thrown);
    expect(error).toEqual(new Error('Unauthorized'));
    expect((error as Error).cause).toBeUndefined();
  });

  it('allows a token without expiry with allowTokensWithoutExpiry, and passes no expiry on', async () => {
    const lenient = authorizeConnect({ verifier: aVerifier(), allowTokensWithoutExpiry: true });
    const allowed = await lenient(withToken(aToken({ exp: undefined })));
    expect(allowed).toMatchObject({ principalId: 'ada', policyDocument: { Statement: [{ Effect: 'Allow' }] } });
    expect(allowed.context).toEqual({ sub: 'ada' });
    await expect(lenient(withToken(aToken({ exp: inSeconds(-60) })))).rejects.toThrow('Unauthorized');
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, null, '4102444800', [4_102_444_800], true])(
    'refuses a token whose expiry is %p, whatever its verifier says',
    async (exp) => {
      const verifier = { verify: async () => ({ sub: 'ada', exp: exp as number }) };
      for (const allowTokensWithoutExpiry of [false, true]) {
        const lax = authorizeConnect({ verifier, allowTokensWithoutExpiry });
        await expect(lax(withToken(aToken()))).rejects.toEqual(new Error('Unauthorized'));
      }
    },
  );

  it('leaves a token without a JSON header to the verifier', async () => {
    const opaque = authorizeConnect({ verifier: { verify: async () => ({ sub: 'ada', exp: inSeconds(60) }) } });
    for (const token of ['opaque', 'bnVsbA.x.y']) {
      await expect(opaque(withToken(token))).resolves.toMatchObject({ principalId: 'ada' });
    }
  });

  const [listed, evil] = ['https://chat.example.com', 'https://evil.example.com'];
  it.each<[string, Partial<ConnectAuthorizerEvent>]>([
    ['in one list', { headers: { Origin: listed }, multiValueHeaders: { Origin: [evil, listed] } }],
    [
      'in one list, the last not allowed',
      { headers: { Origin: listed }, multiValueHeaders: { Origin: [listed, evil] } },
    ],
    ['in headers that differ in case', { headers: { origin: evil, Origin: listed } }],
    ['in headers that differ in case, in the other order', { headers: { Origin: listed, ORIGIN: evil } }],
    ['in two lists only', { headers: {}, multiValueHeaders: { Origin: [listed], origin: [evil] } }],
    ['that are both listed', { headers: {}, multiValueHeaders: { Origin: [listed, 'https://other.example.com'] } }],
  ])('denies a request with two origins %s', async (_case, { headers, ...lists }) => {
    const both = authorizeConnect({ verifier: aVerifier(), allowedOrigins: [listed, 'https://other.example.com'] });
    await expect(both({ ...withToken(aToken(), headers ?? {}), ...lists })).resolves.toMatchObject({
      policyDocument: { Statement: [{ Effect: 'Deny' }] },
    });
  });

  it('accepts an origin that was sent twice', async () => {
    const event = withToken(aToken(), { Origin: listed, origin: listed });
    await expect(authorize({ ...event, multiValueHeaders: { Origin: [listed, listed] } })).resolves.toMatchObject({
      principalId: 'ada',
    });
  });

  it('denies a page that is not listed, even with a valid token', async () => {
    await expect(authorize(withToken(aToken(), { Origin: 'https://evil.example.com' }))).resolves.toMatchObject({
      policyDocument: { Statement: [{ Effect: 'Deny' }] },
    });
  });

  it('requires a token from a listed page too', async () => {
    const Origin = 'https://chat.example.com';
    await expect(authorize(withToken(aToken(), { Origin }))).resolves.toMatchObject({ principalId: 'ada' });
    await expect(authorize(anAuthorizerEvent({ headers: { Origin } }))).rejects.toThrow('Unauthorized');
  });

  it('allows a page from the API’s own origin, which the construct sets, without a list', async () => {
    process.env.AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI = 'http://127.0.0.1:3001/production';
    const withOwn = authorizeConnect({ verifier: aVerifier() });
    delete process.env.AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI;
    const from = (Origin: string) => withOwn(withToken(aToken(), { Origin }));
    await expect(from('http://127.0.0.1:3001')).resolves.toMatchObject({ principalId: 'ada' });
    await expect(from('http://127.0.0.1:3002')).resolves.toMatchObject({
      policyDocument: { Statement: [{ Effect: 'Deny' }] },
    });
  });

  it('does not blame the client for an issuer that cannot be reached', async () => {
    const verifier = JwtVerifier.create({ issuer, audience: 'chat', jwksUri: 'https://127.0.0.1:1/jwks.json' });
    const error = (await authorizeConnect({ verifier })(withToken(aToken())).catch((thrown) => thrown)) as Error;
    expect(error.message).toBe('The keys of the token issuer cannot be fetched');
  });

  it.each(['chat.example.com', 'https://chat.example.com/', '*'])('refuses the origin %s at set-up', (origin) => {
    expect(() => authorizeConnect({ verifier: aVerifier(), allowedOrigins: [origin] })).toThrow(origin);
  });
});
