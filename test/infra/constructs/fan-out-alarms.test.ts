import { beforeAll, describe, expect, it } from '@jest/globals';
import { App, type CfnElement, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Alias, Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Handlers } from '../../../infra/bundling/handlers.ts';
import type { FanOutAlarms } from '../../../infra/constructs/fan-out-alarms.ts';
import { FanOutApi } from '../../../infra/constructs/fan-out-api.ts';
import type { FanOutApiProps } from '../../../infra/constructs/fan-out-api-props.ts';
import { BROADCAST_LIFE_MS } from '../../../schemas/quotas.ts';
import { aStack, someHandlers } from '../a-stack.ts';

let handlers: Handlers;
beforeAll(async () => {
  handlers = await someHandlers();
});

const ALARM = 'AWS::CloudWatch::Alarm';
const NAMES = ['deadLetters', 'oldestBroadcast', 'fanOutErrors'] as const;
const alarmsOf = ({ alarms }: FanOutApi): FanOutAlarms => alarms as FanOutAlarms;
const propertiesOf = (alarm: Alarm, template: Template) => {
  const logicalId = Stack.of(alarm).resolve((alarm.node.defaultChild as CfnElement).logicalId);
  return template.toJSON().Resources[logicalId].Properties;
};

/** A stack with a topic that the alarms notify. */
const aNotifyingStack = (makeTopic = (stack: Stack) => new Topic(stack, 'Operations', { enforceSSL: true })) => {
  const stack = new Stack(new App(), 'Test');
  const topic = makeTopic(stack);
  const chat = new FanOutApi(stack, 'Chat', { handlers, alarms: { notify: topic } });
  return { stack, topic, chat, template: Template.fromStack(stack) };
};

/** The statement that allows CloudWatch to publish to a topic, or to use its key. */
const cloudWatchMay = (actions: string | string[]) => ({
  Effect: 'Allow',
  Action: actions,
  Principal: { Service: 'cloudwatch.amazonaws.com' },
  Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
});

describe('the alarms', () => {
  it('watch only the dead-letter queue, the age of the broadcast queue and the errors of the fan-out', () => {
    const { stack, chat, template } = aStack({ handlers });
    const { deadLetters, oldestBroadcast, fanOutErrors } = alarmsOf(chat);
    const dimension = (Name: string, value: string) => ({ Dimensions: [{ Name, Value: stack.resolve(value) }] });
    const common = {
      AlarmDescription: expect.anything(),
      ComparisonOperator: 'GreaterThanThreshold',
      Period: 60,
      TreatMissingData: 'notBreaching',
    };
    expect(Object.keys(template.findResources(ALARM))).toHaveLength(3);
    expect(propertiesOf(deadLetters, template)).toEqual({
      ...common,
      ...dimension('QueueName', chat.queues.deadLetterQueue.queueName),
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Statistic: 'Maximum',
      Threshold: 0,
      EvaluationPeriods: 1,
    });
    expect(propertiesOf(oldestBroadcast, template)).toEqual({
      ...common,
      ...dimension('QueueName', chat.queues.queue.queueName),
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateAgeOfOldestMessage',
      Statistic: 'Maximum',
      Threshold: 300,
      EvaluationPeriods: 1,
    });
    expect(propertiesOf(fanOutErrors, template)).toEqual({
      ...common,
      ...dimension('FunctionName', chat.fanOut.function.functionName),
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Statistic: 'Sum',
      Threshold: 0,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 1,
    });
  });

  it('wait longer than one killed function, notice a second, and leave half of a broadcast’s life to act', () => {
    const { chat, template } = aStack({ handlers });
    const [queue] = Object.values(
      template.findResources('AWS::SQS::Queue', { Properties: { VisibilityTimeout: 180 } }),
    );
    const { VisibilityTimeout: hiddenSeconds } = queue?.Properties ?? {};
    const { Threshold, Period } = propertiesOf(alarmsOf(chat).oldestBroadcast, template);
    expect(Threshold).toBeGreaterThan(hiddenSeconds + Period);
    // From the third receive on, SQS leaves a message out of the metric: see docs/alarms.md.
    expect(Threshold + Period).toBeLessThanOrEqual(2 * hiddenSeconds);
    expect(Threshold).toBeLessThanOrEqual(BROADCAST_LIFE_MS / 2 / 1_000);
  });

  it.each([
    ['deadLetters', ['npm run redrive -- --dry-run --dead-letter-queue-url', '--queue-url']],
    ['oldestBroadcast', ['aws logs tail', 'npm run explain -- BROADCAST_ID --log-group']],
    ['fanOutErrors', ['aws logs tail']],
  ] as const)('have the first steps and their commands in the description of %s', (name, commands) => {
    const { chat, template } = aStack({ handlers });
    const { AlarmDescription } = propertiesOf(alarmsOf(chat)[name], template);
    const parts: (string | object)[] = AlarmDescription['Fn::Join'][1];
    const text = parts.map((part) => (typeof part === 'string' ? part : '…')).join('');
    for (const command of commands) expect(text).toContain(`${command} …`);
    // AWS allows 1,024 characters. The URL of a queue and the name of a log group are shorter than 150.
    expect(text.length + 150 * parts.length).toBeLessThan(1_024);
  });

  it('are absent with alarms: false', () => {
    const { chat, template } = aStack({ handlers, alarms: false });
    expect(chat.alarms).toBeUndefined();
    template.resourceCountIs(ALARM, 0);
  });

  it.each<[string, Partial<FanOutApiProps>]>([
    ['by default', {}],
    ['with empty options', { alarms: {} }],
  ])('notify no topic %s', (_, props) => {
    const { chat, template } = aStack({ handlers, ...props });
    for (const name of NAMES) expect(propertiesOf(alarmsOf(chat)[name], template)).not.toHaveProperty('AlarmActions');
    template.resourceCountIs('AWS::SNS::TopicPolicy', 0);
  });
});

describe('a topic that the alarms notify', () => {
  it('is the action of each alarm for the state ALARM only', () => {
    const { stack, topic, chat, template } = aNotifyingStack();
    for (const name of NAMES) {
      const properties = propertiesOf(alarmsOf(chat)[name], template);
      expect(properties.AlarmActions).toEqual([stack.resolve(topic.topicArn)]);
      expect(properties).not.toHaveProperty('OKActions');
      expect(properties).not.toHaveProperty('InsufficientDataActions');
    }
  });

  it('lets CloudWatch publish for this account, also if its policy only denies plain HTTP', () => {
    const { stack, topic, template } = aNotifyingStack();
    const [policy] = Object.values(template.findResources('AWS::SNS::TopicPolicy'));
    const { Statement } = policy?.Properties.PolicyDocument ?? {};
    const allowed = Statement.filter(({ Effect }: { Effect: string }) => Effect === 'Allow');
    expect(allowed).toEqual([
      { ...cloudWatchMay('sns:Publish'), Resource: stack.resolve(topic.topicArn), Sid: expect.any(String) },
    ]);
    expect(Statement).toHaveLength(2);
  });

  it('lets CloudWatch use the key that encrypts it', () => {
    const { template } = aNotifyingStack(
      (stack) => new Topic(stack, 'Operations', { masterKey: new Key(stack, 'Key') }),
    );
    const [key] = Object.values(template.findResources('AWS::KMS::Key'));
    expect(key?.Properties.KeyPolicy.Statement).toContainEqual({
      ...cloudWatchMay(['kms:Decrypt', 'kms:GenerateDataKey*']),
      Resource: '*',
    });
  });

  it('may be made outside of the stack', () => {
    const topicArn = 'arn:aws:sns:eu-central-1:111111111111:operations';
    const { chat, template } = aNotifyingStack((stack) => Topic.fromTopicArn(stack, 'Operations', topicArn) as Topic);
    for (const name of NAMES) expect(propertiesOf(alarmsOf(chat)[name], template).AlarmActions).toEqual([topicArn]);
  });
});

describe('a mistake in the alarms fails at synth, by name', () => {
  const env = { account: '111111111111', region: 'us-east-1' };
  const made = (alarms: unknown) => () =>
    new FanOutApi(new Stack(new App(), 'Test', { env }), 'Chat', { handlers, alarms } as FanOutApiProps);
  const elsewhere = () =>
    Topic.fromTopicArn(new Stack(), 'Operations', 'arn:aws:sns:eu-central-1:111111111111:operations');

  it.each<[string, () => unknown, string]>([
    ['true', () => true, 'alarms: expected false or { notify: topic }, got true'],
    ['null', () => null, 'alarms: expected false or { notify: topic }, got null'],
    ['a topic instead of the options', elsewhere, 'alarms: expected false or { notify: topic }, got a topic'],
    ['another option', () => ({ notfy: elsewhere() }), 'alarms.notfy: there is no such option, write notify'],
    [
      'an ARN',
      () => ({ notify: 'arn:aws:sns:us-east-1:1:operations' }),
      'alarms.notify: expected a topic, or Topic.fromTopicArn(…) for an ARN, got "arn:aws:sns:us-east-1:1:operations"',
    ],
    [
      'a list',
      () => ({ notify: [elsewhere()] }),
      'alarms.notify: expected a topic, or Topic.fromTopicArn(…) for an ARN, got a list',
    ],
    [
      'a topic with a key that CloudWatch may not use',
      () => {
        const stack = new Stack(undefined, 'Operations', { env });
        return { notify: new Topic(stack, 'Topic', { masterKey: Alias.fromAliasName(stack, 'Key', 'alias/aws/sns') }) };
      },
      'alarms.notify: CloudWatch cannot publish to a topic with the key alias/aws/sns, because the policy of this key cannot be changed: give the topic your own key',
    ],
    [
      'a topic in another Region',
      () => ({ notify: elsewhere() }),
      'alarms.notify: expected a topic in us-east-1, the Region of the stack, got one in eu-central-1: CloudWatch does not notify topics in another Region',
    ],
  ])('%s', (_, alarms, message) => {
    expect(made(alarms())).toThrow(new Error(`Test/Chat: ${message}`));
  });
});
