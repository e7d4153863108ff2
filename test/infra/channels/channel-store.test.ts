import { beforeAll, describe, expect, it } from '@jest/globals';
import { type CfnElement, Duration, type IResource, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { type IGrantable, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Handlers } from '../../../infra/bundling/handlers.ts';
import type { ChannelFanOutFunction } from '../../../infra/channels/channel-fan-out-function.ts';
import type { ChannelStore } from '../../../infra/channels/channel-store.ts';
import type { FanOutAlarms } from '../../../infra/constructs/fan-out-alarms.ts';
import type { FanOutApi } from '../../../infra/constructs/fan-out-api.ts';
import type { FanOutApiProps } from '../../../infra/constructs/fan-out-api-props.ts';
import type { Ability, RouteOptions } from '../../../infra/constructs/route-options.ts';
import type { HandlerFunction } from '../../../infra/functions/handler-function.ts';
import { defineChannels } from '../../../schemas/channels/define-channels.ts';
import { compileValidator } from '../../../schemas/validation/compile-validator.ts';
import { aStack, someHandlers } from '../a-stack.ts';
import { statementsOf } from '../statements-of.ts';

const message = compileValidator({ type: 'string' });
const channels = defineChannels({
  'room:{room}': { message, history: { seconds: 3_600 }, presence: true, publish: 'subscribers' },
  news: { message },
});
const RULES = { 'room:{room}': { history: { seconds: 3_600 }, presence: true }, news: {} };
const CHANNEL_ROUTES = ['subscribe', 'unsubscribe', 'publish', 'sync', 'members'];

let handlers: Handlers;
let stack: Stack;
let chat: FanOutApi;
let template: Template;
let store: ChannelStore;
let channelFanOut: ChannelFanOutFunction;

const NAMES = ['channels', 'channel-fan-out', 'wave', 'leave', 'authorize'];
const aChannelStack = (props: Partial<FanOutApiProps> = {}, more?: (api: FanOutApi) => void) =>
  aStack({ handlers, channels, ...props }, more);

beforeAll(async () => {
  handlers = await someHandlers(...NAMES);
  ({ stack, chat, template } = aChannelStack());
  store = chat.channels as ChannelStore;
  channelFanOut = chat.channelFanOut as ChannelFanOutFunction;
});

const idOf = (resource: IResource): string =>
  Stack.of(resource).resolve((resource.node.defaultChild as CfnElement).logicalId);
const resourceOf = (resource: IResource, from = template) => from.toJSON().Resources[idOf(resource)];
const propertiesOf = (resource: IResource, from = template) => resourceOf(resource, from).Properties;
const variablesOf = (handler: HandlerFunction, from = template) =>
  propertiesOf(handler.function, from).Environment.Variables;
const allow = (actions: string | string[], resource: string) => ({
  Effect: 'Allow',
  Action: actions,
  Resource: stack.resolve(resource),
});
const subscribing = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'].map((name) => `dynamodb:${name}`);
/** The statements of a function that concern channels or the broadcast queue. */
const grantsOf = (handler: HandlerFunction, made = { chat, template }) => {
  const { table, queue, deadLetterQueue } = made.chat.channels as ChannelStore;
  const concerned = [table, queue, deadLetterQueue, made.chat.queues.queue].map(idOf);
  return statementsOf(made.template, handler.role).filter((statement) =>
    concerned.some((id) => JSON.stringify(statement).includes(`"${id}"`)),
  );
};

it('keeps channels in an encrypted on-demand table with ttl, keyed by two strings', () => {
  expect(propertiesOf(store.table)).toEqual({
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    BillingMode: 'PAY_PER_REQUEST',
    SSESpecification: { SSEEnabled: true },
    TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
  });
});

describe('the queues of channels', () => {
  const common = {
    FifoQueue: true,
    DeduplicationScope: 'messageGroup',
    FifoThroughputLimit: 'perMessageGroupId',
    SqsManagedSseEnabled: true,
    MaximumMessageSize: 1_048_576,
  };

  it('keep the order of each channel, hide a record for a minute, and allow twenty receives', () => {
    expect(propertiesOf(store.queue)).toEqual({
      ...common,
      VisibilityTimeout: 60,
      MessageRetentionPeriod: 86_400,
      RedrivePolicy: { deadLetterTargetArn: stack.resolve(store.deadLetterQueue.queueArn), maxReceiveCount: 20 },
    });
  });

  it('keep a dead letter for fourteen days', () => {
    expect(propertiesOf(store.deadLetterQueue)).toEqual({ ...common, MessageRetentionPeriod: 1_209_600 });
  });

  it('refuse requests without TLS', () => {
    for (const { queueUrl, queueArn } of [store.queue, store.deadLetterQueue])
      template.hasResourceProperties('AWS::SQS::QueuePolicy', {
        Queues: [stack.resolve(queueUrl)],
        PolicyDocument: {
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
  });

  it.each([5, 10])('hide a record for six timeouts of %d seconds', (seconds) => {
    const made = aChannelStack({ channelFanOut: { timeout: Duration.seconds(seconds) } });
    expect(propertiesOf((made.chat.channels as ChannelStore).queue, made.template).VisibilityTimeout).toBe(6 * seconds);
    expect(propertiesOf((made.chat.channelFanOut as ChannelFanOutFunction).function, made.template).Timeout).toBe(
      seconds,
    );
  });
});

it('is deleted with the stack, or stays with it', () => {
  const resources = ({ chat: { channels: kept } }: { chat: FanOutApi }) => {
    const { table, queue, deadLetterQueue } = kept as ChannelStore;
    return [table, queue, deadLetterQueue];
  };
  const retained = aChannelStack({ removalPolicy: RemovalPolicy.RETAIN });
  for (const resource of resources({ chat })) expect(resourceOf(resource).DeletionPolicy).toBe('Delete');
  for (const resource of resources(retained))
    expect(resourceOf(resource, retained.template).DeletionPolicy).toBe('Retain');
});

describe('the routes of channels', () => {
  it('are five, with the application’s handler channels', () => {
    for (const routeKey of CHANNEL_ROUTES) expect(chat.routes.has(routeKey)).toBe(true);
    expect(chat.routes.size).toBe(3 + CHANNEL_ROUTES.length);
    expect(propertiesOf(chat.functionOf('channels').function).Handler).toBe('channels.handler');
    expect([...chat.functions.keys()]).toEqual([
      ...['connect', 'disconnect', 'default', 'channels'],
      ...['fan-out', 'channel-fan-out'],
    ]);
  });
});

describe('a function may do with channels exactly', () => {
  it('connect: write the connection', () => {
    expect(grantsOf(chat.functionOf('connect'))).toEqual([allow('dynamodb:PutItem', store.table.tableArn)]);
  });

  it('disconnect: mark the connection as ended, and queue the removal of its subscriptions', () => {
    expect(grantsOf(chat.functionOf('disconnect'))).toEqual([
      allow('dynamodb:UpdateItem', store.table.tableArn),
      allow('sqs:SendMessage', chat.queues.queue.queueArn),
    ]);
  });

  it('channels: read and write its items, and send to its queue', () => {
    expect(grantsOf(chat.functionOf('channels'))).toEqual([
      allow([...subscribing, 'dynamodb:Query'], store.table.tableArn),
      allow('sqs:SendMessage', store.queue.queueArn),
    ]);
  });

  it('fan-out: besides its own queue, remove what has ended, and send what to look at', () => {
    expect(grantsOf(chat.fanOut)).toEqual([
      allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], chat.queues.queue.queueArn),
      allow('sqs:SendMessage', chat.queues.queue.queueArn),
      allow(['dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'], store.table.tableArn),
      allow('sqs:SendMessage', store.queue.queueArn),
    ]);
  });

  it('channel-fan-out: receive, append, read the subscriptions, hand over, dead-letter, delete stale rows, post', () => {
    const post = `arn:${stack.partition}:execute-api:${stack.region}:${stack.account}:${chat.api.apiId}/production/POST/@connections/*`;
    expect(statementsOf(template, channelFanOut.role)).toEqual([
      allow(['logs:CreateLogStream', 'logs:PutLogEvents'], channelFanOut.logGroup.logGroupArn),
      allow('dynamodb:BatchWriteItem', chat.table.tableArn),
      allow(['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], store.table.tableArn),
      allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], store.queue.queueArn),
      allow('sqs:SendMessage', store.deadLetterQueue.queueArn),
      allow('sqs:SendMessage', chat.queues.queue.queueArn),
      allow('sqs:SendMessage', chat.queues.deadLetterQueue.queueArn),
      allow('execute-api:ManageConnections', post),
    ]);
  });

  it('default: nothing', () => {
    expect(grantsOf(chat.functionOf('default'))).toEqual([]);
  });
});

describe('a function with channels', () => {
  const common = () => ({
    FAN_OUT_CHANNELS_TABLE: stack.resolve(store.table.tableName),
    FAN_OUT_CHANNEL_QUEUE_URL: stack.resolve(store.queue.queueUrl),
  });

  it('has variables for the table and the queue', () => {
    for (const handler of chat.functions.values()) expect(variablesOf(handler)).toMatchObject(common());
  });

  it('fan-out and channel-fan-out have the rules of the channels, and no other function has', () => {
    for (const [name, handler] of chat.functions)
      expect(variablesOf(handler).FAN_OUT_CHANNELS).toBe(/fan-out$/.test(name) ? JSON.stringify(RULES) : undefined);
  });

  it('channel-fan-out has variables for three dead-letter and broadcast queues and its rate', () => {
    expect(variablesOf(channelFanOut)).toEqual({
      ...common(),
      NODE_OPTIONS: '--enable-source-maps --max-semi-space-size=4',
      POWERTOOLS_SERVICE_NAME: 'Test-Chat',
      FAN_OUT_CONNECTIONS_TABLE: stack.resolve(chat.table.tableName),
      FAN_OUT_BROADCAST_QUEUE_URL: stack.resolve(chat.queues.queue.queueUrl),
      FAN_OUT_DEAD_LETTER_QUEUE_URL: stack.resolve(chat.queues.deadLetterQueue.queueUrl),
      FAN_OUT_CHANNEL_DEAD_LETTER_QUEUE_URL: stack.resolve(store.deadLetterQueue.queueUrl),
      FAN_OUT_CHANNELS: JSON.stringify(RULES),
      FAN_OUT_POSTS_PER_SECOND: '2000',
      AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: stack.resolve(chat.stage.callbackUrl),
    });
  });

  it('channel-fan-out has one core and ten seconds, and counts its own attempts', () => {
    expect(propertiesOf(channelFanOut.function)).toMatchObject({
      MemorySize: 1_769,
      Timeout: 10,
      RecursiveLoop: 'Allow',
    });
  });

  it('channel-fan-out is fed by the queue: ten records a batch, partial batch failures, two functions', () => {
    expect(propertiesOf(channelFanOut.eventSource)).toEqual({
      EventSourceArn: stack.resolve(store.queue.queueArn),
      FunctionName: stack.resolve(channelFanOut.function.functionName),
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    });
  });

  it.each<[Partial<FanOutApiProps>, string, string]>([
    [{}, '2000', '2000'],
    [{ channelFanOut: { postsShare: 75 } }, '1000', '3000'],
    [{ channelFanOut: { postsShare: 20, maxConcurrency: 8 } }, '3200', '200'],
    [{ accountRequestsPerSecond: 2_500, fanOut: { maxConcurrency: 5 } }, '200', '500'],
  ])('divides one budget of posts: %j', (props, broadcasts, ofChannels) => {
    const made = aChannelStack(props);
    expect(variablesOf(made.chat.fanOut, made.template).FAN_OUT_POSTS_PER_SECOND).toBe(broadcasts);
    expect(variablesOf(made.chat.channelFanOut as ChannelFanOutFunction, made.template).FAN_OUT_POSTS_PER_SECOND).toBe(
      ofChannels,
    );
  });
});

describe('an ability', () => {
  const withRoute = (can: readonly Ability[]) =>
    aChannelStack({}, (api) => {
      api.addRoute('wave', { can });
    });
  const routeOf = (made: ReturnType<typeof withRoute>) => made.chat.functionOf('wave');

  it('publish: send to the queue of channels', () => {
    const made = withRoute(['publish']);
    expect(grantsOf(routeOf(made), made)).toEqual([allow('sqs:SendMessage', store.queue.queueArn)]);
    expect(variablesOf(routeOf(made), made.template)).not.toHaveProperty('FAN_OUT_MAY_PUBLISH');
  });

  it('publish to some channels: the same, and a variable that names them', () => {
    const made = withRoute([{ publish: 'room:*' }, { publish: 'news' }, { publish: 'user:*' }]);
    expect(grantsOf(routeOf(made), made)).toEqual([allow('sqs:SendMessage', store.queue.queueArn)]);
    expect(variablesOf(routeOf(made), made.template).FAN_OUT_MAY_PUBLISH).toBe('["room:*","news","user:*"]');
  });

  it('publish of several routes of a function: the channels of all of them', () => {
    const made = (...second: Ability[]) =>
      aChannelStack({}, (api) => {
        api.addRoute('a', { handler: 'wave', can: [{ publish: 'room:*' }] });
        api.addRoute('b', { handler: 'wave', can: second });
      });
    const two = made({ publish: 'news' });
    expect(variablesOf(routeOf(two), two.template).FAN_OUT_MAY_PUBLISH).toBe('["room:*","news"]');
    const all = made('publish');
    expect(variablesOf(routeOf(all), all.template)).not.toHaveProperty('FAN_OUT_MAY_PUBLISH');
  });

  it('subscribe: read and write subscriptions, send what to look at, and remove a second time', () => {
    const made = withRoute(['subscribe']);
    expect(grantsOf(routeOf(made), made)).toEqual([
      allow(subscribing, store.table.tableArn),
      allow('sqs:SendMessage', chat.queues.queue.queueArn),
      allow('sqs:SendMessage', store.queue.queueArn),
    ]);
  });

  it('members: read who is there', () => {
    const made = withRoute(['members']);
    expect(grantsOf(routeOf(made), made)).toEqual([
      allow(['dynamodb:GetItem', 'dynamodb:Query'], store.table.tableArn),
    ]);
  });
});

describe('grantPublish', () => {
  it('lets a role of the application only send to the queue of channels', () => {
    let role = {} as Role;
    const made = aChannelStack({}, (api) => {
      role = new Role(api, 'Backend', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
      api.grantPublish(role).assertSuccess();
    });
    expect(statementsOf(made.template, role)).toEqual([allow('sqs:SendMessage', store.queue.queueArn)]);
  });

  it('refuses what is not a grantee, and an API without channels', () => {
    expect(() => chat.grantPublish('backend' as unknown as IGrantable)).toThrow(
      new Error('Test/Chat: grantPublish: expected a function, a role or a principal, got "backend"'),
    );
    expect(() => aStack({ handlers }, (api) => api.grantPublish(new ServicePrincipal('events.amazonaws.com')))).toThrow(
      new Error('Test/Chat: grantPublish: the API has no channels, set its option channels'),
    );
  });
});

it('outputs the URL of the queue and the name of the table only with channels', () => {
  expect(stack.resolve(chat.outputs)).toMatchObject({
    ChannelQueueUrl: stack.resolve(store.queue.queueUrl),
    ChannelDeadLetterQueueUrl: stack.resolve(store.deadLetterQueue.queueUrl),
    ChannelsTableName: stack.resolve(store.table.tableName),
  });
  const names = Object.keys(aStack({ handlers }).chat.outputs);
  expect(names.filter((name) => /Channel/.test(name))).toEqual([]);
});

it('has alarms for dead letters, the oldest message and errors of the function', () => {
  const alarms = chat.alarms as FanOutAlarms;
  const seen = alarms.all.map((alarm) => {
    const { MetricName, Dimensions, Threshold } = propertiesOf(alarm);
    return [MetricName, Dimensions[0].Value, Threshold];
  });
  expect(seen.slice(3)).toEqual([
    ['ApproximateNumberOfMessagesVisible', stack.resolve(store.deadLetterQueue.queueName), 0],
    ['ApproximateAgeOfOldestMessage', stack.resolve(store.queue.queueName), 120],
    ['Errors', stack.resolve(channelFanOut.function.functionName), 0],
  ]);
  const descriptions = alarms.all.map((alarm) => JSON.stringify(propertiesOf(alarm).AlarmDescription));
  expect(descriptions[3]).toContain(idOf(store.deadLetterQueue));
  expect(descriptions[5]).toContain(idOf(channelFanOut.logGroup));
});

describe('without channels', () => {
  it('the template has none of it', () => {
    const made = aStack({ handlers });
    expect(made.chat.channels).toBeUndefined();
    expect(made.chat.channelFanOut).toBeUndefined();
    expect(JSON.stringify(made.template.toJSON())).not.toMatch(/channel/i);
    expect(made.chat.alarms?.all).toHaveLength(3);
  });
});

describe('a mistake fails at synth, by name', () => {
  const added =
    (...routes: [string, RouteOptions?][]) =>
    () =>
      aChannelStack({}, (api) => {
        for (const [routeKey, options] of routes) api.addRoute(routeKey, options);
      });

  it('a missing handler, with its content', async () => {
    const without = await someHandlers('wave');
    expect(() => aStack({ handlers: without, channels })).toThrow(
      new Error(
        'Test/Chat: channels: there is no handler "channels". Write handlers/channels.ts: export const handler = channelRoutes(channels)',
      ),
    );
  });

  it.each<[string, () => unknown, string]>([
    [
      'a route of the framework',
      added(['publish', { handler: 'wave' }]),
      'Test/Chat: the route "publish" was added twice: it is a route of channels, which FanOutApi itself adds. Give yours another name',
    ],
    [
      'the handler of the queue on a route',
      added(['wave', { handler: 'channel-fan-out' }]),
      'Test/Chat: "channel-fan-out" is the handler of the queue of channels: give the route or the authorizer another handler',
    ],
    [
      'a pattern that matches no channel',
      added(['wave', { can: [{ publish: 'rom:*' }] }]),
      'Test/Chat: the route "wave": can: publish: no channel matches "rom:*". The channels are room:{room}, news',
    ],
    [
      'a channel that is not declared',
      added(['wave', { can: [{ publish: 'room' }] }]),
      'Test/Chat: the route "wave": can: publish: no channel matches "room". The channels are room:{room}, news',
    ],
    [
      'an ability without channels',
      () => aStack({ handlers }, (api) => api.addRoute('wave', { can: ['subscribe'] })),
      'Test/Chat: the route "wave": can: subscribe: the API has no channels, set its option channels',
    ],
  ])('%s', (_, attempt, expected) => {
    expect(attempt).toThrow(new Error(expected));
  });
});
