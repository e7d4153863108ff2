import { describe, expect, it } from '@jest/globals';
import { CfnParameter, Fn, NestedStack, Stack } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Handlers } from '../../../infra/bundling/handlers.ts';
import {
  checkFanOutApiProps,
  type FanOutApiProps,
  fanOutNumbers,
} from '../../../infra/constructs/fan-out-api-props.ts';

const handlers = { entry: () => {} } as unknown as Handlers;
const check = (props: unknown, name = 'Test-Chat') =>
  checkFanOutApiProps(new Stack(undefined, 'Test'), name, props as FanOutApiProps);

describe('the props', () => {
  it.each<[string, Record<string, unknown>]>([
    ['nothing but handlers', {}],
    ['those of the stack too', { env: { region: 'eu-central-1' }, description: 'A chat', terminationProtection: true }],
    ['undefined for what is left out', { stageName: undefined, throttle: undefined, connect: undefined }],
    ['no limits', { throttle: {} }],
    ['a retention without end', { logRetention: RetentionDays.INFINITE }],
    ['the longest name of a stage', { stageName: 'x'.repeat(128) }],
    ['the least that a function can post', { maximumConcurrency: 80, accountRequestsPerSecond: 100 }],
    ['the longest name of a key', { keyAttribute: 'k'.repeat(255) }],
  ])('may be %s', (_, props) => {
    expect(() => check({ handlers, ...props })).not.toThrow();
  });

  it('may leave to CloudFormation what nothing is derived from', () => {
    const stack = new Stack(undefined, 'Test');
    const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
    const text = new CfnParameter(stack, 'Text').valueAsString;
    const props = {
      handlers,
      stageName: text,
      keyAttribute: text,
      throttle: { rateLimit: number, burstLimit: number },
    };
    expect(() => check(props)).not.toThrow();
    expect(() => check({ handlers, stageName: `dev-${text}` })).not.toThrow();
    expect(() => check({ handlers }, `${new NestedStack(stack, 'Nested').stackName}-${'x'.repeat(128)}`)).not.toThrow();
  });

  it.each([
    [{}, { maximumConcurrency: 2, fanOutTargetMs: 5_000, postsPerSecond: 4_000 }],
    [{ accountRequestsPerSecond: 3 }, { maximumConcurrency: 2, fanOutTargetMs: 5_000, postsPerSecond: 1 }],
    [
      { accountRequestsPerSecond: 1_250, maximumConcurrency: 1_000, fanOutTargetMs: 1_000 },
      { maximumConcurrency: 1_000, fanOutTargetMs: 1_000, postsPerSecond: 1 },
    ],
  ])('%j give the fan-out its numbers', (props, numbers) => {
    expect(() => check({ handlers, ...props })).not.toThrow();
    expect(fanOutNumbers({ handlers, ...props })).toEqual(numbers);
  });
});

const token = new CfnParameter(new Stack(undefined, 'Token'), 'Number', { type: 'Number' }).valueAsNumber;
const someNames = 'handlers, stageName, keyAttribute, throttle, accessLogs, logRetention';
const moreNames = 'maximumConcurrency, fanOutTargetMs, accountRequestsPerSecond, alarms, connect, disconnect, default';
const stageName = 'expected 1 to 128 letters, digits, "-" and "_"';
const keyAttribute =
  'expected the name of an attribute, 1 to 255 bytes and not "__proto__", nor "connectedAt" or "ttl", which a row has besides';
const pair = 'expected rateLimit and burstLimit or neither: with one of them API Gateway refuses everything';
const retention = 'expected one of RetentionDays, such as RetentionDays.ONE_WEEK';

describe('a mistake in the props fails at synth, by name:', () => {
  it.each<[string, unknown, string]>([
    ['no props', undefined, 'expected an object of options, such as { handlers }, got undefined'],
    [
      'handlers alone',
      new (class Handlers {})(),
      'expected an object of options, such as { handlers }, got an object of the class Handlers',
    ],
    [
      'a forgotten await',
      { handlers: Promise.resolve(handlers) },
      "handlers: expected what bundle returns, await bundle('handlers/*.ts'), got a promise",
    ],
    [
      'a folder of handlers',
      { handlers: 'handlers' },
      `handlers: expected what bundle returns, await bundle('handlers/*.ts'), got "handlers"`,
    ],
    [
      'a misspelt option',
      { handlers, maxConcurency: 5 },
      `maxConcurency: there is no such option, only ${someNames}, ${moreNames}`,
    ],
    ['a wrong letter', { handlers, keyAtribute: 'id' }, 'keyAtribute: there is no such option, write keyAttribute'],
    ['part of a name', { handlers, stage: 'dev' }, 'stage: there is no such option, write stageName'],
    [
      'an option of a route',
      { handlers, authorizer: { entry: 'authorize' } },
      'authorizer: it is an option of a route, write connect: { authorizer: … }',
    ],
    ['a bad stage', { handlers, stageName: 'my stage' }, `stageName: ${stageName}, got "my stage"`],
    [
      'a bad stage, whatever CloudFormation puts after it',
      { handlers, stageName: `my stage ${Fn.importValue('name')}` },
      `stageName: ${stageName}, got "my stage " and what only CloudFormation knows`,
    ],
    ['null for a stage', { handlers, stageName: null }, `stageName: ${stageName}, got null`],
    ['a number for a stage', { handlers, stageName: 1 }, `stageName: ${stageName}, got 1`],
    ['a key that is the time to live', { handlers, keyAttribute: 'ttl' }, `keyAttribute: ${keyAttribute}, got "ttl"`],
    [
      'a key that is the time of $connect',
      { handlers, keyAttribute: 'connectedAt' },
      `keyAttribute: ${keyAttribute}, got "connectedAt"`,
    ],
    [
      'a key that is no field of an object',
      { handlers, keyAttribute: '__proto__' },
      `keyAttribute: ${keyAttribute}, got "__proto__"`,
    ],
    [
      'a key of more than 255 bytes',
      { handlers, keyAttribute: 'é'.repeat(128) },
      `keyAttribute: ${keyAttribute}, got "${'é'.repeat(128)}"`,
    ],
    ['a key without a name', { handlers, keyAttribute: '' }, `keyAttribute: ${keyAttribute}, got ""`],
    ['text for a flag', { handlers, accessLogs: 'false' }, 'accessLogs: expected true or false, got "false"'],
    ['days that CloudWatch does not have', { handlers, logRetention: 31 }, `logRetention: ${retention}, got 31`],
    ['the name of a retention', { handlers, logRetention: 'ONE_WEEK' }, `logRetention: ${retention}, got "ONE_WEEK"`],
    ['a rate without burst', { handlers, throttle: { rateLimit: 5 } }, `throttle: ${pair}`],
    ['a burst without rate', { handlers, throttle: { burstLimit: 5 } }, `throttle: ${pair}`],
    [
      'one number for both',
      { handlers, throttle: 5 },
      'throttle: expected an object, { rateLimit, burstLimit }, got 5',
    ],
    [
      'a misspelt rate and burst',
      { handlers, throttle: { rate: 5, burstlimit: 5 } },
      'throttle.rate: there is no such option, write rateLimit; throttle.burstlimit: there is no such option, write burstLimit',
    ],
    [
      'text for a number',
      { handlers, maximumConcurrency: '5' },
      'maximumConcurrency: expected an integer, 2 to 1000, got "5"',
    ],
    [
      'a number of CloudFormation that others are derived from',
      { handlers, maximumConcurrency: token },
      'maximumConcurrency: expected an integer, 2 to 1000, got what only CloudFormation knows',
    ],
    [
      'functions that could post nothing',
      { handlers, maximumConcurrency: 100, accountRequestsPerSecond: 100 },
      'maximumConcurrency: 100 functions share 80 % of 100 requests a second, less than one post each: expected maximumConcurrency up to 80, or accountRequestsPerSecond from 125',
    ],
    [
      'an account that could post nothing',
      { handlers, accountRequestsPerSecond: 2 },
      'maximumConcurrency: 2 functions share 80 % of 2 requests a second, less than one post each: expected accountRequestsPerSecond from 3',
    ],
    [
      'several at once',
      {
        handlers,
        throttle: { rateLimit: 0, burstLimit: 1 },
        maximumConcurrency: 1,
        fanOutTargetMs: 30_000,
        accountRequestsPerSecond: 0.5,
      },
      'throttle.rateLimit: expected an integer, 1 or more, got 0; maximumConcurrency: expected an integer, 2 to 1000, got 1; fanOutTargetMs: expected an integer, 1000 to 20000, got 30000; accountRequestsPerSecond: expected an integer, 1 or more, got 0.5',
    ],
  ])('%s', (_, props, message) => {
    expect(() => check(props)).toThrow(new Error(`Test: ${message}`));
  });

  it.each(['Test-Größe', `${Fn.ref('AWS::StackName')}-Größe`])(
    'a name that the metrics cannot carry, of the stack or of CloudFormation: %#',
    (name) => {
      expect(() => check({ handlers }, name)).toThrow(
        /^Test: its name ".*-Größe" is not ASCII: CloudWatch would not take the metrics of its functions, which carry it\. Give it another id$/,
      );
    },
  );

  it('a name that API Gateway does not take', () => {
    expect(() => check({ handlers }, 'x'.repeat(129))).toThrow(
      new Error(
        'Test: its name, of the stack and of itself, has 129 characters and API Gateway takes 128: shorten one of them',
      ),
    );
  });
});
