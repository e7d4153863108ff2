import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { App, Fn, Stack, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Tracing } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Handlers } from '../../infra/bundling/handlers.ts';
import { ChatStack, type ChatStackProps, readContext } from '../../infra/chat-stack.ts';
import type { FunctionOptions } from '../../infra/functions/function-options.ts';
import { anApp, someHandlers } from './a-stack.ts';
import { statementsOf } from './statements-of.ts';

let handlers: Handlers;
beforeAll(async () => {
  handlers = await someHandlers('send-message', 'authorize');
});

const aChat = (props: Partial<ChatStackProps> = {}) => {
  const app = anApp();
  return { app, stack: new ChatStack(app, 'MiddyFanout-production', { handlers, ...props }) };
};

describe('the chat', () => {
  it('has a route that may broadcast and a route for all other messages', () => {
    const { stack } = aChat();
    const template = Template.fromStack(stack);
    expect([...stack.chat.routes.keys()]).toEqual(['$connect', '$disconnect', '$default', 'send-message']);
    expect(statementsOf(template, stack.chat.functionOf('send-message').role)).toContainEqual({
      Effect: 'Allow',
      Action: 'sqs:SendMessage',
      Resource: stack.resolve(stack.chat.queues.queue.queueArn),
    });
  });

  it('limits the requests of its routes by rate and burst', () => {
    Template.fromStack(aChat().stack).hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      DefaultRouteSettings: { ThrottlingRateLimit: 2_000, ThrottlingBurstLimit: 1_000 },
    });
  });

  it.each(['production', 'dev'])('has its URLs and names as outputs, on the stage %s', (stageName) => {
    const { stack } = aChat({ stageName });
    const { Outputs } = Template.fromStack(stack).toJSON();
    const host = `${stack.chat.api.apiId}.execute-api.${stack.region}.${stack.urlSuffix}`;
    expect(Outputs).toEqual({
      WebSocketUrl: { Value: stack.resolve(`wss://${host}/${stageName}`) },
      ConnectionsUrl: { Value: stack.resolve(`https://${host}/${stageName}/@connections`) },
      BroadcastQueueUrl: { Value: stack.resolve(stack.chat.queues.queue.queueUrl) },
      DeadLetterQueueUrl: { Value: stack.resolve(stack.chat.queues.deadLetterQueue.queueUrl) },
      ConnectionsTableName: { Value: stack.resolve(stack.chat.table.tableName) },
    });
  });
});

describe('cdk-nag’s AwsSolutions', () => {
  /** The findings that did not end the synthesis. */
  const check = ({ app }: { app: App }): unknown[] => {
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    const { directory } = app.synth();
    const { pluginReports } = JSON.parse(readFileSync(join(directory, 'validation-report.json'), 'utf8'));
    return pluginReports.flatMap(({ violations }: { violations: unknown[] }) => violations);
  };

  it.each<[string, Partial<ChatStackProps>]>([
    ['the chat', {}],
    ['the chat with access logs on another stage', { stageName: 'dev', accessLogs: true }],
    ['the chat in a known account and Region', { env: { account: '111111111111', region: 'eu-central-1' } }],
    ['the chat with an authorizer', { connect: { authorizer: { handler: 'authorize' } } }],
  ])('finds nothing in %s', (_, props) => {
    expect(check(aChat(props))).toEqual([]);
  });

  describe('with a VPC and tracing', () => {
    const aTracedChat = (toProps: (options: FunctionOptions) => Partial<ChatStackProps>) => {
      const app = anApp();
      const vpc = Vpc.fromVpcAttributes(new Stack(app, 'Network'), 'Vpc', {
        vpcId: 'vpc-1',
        availabilityZones: ['a'],
        privateSubnetIds: ['subnet-1'],
        privateSubnetRouteTableIds: ['rtb-1'],
      });
      const props = toProps({ vpc, tracing: Tracing.ACTIVE });
      return { app, stack: new ChatStack(app, 'MiddyFanout-production', { handlers, ...props }) };
    };

    it('finds nothing if all functions have them', () => {
      expect(check(aTracedChat((options) => options))).toEqual([]);
    });

    it('finds nothing if one function has them in a known account and Region', () => {
      const env = { account: '111111111111', region: 'eu-central-1' };
      expect(check(aTracedChat((options) => ({ env, default: options })))).toEqual([]);
    });

    it('still finds any other wildcard in a role', () => {
      const chat = aTracedChat((options) => options);
      chat.stack.chat.functionOf('default').allow(['dynamodb:Query'], '*');
      expect(() => check(chat)).toThrow("AwsSolutions-IAM5[Resource::*]'");
    });
  });

  it('finds nothing in chats on stages whose names only CloudFormation knows', () => {
    const app = anApp();
    const stageNames = [
      Fn.importValue('stage'),
      Fn.sub(`\${AWS::Region}-stage`),
      Fn.getAtt('Names', 'Stage').toString(),
      Fn.conditionIf('IsLive', 'live', 'test').toString(),
      Fn.findInMap('Stages', 'eu', 'name'),
    ];
    for (const [index, stageName] of stageNames.entries()) new ChatStack(app, `Chat-${index}`, { handlers, stageName });
    expect(check({ app })).toEqual([]);
  });

  it('finds nothing in a chat with alarms that notify a topic of another stack', () => {
    const app = anApp();
    const notify = new Topic(new Stack(app, 'Operations'), 'Topic', { enforceSSL: true });
    new ChatStack(app, 'MiddyFanout-production', { handlers, alarms: { notify } });
    expect(check({ app })).toEqual([]);
  });

  it('still finds any other wildcard in a role that posts to connections', () => {
    const chat = aChat();
    chat.stack.chat.functionOf('default').allow(['dynamodb:Query'], '*');
    expect(() => check(chat)).toThrow("AwsSolutions-IAM5[Resource::*]'");
  });
});

describe('-c', () => {
  const read = (context: Record<string, unknown>) => readContext(new App({ context }).node);

  it('ignores the names of CDK and names that resemble no option', () => {
    expect(read({ '@aws-cdk/stages:flag': true, 'stage:cache': 1, domain: 'example.com' })).toEqual(read({}));
  });

  it('chooses the stage and access logs, by default production without access logs', () => {
    expect(read({})).toEqual({ stageName: 'production', accessLogs: false });
    expect(read({ stage: 'dev', accessLogs: 'true' })).toEqual({ stageName: 'dev', accessLogs: true });
    expect(read({ stage: 'dev', accessLogs: false })).toEqual({ stageName: 'dev', accessLogs: false });
  });

  it.each([
    [{ stage: 'my stage' }, '-c stage: expected 1 to 128 letters, digits, "-" and "_", got "my stage"'],
    [{ accessLogs: 'yes' }, '-c accessLogs: expected true or false, got "yes"'],
    [{ Stage: 'dev' }, '-c Stage: there is no such option, write -c stage=…'],
    [{ 'stage ': 'dev' }, '-c stage : there is no such option, write -c stage=…'],
    [{ stageName: 'dev' }, '-c stageName: there is no such option, write -c stage=…'],
    [{ 'access-logs': 'true' }, '-c access-logs: there is no such option, write -c accessLogs=…'],
  ])('refuses %j', (context, message) => {
    expect(() => read(context)).toThrow(new Error(message));
  });
});
