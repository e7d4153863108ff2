import { afterEach, describe, expect, it } from '@jest/globals';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Authority, Credentials } from '../../../../../packages/local/model/application.ts';
import { until } from '../../../../support/until.ts';
import { Sha256 } from '../support/sha256.ts';
import {
  ACCOUNT_ID,
  API_ID,
  DEVELOPER,
  FUNCTION,
  REGION,
  startTestGateway,
  type TestGateway,
} from '../support/test-gateway.ts';

const ok = (): unknown => ({ statusCode: 200 });

let running: TestGateway;
const start = async (authority: Authority = { decide: () => ({ allowed: true }) }): Promise<TestGateway> => {
  running = await startTestGateway({
    authority,
    functions: { $connect: ok, $disconnect: ok, $default: ok },
    routes: [
      {
        routeKey: '$connect',
        twoWay: false,
        iamAuthorization: true,
        integration: { type: 'lambda', functionName: '$connect', timeoutMs: 29_000 },
      },
    ],
  });
  return running;
};
afterEach(() => running.stop());

const signer = (credentials: Credentials): SignatureV4 =>
  new SignatureV4({ credentials, region: REGION, service: 'execute-api', sha256: Sha256 });

const handshake = (path: string) => ({
  method: 'GET',
  protocol: 'http:',
  hostname: '127.0.0.1',
  path,
  query: { room: 'a b' },
  headers: { host: `127.0.0.1:${running.gateway.port}` },
});

const search = (query: object): string => `?${new URLSearchParams(Object.entries(query))}`.replaceAll('+', '%20');

const inQuery = async (credentials: Credentials, signingDate = new Date(), path = '/production'): Promise<string> =>
  path + search((await signer(credentials).presign(handshake(path), { signingDate, expiresIn: 900 })).query ?? {});

const inHeaders = async (credentials: Credentials): Promise<Record<string, string>> =>
  (await signer(credentials).sign(handshake('/production'))).headers;

const MISMATCH = expect.stringMatching(
  /^The request signature we calculated does not match .*documentation for details\.$/,
);

const PATH = `/production${search({ room: 'a b' })}`;

describe('a handshake of an API whose $connect has IAM authorization', () => {
  it.each([
    ['a developer', DEVELOPER, 'local', `arn:aws:iam::${ACCOUNT_ID}:user/local`],
    [
      'a function',
      FUNCTION,
      expect.stringMatching(/^AROA[0-9A-F]{17}:fan-out$/),
      `arn:aws:sts::${ACCOUNT_ID}:assumed-role/fan-out/fan-out`,
    ],
  ])(
    'is accepted if %s signs its query string, and its events name the caller',
    async (_, credentials, user, userArn) => {
      const { connect, events } = await start();
      const client = await connect(await inQuery(credentials)).opened();
      client.send('x');
      await until(() => events.length >= 2);
      const identity = {
        ...{ accessKey: credentials.accessKeyId, accountId: ACCOUNT_ID, caller: user, user, userArn },
        sourceIp: '127.0.0.1',
      };
      expect(events.map(({ requestContext }) => requestContext.identity)).toEqual([identity, identity]);
      expect(events[0].queryStringParameters).toMatchObject({ room: 'a b', 'X-Amz-Algorithm': 'AWS4-HMAC-SHA256' });
    },
  );

  it('is accepted if its headers are signed', async () => {
    const { connect } = await start();
    await connect(PATH, [], { headers: await inHeaders(FUNCTION) }).opened();
  });

  it('is accepted until its signature expires', async () => {
    const { connect } = await start();
    await connect(await inQuery(DEVELOPER, new Date(Date.now() - 800_000))).opened();
    const late = await connect(await inQuery(DEVELOPER, new Date(Date.now() - 1_000_000))).refused();
    expect(late.statusCode).toBe(403);
    expect(late.body).toMatch(/Signature expired: .* - 15 min\.\)/);
  });

  it.each<[string, () => Promise<string>, unknown]>([
    ['is not signed', async () => '/production', 'Missing Authentication Token'],
    ['is signed with another secret', () => inQuery({ ...DEVELOPER, secretAccessKey: 'x' }), MISMATCH],
    [
      'is signed with an unknown access key',
      () => inQuery({ ...DEVELOPER, accessKeyId: 'x' }),
      'The security token included in the request is invalid.',
    ],
    [
      'is signed for another query string',
      async () => (await inQuery(DEVELOPER)).replace('room=a', 'room=b'),
      MISMATCH,
    ],
    [
      'is signed without its session token',
      async () => (await inQuery(FUNCTION)).replace(/X-Amz-Security-Token=[^&]*&?/, ''),
      'The security token included in the request is invalid.',
    ],
    [
      'claims to sign a header that does not exist',
      async () => (await inQuery(DEVELOPER)).replace(/(SignedHeaders=)host/, '$1host%3Bconstructor'),
      MISMATCH,
    ],
    ['has half a signature', async () => '/production?X-Amz-Signature=x', expect.stringContaining('Credential')],
  ])('is 403 if it %s, and $connect does not run', async (_, path, why) => {
    const { connect, events, log } = await start();
    expect((await connect(await path()).refused()).statusCode).toBe(403);
    expect(events).toEqual([]);
    const [{ why: said = '' } = {}] = log.filter((event) => event.type === 'refused');
    expect(said.replace('its signature was refused: ', '')).toEqual(why);
  });

  it('is 403 if its caller is not allowed execute-api:Invoke on $connect', async () => {
    const asked: unknown[][] = [];
    const { connect } = await start({
      decide: (...question) => {
        asked.push(question);
        return { allowed: false, message: 'User: x is not authorized' };
      },
    });
    const { statusCode, body } = await connect(await inQuery(FUNCTION)).refused();
    expect([statusCode, body]).toEqual([403, '{"message":"User: x is not authorized"}']);
    expect(asked).toEqual([
      [
        expect.objectContaining({ functionName: 'fan-out' }),
        'execute-api:Invoke',
        `arn:aws:execute-api:${REGION}:${ACCOUNT_ID}:${API_ID}/production/$connect`,
      ],
    ]);
  });
});
