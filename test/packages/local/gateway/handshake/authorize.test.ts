import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '../../../../support/until.ts';
import {
  ACCOUNT_ID,
  API_ID,
  REGION,
  startTestGateway,
  type TestFunction,
  type TestGateway,
} from '../support/test-gateway.ts';

const METHOD_ARN = `arn:aws:execute-api:${REGION}:${ACCOUNT_ID}:${API_ID}/production/$connect`;
const ok = (): unknown => ({ statusCode: 200 });
const policy = (Effect: string, Resource: unknown = METHOD_ARN, Action: unknown = 'execute-api:Invoke'): unknown => ({
  Version: '2012-10-17',
  Statement: [{ Effect, Action, Resource }],
});
const allowed = { principalId: 'me', policyDocument: policy('Allow') };

let running: TestGateway;
const start = async (auth: TestFunction, identitySources: string[] = []): Promise<TestGateway> => {
  const authorizer = { logicalId: 'Auth', functionName: 'auth', identitySources };
  running = await startTestGateway({
    functions: { auth, $connect: ok, $disconnect: ok, $default: ok },
    routes: [
      {
        routeKey: '$connect',
        twoWay: false,
        authorizer,
        integration: { type: 'lambda', functionName: '$connect', timeoutMs: 29_000 },
      },
    ],
  });
  return running;
};
afterEach(() => running.stop());

const statusOf = async (auth: TestFunction, identitySources?: string[]): Promise<number> =>
  (await (await start(auth, identitySources)).connect().refused()).statusCode;

describe('the event of an authorizer', () => {
  it('has exactly the fields that API Gateway sends', async () => {
    const { connect, events } = await start(() => allowed);
    await connect('/production', [], { headers: { Auth: 'token' } }).opened();
    const [{ headers, multiValueHeaders, requestContext, ...rest }, connectEvent] = events;
    expect(rest).toEqual({
      type: 'REQUEST',
      methodArn: METHOD_ARN,
      queryStringParameters: {},
      multiValueQueryStringParameters: {},
      stageVariables: {},
    });
    expect({ ...headers }).toEqual({
      ...connectEvent.headers,
      Connection: 'upgrade',
      'content-length': '0',
      Upgrade: 'websocket',
    });
    expect(multiValueHeaders.Auth).toEqual(['token']);
    expect(requestContext).toMatchObject({
      routeKey: '$connect',
      eventType: 'CONNECT',
      connectionId: connectEvent.requestContext.connectionId,
      connectedAt: connectEvent.requestContext.connectedAt,
    });
    expect(requestContext).not.toHaveProperty('authorizer');
  });
});

describe('an authorizer', () => {
  it('that allows gives principalId and context, as text, to all later events', async () => {
    const context = { room: 'blue', level: 5, admin: true, none: null };
    const { connect, events } = await start(() => ({ ...allowed, context }));
    const client = await connect().opened();
    client.send('x');
    await until(() => events.length >= 3);
    client.webSocket.close();
    await until(() => events.length >= 4);
    for (const { requestContext } of events.slice(1)) {
      expect(requestContext.authorizer).toEqual({ principalId: 'me', room: 'blue', level: '5', admin: 'true' });
    }
  });

  it.each([
    ['Deny', policy('Deny')],
    ['an Allow of another resource', policy('Allow', METHOD_ARN.replace('$connect', 'send'))],
    ['an Allow of another action', policy('Allow', METHOD_ARN, 'execute-api:ManageConnections')],
    [
      'a Deny beside an Allow',
      {
        Statement: [policy('Allow'), policy('Deny', '*')].flatMap(
          (document) => (document as { Statement: unknown[] }).Statement,
        ),
      },
    ],
    ['no statement', { Statement: [] }],
  ])('refuses with 403 by %s', async (_, policyDocument) => {
    expect(await statusOf(() => ({ principalId: 'me', policyDocument }))).toBe(403);
  });

  it.each([
    ['wildcards', policy('Allow', `arn:aws:execute-api:*:*:${API_ID}/*`, 'execute-api:*')],
    ['arrays', policy('Allow', ['x', METHOD_ARN], ['a:B', 'execute-api:Invoke'])],
    ['one statement that is not in an array', { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }],
  ])('allows by %s', async (_, policyDocument) => {
    const { connect } = await start(() => ({ principalId: 'me', policyDocument }));
    await connect().opened();
  });

  it('that throws Unauthorized refuses with 401', async () => {
    expect(await statusOf(() => Promise.reject(new Error('Unauthorized')))).toBe(401);
    expect(running.events).toHaveLength(1);
  });

  it.each<[string, TestFunction]>([
    ['throws something else', () => Promise.reject(new Error('unauthorized'))],
    ['returns nothing', () => undefined],
    ['returns no principalId', () => ({ policyDocument: policy('Allow') })],
    ['returns no policy', () => ({ principalId: 'me' })],
    ['returns an invalid Effect', () => ({ principalId: 'me', policyDocument: policy('allow') })],
    [
      'returns a statement without resource',
      () => ({ principalId: 'me', policyDocument: { Statement: [{ Effect: 'Allow', Action: '*' }] } }),
    ],
    ['returns an object in its context', () => ({ ...allowed, context: { roles: ['a'] } })],
    ['returns more than 8 KB', () => ({ ...allowed, context: { text: 'x'.repeat(8_192) } })],
  ])('that %s refuses with 500', async (_, auth) => {
    expect(await statusOf(auth)).toBe(500);
    expect(running.events).toHaveLength(1);
  });

  it('is not called while any identity source is missing, and the answer is 401', async () => {
    const sources = ['route.request.header.Auth', 'route.request.querystring.token'];
    const { connect, events } = await start(() => allowed, sources);
    const refusal = await connect('/production?token=x').refused();
    expect(refusal).toMatchObject({ statusCode: 401, body: '{"message":"Unauthorized"}' });
    expect((await connect('/production', [], { headers: { Auth: 'x' } }).refused()).statusCode).toBe(401);
    expect((await connect('/production?token=', [], { headers: { Auth: 'x' } }).refused()).statusCode).toBe(401);
    expect(events).toEqual([]);
    await connect('/production?token=x', [], { headers: { auth: 'x' } }).opened();
    expect(events).toHaveLength(2);
  });

  it('finds identity sources in the headers that API Gateway adds, and in the context', async () => {
    const { connect } = await start(
      () => allowed,
      ['route.request.header.X-Forwarded-Proto', 'context.identity.sourceIp'],
    );
    await connect().opened();
  });
});

describe('the answer of an authorizer', () => {
  it('is requested for each connection, and never reused for another with the same identity', async () => {
    let asked = 0;
    const auth: TestFunction = () => ({ ...allowed, principalId: `caller ${++asked}` });
    const { connect, events } = await start(auth, ['route.request.header.Auth']);
    const open = () => connect('/production', [], { headers: { Auth: 'the same' } }).opened();
    for (const client of [await open(), await open()]) {
      client.send('one');
      client.send('two');
    }
    await until(() => events.length === 8);
    const principalsOf = (eventType: string): string[] =>
      events
        .filter(({ type, requestContext }) => type !== 'REQUEST' && requestContext.eventType === eventType)
        .map(({ requestContext }) => requestContext.authorizer.principalId)
        .sort();
    expect(asked).toBe(2);
    expect(principalsOf('CONNECT')).toEqual(['caller 1', 'caller 2']);
    expect(principalsOf('MESSAGE')).toEqual(['caller 1', 'caller 1', 'caller 2', 'caller 2']);
  });

  it('for one connection has no effect on the next', async () => {
    const answers = ['Allow', 'Deny', 'Allow'];
    const { connect } = await start(
      () => ({ principalId: 'me', policyDocument: policy(answers.shift() as string) }),
      ['route.request.header.Auth'],
    );
    const attempt = () => connect('/production', [], { headers: { Auth: 'the same' } });
    await attempt().opened();
    expect((await attempt().refused()).statusCode).toBe(403);
    await attempt().opened();
  });
});

describe('an identity source that is a stage variable', () => {
  const startWith = async (variables: Record<string, string>): Promise<TestGateway> => {
    const authorizer = { logicalId: 'Auth', functionName: 'auth', identitySources: ['stageVariables.tenant'] };
    running = await startTestGateway({
      functions: { auth: () => allowed },
      stages: [{ name: 'production', variables }],
      routes: [{ routeKey: '$connect', twoWay: false, authorizer }],
    });
    return running;
  };

  it('is found if the stage has it', async () => {
    const { connect, events } = await startWith({ tenant: 'blue' });
    await connect().opened();
    expect(events).toEqual([expect.objectContaining({ type: 'REQUEST', stageVariables: { tenant: 'blue' } })]);
  });

  it.each([[{}], [{ Tenant: 'blue' }], [{ tenant: '' }]])('is missing on a stage with %j', async (variables) => {
    const { connect, events } = await startWith(variables as Record<string, string>);
    expect((await connect().refused()).statusCode).toBe(401);
    expect(events).toEqual([]);
  });
});
