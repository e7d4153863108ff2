import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { LocalEvent } from '../../../../packages/local/model/local-event.ts';
import { type LocalRun, startLocal } from '../../../../packages/local/run/start-local.ts';
import type { StartLocalOptions } from '../../../../packages/local/run/start-options.ts';
import { PATIENCE_MS, until } from '../../../support/until.ts';
import { openTerminal } from '../../../transcripts/player/open-terminal.ts';
import { ANSWERING, type AnAssembly, aChat, aFunction, anAssembly } from '../template/an-assembly.ts';

const greeter = (
  code: string,
  { variables = {}, ...rest }: AnAssembly & { variables?: Record<string, unknown> } = {},
) =>
  aChat({
    files: { 'code/index.mjs': code },
    ...rest,
    Resources: { ...ANSWERING, ...aFunction({ Environment: { Variables: variables } }), ...rest.Resources },
  });
const SAYS = (text: string) => `export const handler = async () => ({ statusCode: 200, body: ${text} });`;

const GRANT = {
  Grant: {
    Type: 'AWS::IAM::Policy',
    Properties: {
      Roles: [{ Ref: 'Role' }],
      PolicyName: 'grant',
      PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'sqs:*', Resource: '*' }] },
    },
  },
};

const runs: LocalRun[] = [];
const start = async (options: Partial<StartLocalOptions> & Pick<StartLocalOptions, 'cdkOut'>) => {
  const events: LocalEvent[] = [];
  const run = await startLocal({ log: (event) => events.push(event), ...options });
  runs.push(run);
  const url = run.ready.apis[0]?.webSocketUrl ?? '';
  return { run, events, url, open: () => openTerminal({ url, timeoutMs: PATIENCE_MS }) };
};
afterEach(async () => {
  await Promise.all(runs.splice(0).map((run) => run.stop()));
});

describe('startLocal', () => {
  it('describes the parts that run, with their URLs', async () => {
    const cdkOut = anAssembly(greeter(SAYS('"hi"'), { Resources: { Queue: { Type: 'AWS::SQS::Queue' } } }));
    const { run } = await start({ cdkOut });
    expect(run.ready).toEqual({
      type: 'ready',
      name: 'Chat',
      apis: [
        {
          name: 'chat',
          webSocketUrl: expect.stringMatching(/^ws:\/\/127\.0\.0\.1:\d+\/production$/),
          connectionsUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/production$/),
          customDomains: [],
          iamAuthorization: false,
          routeSelectionExpression: '$request.body.action',
          routes: [{ routeKey: '$default', functionName: 'Chat-Echo' }],
        },
      ],
      functions: ['Chat-Echo'],
      logicalIds: { 'Chat-Echo': 'Echo' },
      queues: [{ name: 'Chat-Queue', url: `${run.sdk.sqs.endpoint}/123456789012/Chat-Queue` }],
      tables: [],
      notices: [],
    });
  });

  it('lists the injected faults when it is ready', async () => {
    const { run } = await start({ cdkOut: anAssembly(greeter(SAYS('"hi"'))), faults: ['post:410=1%'] });
    expect(run.ready.notices).toEqual(['injected fault: post:410=1%']);
  });

  it('runs new code from the next message on, and keeps connections open', async () => {
    const cdkOut = anAssembly(greeter(SAYS('"before"')));
    const { run, events, open } = await start({ cdkOut });
    const client = await open();
    client.type('1');
    expect(await client.next(PATIENCE_MS)).toBe('before');
    writeFileSync(join(cdkOut, 'code/index.mjs'), SAYS('"after"'));
    run.reloadCode({ codePath: join(cdkOut, 'code'), modules: ['index'], builtInMs: 0 });
    client.type('2');
    expect(await client.next(PATIENCE_MS)).toBe('after');
    expect(events).toContainEqual({ type: 'reloaded', functions: ['Chat-Echo'], durationMs: expect.any(Number) });
    await client.close();
  });

  it('applies a changed function, a new queue and a new permission from a changed stack', async () => {
    const says = SAYS('process.env.GREETING');
    const { run, open } = await start({ cdkOut: anAssembly(greeter(says, { variables: { GREETING: 'hello' } })) });
    const client = await open();
    client.type('1');
    expect(await client.next(PATIENCE_MS)).toBe('hello');
    const changed = greeter(says, {
      variables: { GREETING: 'goodbye' },
      Resources: { Queue: { Type: 'AWS::SQS::Queue' } },
    });
    expect(await run.reloadApplication(anAssembly(changed))).toEqual([]);
    client.type('2');
    expect(await client.next(PATIENCE_MS)).toBe('goodbye');
    await client.close();
  });

  it('asks for a restart if a change needs one, and changes nothing', async () => {
    const { run, open } = await start({ cdkOut: anAssembly(greeter(SAYS('"before"'))) });
    const changed = greeter(SAYS('"after"'), {
      Resources: {
        Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'renamed', ProtocolType: 'WEBSOCKET' } },
      },
    });
    expect(await run.reloadApplication(anAssembly(changed))).toEqual(['The API Api has changed: restart']);
    await expect(run.reloadApplication(anAssembly(greeter('', { files: {} })))).rejects.toThrow(
      /its code .* does not exist/,
    );
    const client = await open();
    client.type('1');
    expect(await client.next(PATIENCE_MS)).toBe('before');
    await client.close();
  });

  it('keeps the old stack running if a table of the changed stack is refused', async () => {
    const says = SAYS('process.env.GREETING');
    const table = (AttributeName: string) => ({
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName, AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      },
    });
    const stack = (GREETING: string, Resources: AnAssembly['Resources'] = {}) =>
      anAssembly(greeter(says, { variables: { GREETING }, Resources }));
    const { run, events } = await start({ cdkOut: stack('hello') });
    const changed = (attribute: string) => stack('goodbye', { Table: table(attribute), ...GRANT });
    await expect(run.reloadApplication(changed('another'))).rejects.toThrow(/AttributeDefinitions/);
    expect(await run.invoke('Chat-Echo', {})).toMatchObject({ payload: { body: 'hello' } });
    expect(run.usage().unused).toEqual([]);
    expect(await run.reloadApplication(changed('id'))).toEqual([]);
    expect(await run.invoke('Chat-Echo', {})).toMatchObject({ payload: { body: 'goodbye' } });
    expect(run.usage().unused).toMatchObject([{ pattern: 'sqs:*' }, { pattern: '*' }]);
    expect(events.filter(({ type }) => type === 'reloaded')).toHaveLength(1);
  });

  it('polls a queue as long as the current stack allows it', async () => {
    const polling = (Resources: AnAssembly['Resources']) =>
      anAssembly(
        greeter('export const handler = async ({ Records }) => console.log(Records[0].body);', {
          Resources: {
            Queue: { Type: 'AWS::SQS::Queue' },
            Source: {
              Type: 'AWS::Lambda::EventSourceMapping',
              Properties: { EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] }, FunctionName: { Ref: 'Echo' } },
            },
            ...Resources,
          },
        }),
      );
    const { run, events } = await start({ cdkOut: polling({}) });
    const refusals = () =>
      events.filter((event) => event.type === 'notice' && / does not poll /.test(event.line)).length;
    const printed = () => events.flatMap((event) => (event.type === 'log' ? [event.line] : []));
    const client = new SQSClient(run.sdk.sqs);
    const QueueUrl = run.ready.queues[0]?.url;
    expect(refusals()).toBe(1);
    await run.reloadApplication(polling(GRANT));
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'polled' }));
    await until(() => printed().includes('polled'));
    await run.reloadApplication(polling({}));
    expect(refusals()).toBe(2);
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'left alone' }));
    const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl }));
    expect(Messages).toMatchObject([{ Body: 'left alone' }]);
    expect(printed()).toEqual(['polled']);
    client.destroy();
  });

  it('gives functions their own environment, without the developer’s variables', async () => {
    process.env.DEVELOPERS_SECRET = 'do not tell';
    const { open } = await start({ cdkOut: anAssembly(greeter(SAYS('JSON.stringify(process.env)'))) });
    const client = await open();
    client.type('1');
    const environment = JSON.parse((await client.next(PATIENCE_MS)) ?? '{}');
    expect(environment).toMatchObject({ AWS_REGION: 'us-east-1', AWS_LAMBDA_FUNCTION_NAME: 'Chat-Echo' });
    expect(environment.AWS_ENDPOINT_URL_SQS).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(Object.keys(environment)).not.toContain('DEVELOPERS_SECRET');
    delete process.env.DEVELOPERS_SECRET;
    await client.close();
  });

  it('replaces the URLs of an API in an environment by local URLs', async () => {
    const variables = {
      CALLBACK: { 'Fn::Sub': 'https://${Api}.execute-api.${AWS::Region}.amazonaws.com/production' },
      SOCKET: { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] },
      HOST: { 'Fn::Sub': '${Api}.execute-api.${AWS::Region}.amazonaws.com' },
    };
    const says = SAYS('[process.env.CALLBACK, process.env.SOCKET, process.env.HOST].join()');
    const { open, url } = await start({ cdkOut: anAssembly(greeter(says, { variables })) });
    const client = await open();
    client.type('1');
    const { host } = new URL(url);
    expect(await client.next(PATIENCE_MS)).toMatch(
      new RegExp(`^http://${host}/production,ws://${host},[a-z0-9]{10}\\.execute-api\\.us-east-1\\.amazonaws\\.com$`),
    );
    await client.close();
  });

  it('lets functions reach it by its custom domain name, without the stage', async () => {
    const Resources = {
      Domain: { Type: 'AWS::ApiGatewayV2::DomainName', Properties: { DomainName: 'ws.example.com' } },
      Mapping: {
        Type: 'AWS::ApiGatewayV2::ApiMapping',
        Properties: { ApiId: { Ref: 'Api' }, DomainName: { Ref: 'Domain' }, Stage: { Ref: 'Stage' } },
      },
    };
    const get = `new Promise((resolve) => process.getBuiltinModule('node:https')
      .get(process.env.URL, ({ statusCode }) => resolve(statusCode)).on('error', ({ code }) => resolve(code)))`;
    const variables = { URL: { 'Fn::Sub': 'https://${Domain}/@connections/QyiABCdefGHIjkl%3D' } };
    const says = SAYS(`process.env.URL + ' ' + await ${get}`);
    const { events, open } = await start({ cdkOut: anAssembly(greeter(says, { variables, Resources })) });
    const client = await open();
    client.type('1');
    expect(await client.next(PATIENCE_MS)).toBe('https://ws.example.com/@connections/QyiABCdefGHIjkl%3D 403');
    // The path was found, but the request was not signed. An unknown path would get "Forbidden".
    expect(events).toContainEqual(expect.objectContaining({ why: 'MissingAuthenticationTokenException' }));
    await client.close();
  });

  it('lets functions reach it on the address that it listens on', async () => {
    const variables = {
      CALLBACK: { 'Fn::Sub': 'https://${Api}.execute-api.${AWS::Region}.amazonaws.com/production' },
      HOST: { 'Fn::Sub': '${Api}.execute-api.${AWS::Region}.amazonaws.com' },
    };
    const get = `new Promise((resolve) => process.getBuiltinModule('node:https')
      .get('https://' + process.env.HOST + '/', ({ statusCode }) => resolve(statusCode)).on('error', ({ code }) => resolve(code)))`;
    const says = SAYS(`process.env.CALLBACK + ' ' + await ${get}`);
    const { open, url } = await start({ cdkOut: anAssembly(greeter(says, { variables })), host: '127.0.0.2' });
    const client = await open();
    client.type('1');
    const { host } = new URL(url);
    expect(host).toMatch(/^127\.0\.0\.2:/);
    expect(await client.next(PATIENCE_MS)).toBe(`http://${host}/production 403`);
    await client.close();
  });

  it('frees its port when it stops, and closes connections as going away', async () => {
    const { run, url, open } = await start({ cdkOut: anAssembly(greeter(SAYS('"hi"'))) });
    const client = await open();
    await run.stop();
    expect(await client.next(PATIENCE_MS)).toBe('Disconnected (code: 1001)');
    const error = await new Promise<NodeJS.ErrnoException>((resolve) =>
      connect(Number(new URL(url).port), '127.0.0.1').once('error', resolve),
    );
    expect(error.code).toBe('ECONNREFUSED');
  });

  it.each([
    [{ cdkOut: undefined }, 'cdkOut is undefined: pass the folder of a cloud assembly'],
    [{ port: '3001' }, 'port is "3001": pass a whole number from 0 to 65535'],
    [{ clock: {} }, 'clock is {}: pass a clock of createMovableClock()'],
    [{ faults: 'post:410=1%' }, 'faults is "post:410=1%": pass a list such as ["post:410=1%"]'],
  ])('refuses %j by name', async (options, said) => {
    const given = { cdkOut: anAssembly(aChat()), ...options } as StartLocalOptions;
    await expect(startLocal(given)).rejects.toThrow(`startLocal: ${said}`);
  });

  it('leaves nothing running when it cannot start', async () => {
    const { run } = await start({ cdkOut: anAssembly(greeter(SAYS('"hi"'))) });
    const port = Number(new URL(run.ready.apis[0]?.webSocketUrl ?? '').port);
    const cdkOut = anAssembly(greeter(SAYS('"hi"')));
    await expect(startLocal({ cdkOut, port })).rejects.toThrow(
      `Port ${port} is in use. Stop the other process or pass --port`,
    );
    await expect(startLocal({ cdkOut, stage: 'beta' })).rejects.toThrow(
      'Chat has no stage "beta". Its stages: production',
    );
    await expect(startLocal({ cdkOut, faults: ['post:410'] })).rejects.toThrow(/--fault post:410 is invalid/);
    expect(process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap')).toHaveLength(1);
  });
});
