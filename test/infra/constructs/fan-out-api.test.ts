import { rmSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type CfnElement, Duration, Fn, type IResource, Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import type { WebSocketRoute } from 'aws-cdk-lib/aws-apigatewayv2';
import { type IGrantable, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Handlers } from '../../../infra/bundling/handlers.ts';
import type { FanOutAlarms } from '../../../infra/constructs/fan-out-alarms.ts';
import type { FanOutApi } from '../../../infra/constructs/fan-out-api.ts';
import type { FanOutApiProps } from '../../../infra/constructs/fan-out-api-props.ts';
import type { RouteOptions } from '../../../infra/constructs/route-options.ts';
import type { HandlerFunction } from '../../../infra/functions/handler-function.ts';
import { aStack, frameworkHandlersAnd, someHandlers } from '../a-stack.ts';
import { statementsOf } from '../statements-of.ts';

/** Names that would have the construct ids of other handlers. */
const ALIKE = ['send_message', 'sendMessage', 'fan_out'];
let handlers: Handlers;
let stack: Stack;
let chat: FanOutApi;
let template: Template;
let functions: Record<'connect' | 'disconnect' | 'default' | 'send-message' | 'fan-out', HandlerFunction>;

beforeAll(async () => {
  handlers = await someHandlers(...['send-message', 'leave', 'all', 'authorize'], ...ALIKE);
  ({ stack, chat, template } = aStack({ handlers }, (api) => api.addRoute('send-message', { can: ['broadcast'] })));
  functions = {
    connect: chat.functionOf('connect'),
    disconnect: chat.functionOf('disconnect'),
    default: chat.functionOf('default'),
    'send-message': chat.functionOf('send-message'),
    'fan-out': chat.fanOut,
  };
});

const idOf = (resource: IResource): string =>
  Stack.of(resource).resolve((resource.node.defaultChild as CfnElement).logicalId);
/** The properties of a resource in the template. */
const propertiesOf = (resource: IResource, from = template) => from.toJSON().Resources[idOf(resource)].Properties;
const ofType = (type: string, from = template) => Object.entries(from.findResources(type));

const allow = (actions: string | string[], resource: string) => ({
  Effect: 'Allow',
  Action: actions,
  Resource: stack.resolve(resource),
});
const log = ({ logGroup }: HandlerFunction) =>
  allow(['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn);
const connections = (method: string, stage = 'production') =>
  allow(
    'execute-api:ManageConnections',
    `arn:${stack.partition}:execute-api:${stack.region}:${stack.account}:${chat.api.apiId}/${stage}/${method}/@connections/*`,
  );

type Made = ReturnType<typeof aStack>;
const statementsAbout = (resource: string, { chat: { functions: all }, template: from }: Made, handler: string) =>
  statementsOf(from, (all.get(handler) as HandlerFunction).role).filter((statement) =>
    JSON.stringify(statement).includes(resource),
  );
const looksAtConnections = (made: Made, handler: string): boolean =>
  statementsAbout('/GET/@connections', made, handler).length > 0;
const maySend = (made: Made, handler: string): boolean => statementsAbout('sqs:SendMessage', made, handler).length > 0;

describe('a function may do exactly', () => {
  it('connect: write its row', () => {
    expect(statementsOf(template, functions.connect.role)).toEqual([
      log(functions.connect),
      allow('dynamodb:PutItem', chat.table.tableArn),
    ]);
  });

  it('disconnect: delete its row', () => {
    expect(statementsOf(template, functions.disconnect.role)).toEqual([
      log(functions.disconnect),
      allow('dynamodb:DeleteItem', chat.table.tableArn),
    ]);
  });

  it('default: answer, delete a stale row, look at the connection', () => {
    expect(statementsOf(template, functions.default.role)).toEqual([
      log(functions.default),
      allow('dynamodb:DeleteItem', chat.table.tableArn),
      connections('POST'),
      connections('GET'),
    ]);
  });

  it.each<[string, RouteOptions]>([
    ['with an environment variable', { environment: { GREETING: 'hello' } }],
    ['with another timeout', { timeout: Duration.seconds(20) }],
    ['with other abilities', { can: ['broadcast'] }],
    ['without abilities', { can: [] }],
  ])('the framework’s default %s: still look at the connection', (_, options) => {
    const made = aStack({ handlers, default: options });
    expect(looksAtConnections(made, 'default')).toBe(true);
    expect(maySend(made, 'default')).toBe(options.can?.includes('broadcast') === true);
  });

  it('the application’s own default: look at the connection only with the ability inspect', async () => {
    const own = await someHandlers('default', 'all');
    expect(looksAtConnections(aStack({ handlers: own }), 'default')).toBe(false);
    expect(looksAtConnections(aStack({ handlers: own, default: { can: ['inspect'] } }), 'default')).toBe(true);
    expect(looksAtConnections(aStack({ handlers: own, default: { handler: 'all' } }), 'all')).toBe(false);
  });

  it('a route that can broadcast: answer, delete a stale row, send to the queue', () => {
    expect(statementsOf(template, functions['send-message'].role)).toEqual([
      log(functions['send-message']),
      allow('dynamodb:DeleteItem', chat.table.tableArn),
      connections('POST'),
      allow('sqs:SendMessage', chat.queues.queue.queueArn),
    ]);
  });

  it('fan-out: scan, delete stale rows, receive from the queue, send to it and to the dead-letter queue, post', () => {
    expect(statementsOf(template, functions['fan-out'].role)).toEqual([
      log(functions['fan-out']),
      allow(['dynamodb:Scan', 'dynamodb:BatchWriteItem'], chat.table.tableArn),
      allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], chat.queues.queue.queueArn),
      allow('sqs:SendMessage', chat.queues.queue.queueArn),
      allow('sqs:SendMessage', chat.queues.deadLetterQueue.queueArn),
      connections('POST'),
    ]);
  });

  it('every other ability: one more statement', () => {
    const made = aStack({ handlers }, (api) => api.addRoute('leave', { can: ['keep', 'inspect', 'disconnect'] }));
    const leave = made.chat.functionOf('leave');
    expect(statementsOf(made.template, leave.role)).toEqual([
      log(leave),
      allow('dynamodb:DeleteItem', made.chat.table.tableArn),
      connections('POST'),
      allow('dynamodb:PutItem', made.chat.table.tableArn),
      connections('GET'),
      connections('DELETE'),
    ]);
  });

  it('the actions of all its routes, if it serves several', () => {
    const made = aStack({ handlers, connect: { handler: 'all' }, default: { handler: 'all', can: [] } }, (api) => {
      api.addRoute('a', { handler: 'all', can: ['broadcast'] });
      api.addRoute('b', { handler: 'all', can: ['disconnect', 'broadcast'] });
    });
    const all = made.chat.functionOf('all');
    expect(statementsOf(made.template, all.role)).toEqual([
      log(all),
      allow('dynamodb:PutItem', made.chat.table.tableArn),
      allow('dynamodb:DeleteItem', made.chat.table.tableArn),
      connections('POST'),
      allow('sqs:SendMessage', made.chat.queues.queue.queueArn),
      connections('DELETE'),
    ]);
    expect(ofType('AWS::Lambda::Function', made.template)).toHaveLength(3); // all, disconnect, fan-out
  });

  it('be invoked by its stage, by one permission for all routes and one for the authorizer', () => {
    const handler = 'all';
    const made = aStack({ handlers, connect: { handler, authorizer: { handler } } }, (api) => {
      for (let route = 0; route < 60; route++) api.addRoute(`route-${route}`, { handler });
    });
    const all = made.chat.functionOf(handler);
    const permissions = ofType('AWS::Lambda::Permission', made.template).map(([, { Properties }]) => Properties);
    const [authorizer = ''] = Object.keys(made.template.findResources('AWS::ApiGatewayV2::Authorizer'));
    const arn = `arn:${made.stack.partition}:execute-api:${made.stack.region}:${made.stack.account}:${made.chat.api.apiId}`;
    const sources = permissions
      .filter(({ FunctionName }) => FunctionName['Fn::GetAtt'][0] === idOf(all.function))
      .map(({ SourceArn }) => SourceArn);
    expect(sources).toHaveLength(2);
    expect(sources).toEqual(
      expect.arrayContaining([
        made.stack.resolve(`${arn}/production/*`),
        made.stack.resolve(`${arn}/authorizers/${Fn.ref(authorizer)}`),
      ]),
    );
  });

  it('the actions of its own role, which only Lambda can assume', () => {
    const roles = ofType('AWS::IAM::Role');
    expect(roles.map(([id]) => id).sort()).toEqual(
      Object.values(functions)
        .map(({ role }) => idOf(role))
        .sort(),
    );
    for (const [, { Properties }] of roles)
      expect(Properties.AssumeRolePolicyDocument.Statement).toEqual([
        { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
      ]);
    for (const handler of Object.values(functions))
      expect(propertiesOf(handler.function).Role).toEqual(stack.resolve(handler.role.roleArn));
  });
});

describe('a function', () => {
  const common = () => ({
    NODE_OPTIONS: '--enable-source-maps',
    POWERTOOLS_SERVICE_NAME: 'Test-Chat',
    FAN_OUT_CONNECTIONS_TABLE: stack.resolve(chat.table.tableName),
    FAN_OUT_BROADCAST_QUEUE_URL: stack.resolve(chat.queues.queue.queueUrl),
    AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: stack.resolve(
      `https://${chat.api.apiId}.execute-api.${stack.region}.${stack.urlSuffix}/production`,
    ),
  });

  it.each(['connect', 'disconnect', 'default', 'send-message'] as const)('%s has exactly this environment', (name) => {
    expect(propertiesOf(functions[name].function).Environment.Variables).toEqual(common());
  });

  it('fan-out also has variables for the dead-letter queue, its rate and its target', () => {
    expect(propertiesOf(functions['fan-out'].function).Environment.Variables).toEqual({
      ...common(),
      NODE_OPTIONS: '--enable-source-maps --max-semi-space-size=4',
      FAN_OUT_DEAD_LETTER_QUEUE_URL: stack.resolve(chat.queues.deadLetterQueue.queueUrl),
      FAN_OUT_POSTS_PER_SECOND: '4000',
      FAN_OUT_TARGET_MS: '5000',
    });
  });

  it('has a variable for the name of the partition key if it is not the default', () => {
    const made = aStack({ handlers, keyAttribute: 'ConnectionId' });
    expect(propertiesOf(made.chat.table, made.template).KeySchema).toEqual([
      { AttributeName: 'ConnectionId', KeyType: 'HASH' },
    ]);
    const { Variables } = propertiesOf(made.chat.fanOut.function, made.template).Environment;
    expect(Variables.FAN_OUT_CONNECTIONS_KEY).toBe('ConnectionId');
  });

  it('fan-out has the given target', () => {
    const made = aStack({ handlers, fanOut: { target: Duration.seconds(2) } });
    const { Variables } = propertiesOf(made.chat.fanOut.function, made.template).Environment;
    expect(Variables.FAN_OUT_TARGET_MS).toBe('2000');
  });

  it('has the variables of its routes', () => {
    const made = aStack({ handlers }, (api) => {
      api.addRoute('a', { handler: 'all', environment: { GREETING: 'hello' } });
      api.addRoute('b', { handler: 'all', environment: { GREETING: 'hello', NAME: 'x' } });
    });
    const { Variables } = propertiesOf(made.chat.functionOf('all').function, made.template).Environment;
    expect(Variables).toEqual({ ...common(), GREETING: 'hello', NAME: 'x' });
  });

  it.each(['connect', 'disconnect', 'default', 'send-message', 'fan-out'] as const)(
    '%s runs its handler on ARM64 and nodejs24.x, and has its own log group with a retention of a month',
    (name) => {
      const { function: lambda, logGroup } = functions[name];
      expect(propertiesOf(lambda)).toMatchObject({
        Architectures: ['arm64'],
        Runtime: 'nodejs24.x',
        Handler: `${name}.handler`,
        LoggingConfig: { LogGroup: stack.resolve(logGroup.logGroupName) },
      });
      expect(propertiesOf(logGroup)).toEqual({ RetentionInDays: 30 });
    },
  );

  it('has a timeout below API Gateway’s 29 seconds on a route, and 30 seconds and one core as fan-out', () => {
    for (const name of ['connect', 'disconnect', 'default', 'send-message'] as const)
      expect(propertiesOf(functions[name].function)).toMatchObject({ Timeout: 10, MemorySize: 512 });
    expect(propertiesOf(functions['fan-out'].function)).toMatchObject({ Timeout: 30, MemorySize: 1_769 });
  });

  it('has Lambda’s recursive loop detection, except fan-out, which counts its own attempts', () => {
    const loops = Object.values(functions).map((handler) => propertiesOf(handler.function).RecursiveLoop);
    expect(loops).toEqual([undefined, undefined, undefined, undefined, 'Allow']);
  });

  it('has no reserved concurrency: a new account has 10 in all', () => {
    expect(JSON.stringify(template.toJSON())).not.toContain('ReservedConcurrentExecutions');
  });

  it('shares one asset with the others', () => {
    const keys = new Set(
      Object.values(functions).map((handler) => JSON.stringify(propertiesOf(handler.function).Code)),
    );
    expect(keys.size).toBe(1);
  });
});

describe('the queues', () => {
  const common = { SqsManagedSseEnabled: true, MaximumMessageSize: 1_048_576 };

  it('keep a broadcast for a day, hide it for six timeouts of the fan-out, and allow five receives', () => {
    expect(propertiesOf(chat.queues.queue)).toEqual({
      ...common,
      VisibilityTimeout: 180,
      MessageRetentionPeriod: 86_400,
      RedrivePolicy: { deadLetterTargetArn: stack.resolve(chat.queues.deadLetterQueue.queueArn), maxReceiveCount: 5 },
    });
  });

  it('keep a dead letter for fourteen days', () => {
    expect(propertiesOf(chat.queues.deadLetterQueue)).toEqual({ ...common, MessageRetentionPeriod: 1_209_600 });
  });

  it('refuse requests without TLS', () => {
    const policies = ofType('AWS::SQS::QueuePolicy').map(([, { Properties }]) => Properties);
    const deny = ({ queueArn, queueUrl }: { queueArn: string; queueUrl: string }) => ({
      Queues: [stack.resolve(queueUrl)],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Deny',
            Principal: { AWS: '*' },
            Action: 'sqs:*',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            Resource: stack.resolve(queueArn),
          },
        ],
      },
    });
    expect(policies).toHaveLength(2);
    expect(policies).toEqual(expect.arrayContaining([deny(chat.queues.queue), deny(chat.queues.deadLetterQueue)]));
  });

  it('are an event source of the fan-out: ten records a batch, no window, partial batch failures, two functions', () => {
    expect(ofType('AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => Properties)).toEqual([
      {
        EventSourceArn: stack.resolve(chat.queues.queue.queueArn),
        FunctionName: stack.resolve(functions['fan-out'].function.functionName),
        BatchSize: 10,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 2 },
      },
    ]);
  });

  it.each([
    [11, 180, 5],
    [30, 180, 5],
    [31, 186, 5],
    [42, 252, 5],
    [43, 258, 6],
    [60, 360, 7],
  ])(
    'hide a record for six timeouts of %d seconds, and the alarm waits longer',
    (timeoutSeconds, hiddenSeconds, ageMinutes) => {
      const timeout = Duration.seconds(timeoutSeconds);
      const made = aStack({ handlers, fanOut: { timeout, target: Duration.seconds(1) } });
      expect(propertiesOf(made.chat.queues.queue, made.template).VisibilityTimeout).toBe(hiddenSeconds);
      const { oldestBroadcast } = made.chat.alarms as FanOutAlarms;
      const { Threshold, AlarmDescription } = propertiesOf(oldestBroadcast, made.template);
      expect(Threshold).toBe(60 * ageMinutes);
      expect(Threshold).toBeGreaterThanOrEqual(hiddenSeconds + timeoutSeconds);
      expect(Threshold).toBeLessThan(2 * hiddenSeconds);
      expect(JSON.stringify(AlarmDescription)).toContain(`has waited for ${ageMinutes} minutes`);
    },
  );

  it.each([
    [{}, '4000', 2],
    [{ accountRequestsPerSecond: 2_500 }, '1000', 2],
    [{ fanOut: { maxConcurrency: 3 } }, '2666', 3],
    [{ accountRequestsPerSecond: 50_000, fanOut: { maxConcurrency: 10 } }, '4000', 10],
  ])('divide 80 %% of the account’s requests among the functions: %j', (props, postsPerSecond, maxConcurrency) => {
    const made = aStack({ handlers, ...props });
    const { Variables } = propertiesOf(made.chat.fanOut.function, made.template).Environment;
    expect(Variables.FAN_OUT_POSTS_PER_SECOND).toBe(postsPerSecond);
    made.template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      ScalingConfig: { MaximumConcurrency: maxConcurrency },
    });
  });
});

it('keeps connections in an encrypted on-demand table with ttl', () => {
  expect(propertiesOf(chat.table)).toEqual({
    AttributeDefinitions: [{ AttributeName: 'connectionId', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'connectionId', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
    SSESpecification: { SSEEnabled: true },
    TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
  });
});

it('keeps no resource when the stack is deleted', () => {
  const resources = Object.values(template.toJSON().Resources as Record<string, Record<string, string>>);
  const stateful = resources.filter(({ Type }) => /Table|Queue$|LogGroup|Bucket/.test(Type ?? ''));
  expect(stateful.map(({ Type }) => Type).sort()).toEqual([
    'AWS::DynamoDB::Table',
    ...Array(5).fill('AWS::Logs::LogGroup'),
    'AWS::SQS::Queue',
    'AWS::SQS::Queue',
  ]);
  for (const { DeletionPolicy, UpdateReplacePolicy } of stateful)
    expect([DeletionPolicy, UpdateReplacePolicy]).toEqual(['Delete', 'Delete']);
  expect(resources.filter(({ DeletionPolicy = '' }) => /Retain|Snapshot/.test(DeletionPolicy))).toEqual([]);
});

describe('the routes', () => {
  it('are selected by "action"', () => {
    expect(propertiesOf(chat.api)).toEqual({
      Name: 'Test-Chat',
      ProtocolType: 'WEBSOCKET',
      RouteSelectionExpression: '$request.body.action',
    });
  });

  it.each([
    ['$connect', 'connect'],
    ['$disconnect', 'disconnect'],
    ['$default', 'default'],
    ['send-message', 'send-message'],
  ] as const)('%s invokes %s, which only this stage may invoke', (routeKey, name) => {
    const route = chat.routes.get(routeKey);
    const { Properties } = template.toJSON().Resources[idOf(route as NonNullable<typeof route>)];
    const integrationId = Properties.Target['Fn::Join'][1][1].Ref;
    expect(Properties).toMatchObject({ RouteKey: routeKey, AuthorizationType: 'NONE' });
    expect(template.toJSON().Resources[integrationId].Properties).toEqual({
      ApiId: stack.resolve(chat.api.apiId),
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: stack.resolve(
        `arn:${stack.partition}:apigateway:${stack.region}:lambda:path/2015-03-31/functions/${functions[name].function.functionArn}/invocations`,
      ),
    });
    const permissions = ofType('AWS::Lambda::Permission').map(([, permission]) => permission.Properties);
    const FunctionName = stack.resolve(functions[name].function.functionArn);
    expect(
      permissions.filter((permission) => JSON.stringify(permission).includes(JSON.stringify(FunctionName))),
    ).toEqual([
      {
        Action: 'lambda:InvokeFunction',
        FunctionName,
        Principal: 'apigateway.amazonaws.com',
        SourceArn: stack.resolve(
          `arn:${stack.partition}:execute-api:${stack.region}:${stack.account}:${chat.api.apiId}/production/*`,
        ),
      },
    ]);
  });

  it('may all have the application’s own connect and disconnect, and so may an authorizer', () => {
    const connect = { handler: 'connect', authorizer: { handler: 'disconnect' } };
    const made = () => aStack({ handlers, connect }, (api) => api.addRoute('leave', { handler: 'connect' }));
    expect(made).not.toThrow();
  });

  it('are exactly four', () => {
    expect(
      ofType('AWS::ApiGatewayV2::Route')
        .map(([, { Properties }]) => Properties.RouteKey)
        .sort(),
    ).toEqual(['$connect', '$default', '$disconnect', 'send-message']);
  });
});

describe('the stage', () => {
  it('is created after every route, integration and permission', () => {
    const parts = ['AWS::ApiGatewayV2::Route', 'AWS::ApiGatewayV2::Integration', 'AWS::Lambda::Permission'];
    const ids = parts.flatMap((type) => ofType(type).map(([id]) => id));
    expect(ids).toHaveLength(12);
    expect(template.toJSON().Resources[idOf(chat.stage)].DependsOn.sort()).toEqual(ids.sort());
  });

  it('is by default production, with automatic deployment, without throttling and without access logs', () => {
    expect(propertiesOf(chat.stage)).toEqual({
      ApiId: stack.resolve(chat.api.apiId),
      StageName: 'production',
      AutoDeploy: true,
    });
  });

  it('is in both URLs, in the functions’ endpoint and in their permissions, under any name', () => {
    const made = aStack({ handlers, stageName: 'dev' });
    const host = `${made.chat.api.apiId}.execute-api.${made.stack.region}.${made.stack.urlSuffix}`;
    expect(made.stack.resolve(made.chat.outputs)).toMatchObject(
      made.stack.resolve({ WebSocketUrl: `wss://${host}/dev`, ConnectionsUrl: `https://${host}/dev/@connections` }),
    );
    const { Variables } = propertiesOf(made.chat.functionOf('default').function, made.template).Environment;
    expect(Variables.AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI).toEqual(made.stack.resolve(`https://${host}/dev`));
    expect(statementsOf(made.template, made.chat.functionOf('default').role)).toContainEqual(connections('GET', 'dev'));
    expect(JSON.stringify(made.template.toJSON())).not.toContain('production');
  });

  it.each<[string, string]>([
    ['Fn::ImportValue', Fn.importValue('stage')],
    ['Fn::Sub', Fn.sub(`\${AWS::Region}-stage`)],
    ['Fn::GetAtt', Fn.getAtt('Names', 'Stage').toString()],
    ['Fn::If', Fn.conditionIf('IsLive', 'live', 'test').toString()],
    ['Fn::FindInMap', Fn.findInMap('Stages', 'eu', 'name')],
    ['Ref', Fn.ref('Stage')],
  ])('may have a name that only CloudFormation knows: %s', (intrinsic, stageName) => {
    const made = aStack({ handlers, stageName });
    expect(Object.keys(propertiesOf(made.chat.stage, made.template).StageName)).toEqual([intrinsic]);
    expect(made.stack.resolve(made.chat.webSocketUrl)['Fn::Join'][1]).toContainEqual(made.stack.resolve(stageName));
  });

  it('has the given rate and burst', () => {
    const made = aStack({ handlers, throttle: { rateLimit: 100, burstLimit: 50 } });
    expect(propertiesOf(made.chat.stage, made.template).DefaultRouteSettings).toEqual({
      ThrottlingRateLimit: 100,
      ThrottlingBurstLimit: 50,
    });
  });
});

describe('grantBroadcast', () => {
  it('lets a role of the application only send to the broadcast queue', () => {
    let role = {} as Role;
    const made = aStack({ handlers }, (api) => {
      role = new Role(api, 'Backend', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
      api.grantBroadcast(role).assertSuccess();
    });
    const [statement, ...others] = statementsOf(made.template, role) as Record<string, unknown>[];
    expect(others).toEqual([]);
    expect([statement?.Resource].flat()).toEqual([made.stack.resolve(made.chat.queues.queue.queueArn)]);
    expect(statement).toMatchObject({ Effect: 'Allow', Action: 'sqs:SendMessage' });
  });

  it('lets a function of the API without the ability send too', () => {
    const made = aStack({ handlers }, (api) => {
      api.addRoute('leave');
      api.grantBroadcast(api.functionOf('leave'));
    });
    expect(maySend(made, 'leave')).toBe(true);
    expect(maySend(made, 'connect')).toBe(false);
  });

  it('lets a service send through the queue’s own policy', () => {
    const made = aStack({ handlers }, (api) => api.grantBroadcast(new ServicePrincipal('events.amazonaws.com')));
    const policies = ofType('AWS::SQS::QueuePolicy', made.template).map(([, { Properties }]) => Properties);
    expect(policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)).toContainEqual(
      expect.objectContaining({
        Effect: 'Allow',
        Action: 'sqs:SendMessage',
        Principal: { Service: 'events.amazonaws.com' },
      }),
    );
  });

  it.each([
    ['undefined', undefined, 'undefined'],
    ['a name', 'backend', '"backend"'],
    ['an object that is not a grantee', {}, 'an object'],
  ])('refuses %s', (_, grantee, got) => {
    expect(() => chat.grantBroadcast(grantee as unknown as IGrantable)).toThrow(
      new Error(`Test/Chat: grantBroadcast: expected a function, a role or a principal, got ${got}`),
    );
  });
});

describe('the constructs of the API', () => {
  it('are all reachable by a property', () => {
    const made = aStack({ handlers, accessLogs: true, connect: { authorizer: { handler: 'authorize' } } });
    const { api, stage, table, queues, alarms, accessLogs, functions: all, routes } = made.chat;
    const parts: unknown[] = [api, stage, table, queues, alarms, accessLogs, ...all.values(), ...routes.values()];
    expect(made.chat.node.children.filter((child) => !parts.includes(child))).toEqual([]);
    expect([...all.keys()]).toEqual(['connect', 'authorize', 'disconnect', 'default', 'fan-out']);
    expect(made.stack.resolve(made.chat.authorizer?.authorizerId)).toEqual({
      Ref: ofType('AWS::ApiGatewayV2::Authorizer', made.template)[0]?.[0],
    });
    for (const name of all.keys()) expect(made.chat.functionOf(name)).toBe(all.get(name));
  });

  it('are named if the function of an unknown handler is requested', () => {
    expect(() => chat.functionOf('send')).toThrow(
      new Error(
        'Test/Chat: no route has the handler "send". Handlers: connect, disconnect, default, send-message, fan-out',
      ),
    );
  });
});

describe('a mock', () => {
  const mocked = () =>
    aStack({ handlers, disconnect: { mock: {} }, default: { mock: {} } }, (api) =>
      api.addRoute('ping', { mock: { reply: '{"pong":"$context.connectionId"}' } }),
    );
  const partsOf = ({ chat: { routes }, template: from }: ReturnType<typeof mocked>, routeKey: string) => {
    const route = routes.get(routeKey) as WebSocketRoute;
    const integrationId = idOf(route.node.findChild('Integration') as IResource);
    const resourcesOfRoute = (type: string) =>
      ofType(type, from)
        .map(([, { Properties }]) => Properties)
        .filter(
          ({ IntegrationId, RouteId }) =>
            (IntegrationId ?? RouteId).Ref === (IntegrationId ? integrationId : idOf(route)),
        );
    return {
      route: propertiesOf(route, from),
      integration: from.toJSON().Resources[integrationId].Properties,
      integrationResponses: resourcesOfRoute('AWS::ApiGatewayV2::IntegrationResponse'),
      routeResponses: resourcesOfRoute('AWS::ApiGatewayV2::RouteResponse'),
    };
  };
  const request = {
    IntegrationType: 'MOCK',
    TemplateSelectionExpression: '200',
    RequestTemplates: { '200': '{"statusCode":200}' },
  };

  it('replies without a function', () => {
    const made = mocked();
    const { route, integration, integrationResponses, routeResponses } = partsOf(made, 'ping');
    expect(route.RouteResponseSelectionExpression).toBe('$default');
    expect(integration).toMatchObject(request);
    expect(integrationResponses).toMatchObject([
      {
        IntegrationResponseKey: '$default',
        TemplateSelectionExpression: '200',
        ResponseTemplates: { '200': '{"pong":"$context.connectionId"}' },
      },
    ]);
    expect(routeResponses).toMatchObject([{ RouteResponseKey: '$default' }]);
    const handlersOf = ofType('AWS::Lambda::Function', made.template).map(([, { Properties }]) => Properties.Handler);
    expect(handlersOf.sort()).toEqual(['connect.handler', 'fan-out.handler']);
  });

  it.each(['$disconnect', '$default'])(
    'of %s without a reply has an integration response but no route response',
    (routeKey) => {
      const { route, integration, integrationResponses, routeResponses } = partsOf(mocked(), routeKey);
      expect(route).not.toHaveProperty('RouteResponseSelectionExpression');
      expect(integration).toMatchObject(request);
      expect(integrationResponses).toEqual([
        { ApiId: expect.anything(), IntegrationId: expect.anything(), IntegrationResponseKey: '$default' },
      ]);
      expect(routeResponses).toEqual([]);
    },
  );

  it('is created with its responses before the stage', () => {
    const made = mocked();
    const parts = /^AWS::ApiGatewayV2::(Route|Integration|RouteResponse|IntegrationResponse)$/;
    const ids = Object.entries(made.template.toJSON().Resources as Record<string, { Type: string }>)
      .filter(([, { Type }]) => parts.test(Type))
      .map(([id]) => id);
    expect(made.template.toJSON().Resources[idOf(made.chat.stage)].DependsOn).toEqual(expect.arrayContaining(ids));
    expect(ids).toHaveLength(4 + 4 + 1 + 3);
  });
});

describe('an authorizer', () => {
  it('is called on $connect, by default for every handshake, and may only write its log', () => {
    const made = aStack({
      handlers,
      connect: { authorizer: { handler: 'authorize', environment: { ISSUER: 'https://issuer.example' } } },
    });
    const authorize = made.chat.functionOf('authorize');
    expect(statementsOf(made.template, authorize.role)).toEqual([log(authorize)]);
    const [[id, { Properties }] = ['', { Properties: {} }]] = ofType('AWS::ApiGatewayV2::Authorizer', made.template);
    expect(Properties).toMatchObject({ AuthorizerType: 'REQUEST', IdentitySource: [] });
    expect(JSON.stringify(Properties.AuthorizerUri)).toContain(idOf(authorize.function));
    made.template.hasResourceProperties('AWS::ApiGatewayV2::Route', {
      RouteKey: '$connect',
      AuthorizationType: 'CUSTOM',
      AuthorizerId: { Ref: id },
    });
    expect(propertiesOf(authorize.function, made.template).Environment.Variables).toEqual({
      NODE_OPTIONS: '--enable-source-maps',
      AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: stack.resolve(made.chat.stage.callbackUrl),
      ISSUER: 'https://issuer.example',
    });
  });

  it('is called only if its identity sources are present', () => {
    const identitySource = ['route.request.querystring.token'];
    const made = aStack({ handlers, connect: { authorizer: { handler: 'authorize', identitySource } } });
    made.template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', { IdentitySource: identitySource });
  });
});

describe('a mistake fails at synth, by name', () => {
  const added =
    (...routes: [string, RouteOptions?][]) =>
    () =>
      aStack({ handlers }, (api) => {
        for (const [routeKey, options] of routes) api.addRoute(routeKey, options);
      });
  const names =
    'all, authorize, connect, default, disconnect, fan-out, fan_out, leave, send-message, sendMessage, send_message';

  it.each<[string, () => unknown, string]>([
    ['an unknown handler', added(['x', { handler: 'wave' }]), `There is no handler "wave". There are: ${names}`],
    ['an unknown handler by its route key', added(['x']), `There is no handler "x". There are: ${names}`],
    [
      'a second route of API Gateway’s own',
      added(['$default']),
      'Test/Chat: the route "$default" was added twice: FanOutApi itself adds it, use its option "default"',
    ],
    ['a route twice', added(['leave'], ['leave']), 'Test/Chat: the route "leave" was added twice'],
    [
      'routes with the same construct id',
      added(['chat/leave', { handler: 'leave' }], ['chat--leave', { handler: 'leave' }]),
      'Test/Chat: the routes "chat/leave" and "chat--leave" would have the same construct id: rename one',
    ],
    [
      'handlers that differ only in punctuation',
      added(['send-message'], ['send_message']),
      'Test/Chat: the handlers "send-message" and "send_message" would have the same construct id: rename the file of one',
    ],
    [
      'handlers that differ only in punctuation and capitals',
      added(['send-message'], ['sendMessage']),
      'Test/Chat: the handlers "send-message" and "sendMessage" would have the same construct id: rename the file of one',
    ],
    [
      'a handler that differs from fan-out only in punctuation',
      added(['fan_out']),
      'Test/Chat: the handlers "fan-out" and "fan_out" would have the same construct id: rename the file of one',
    ],
    [
      'a route with the handler fan-out',
      added(['fan-out']),
      'Test/Chat: "fan-out" is the handler of the broadcast queue: give the route or the authorizer another handler',
    ],
    [
      'a variable that the framework sets',
      added(['leave', { environment: { POWERTOOLS_SERVICE_NAME: 'mine' } }]),
      'Test/Chat/LeaveHandler: the environment variable POWERTOOLS_SERVICE_NAME cannot have two values. The framework or another route of this function sets it: choose another name',
    ],
    [
      'a variable for the endpoint of an authorizer',
      () => {
        const environment = { AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: 'https://example.com' };
        return aStack({ handlers, connect: { authorizer: { handler: 'authorize', environment } } });
      },
      'Test/Chat/AuthorizeHandler: the environment variable AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI cannot have two values. The framework or another route of this function sets it: choose another name',
    ],
  ])('%s', (_, attempt, message) => {
    expect(attempt).toThrow(new Error(message));
  });

  describe('a framework handler', () => {
    let framework: Handlers;
    beforeAll(async () => {
      framework = await frameworkHandlersAnd('leave', 'fan-out');
    });

    it.each<[string, string, string, (api: FanOutApi) => unknown]>([
      ['connect', 'a message', 'leave', (api) => api.addRoute('leave', { handler: 'connect' })],
      ['disconnect', 'a message', 'leave', (api) => api.addRoute('leave', { handler: 'disconnect' })],
      [
        'connect',
        'messages with the same "action"',
        'connect',
        (api) => api.addRoute('connect', { handler: 'connect' }),
      ],
    ])('%s for %s', (handler, _, routeKey, more) => {
      expect(() => aStack({ handlers: framework }, more)).toThrow(
        new Error(
          `Test/Chat: the route "${routeKey}" has the framework's handler "${handler}", which serves only $${handler}: give the route another handler`,
        ),
      );
    });

    it.each<[string, string, string, Partial<FanOutApiProps>]>([
      ['connect', '$disconnect', '$connect', { disconnect: { handler: 'connect' } }],
      ['disconnect', '$connect', '$disconnect', { connect: { handler: 'disconnect' } }],
      ['connect', '$default', '$connect', { default: { handler: 'connect' } }],
    ])('%s for %s', (handler, routeKey, onlyRoute, props) => {
      expect(() => aStack({ handlers: framework, ...props })).toThrow(
        new Error(
          `Test/Chat: the route "${routeKey}" has the framework's handler "${handler}", which serves only ${onlyRoute}: give the route another handler`,
        ),
      );
    });

    it.each(['connect', 'disconnect', 'default'])('%s for an authorizer', (handler) => {
      expect(() => aStack({ handlers: framework, connect: { authorizer: { handler } } })).toThrow(
        new Error(
          `Test/Chat: the authorizer has the framework's handler "${handler}", which does not authorize: write a handler with authorizeConnect`,
        ),
      );
    });
  });

  it('an action that is not in a list', () => {
    const allow = () => chat.functionOf('connect').allow('s3:GetObject' as unknown as string[], '*');
    expect(allow).toThrow(
      new Error('Test/Chat/ConnectHandler: actions: expected a list, ["s3:GetObject"], got "s3:GetObject"'),
    );
  });

  it('an environment that is too large for Lambda', () => {
    expect(added(['leave', { environment: { HELP: 'x'.repeat(4_096) } }])).toThrow(
      /^Test\/Chat\/LeaveHandler: the environment has \d+ bytes, and Lambda allows 4096\. Let the function read large values/,
    );
  });

  it('a bundle that was removed', async () => {
    const removed = await someHandlers();
    rmSync(removed.folder, { recursive: true });
    expect(() => aStack({ handlers: removed })).toThrow(/fan-out\.mjs was removed or replaced after bundle wrote it/);
  });
});
