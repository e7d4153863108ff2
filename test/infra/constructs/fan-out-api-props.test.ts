import { describe, expect, it } from '@jest/globals';
import { CfnParameter, Duration, Fn, NestedStack, Stack } from 'aws-cdk-lib';
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
    ['only handlers', {}],
    [
      'also the props of a stack',
      { env: { region: 'eu-central-1' }, description: 'A chat', terminationProtection: true },
    ],
    ['undefined for absent options', { stageName: undefined, throttle: undefined, connect: undefined }],
    ['no limits', { throttle: {} }],
    ['an infinite retention', { logRetention: RetentionDays.INFINITE }],
    ['the longest stage name', { stageName: 'x'.repeat(128) }],
    ['the lowest rate of a function', { fanOut: { maxConcurrency: 80 }, accountRequestsPerSecond: 100 }],
    ['the longest target for the default timeout', { fanOut: { target: Duration.seconds(20) } }],
    ['the longest fan-out timeout', { fanOut: { timeout: Duration.minutes(1), target: Duration.seconds(50) } }],
    ['the shortest fan-out timeout', { fanOut: { timeout: Duration.seconds(11), target: Duration.seconds(1) } }],
    ['the longest name of a partition key', { keyAttribute: 'k'.repeat(255) }],
  ])('may be %s', (_, props) => {
    expect(() => check({ handlers, ...props })).not.toThrow();
  });

  it('may have values that only CloudFormation knows, if no other value is derived from them', () => {
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
    [{}, { maxConcurrency: 2, target: Duration.seconds(5), postsPerSecond: 4_000 }],
    [{ accountRequestsPerSecond: 3 }, { maxConcurrency: 2, target: Duration.seconds(5), postsPerSecond: 1 }],
    [
      { accountRequestsPerSecond: 1_250, fanOut: { maxConcurrency: 1_000, target: Duration.millis(1_500) } },
      { maxConcurrency: 1_000, target: Duration.millis(1_500), postsPerSecond: 1 },
    ],
  ])('%j give the fan-out its concurrency, target and rate', (props, numbers) => {
    expect(() => check({ handlers, ...props })).not.toThrow();
    expect(fanOutNumbers({ handlers, ...props })).toEqual(numbers);
  });
});

const token = new CfnParameter(new Stack(undefined, 'Token'), 'Number', { type: 'Number' }).valueAsNumber;
const someNames =
  'handlers, stageName, keyAttribute, throttle, accessLogs, fanOut, channels, channelFanOut, accountRequestsPerSecond, alarms';
const moreNames =
  'connect, disconnect, default, timeout, memorySize, tracing, vpc, vpcSubnets, securityGroups, logRetention, removalPolicy';
const stageName = 'expected 1 to 128 letters, digits, "-" and "_"';
const keyAttribute =
  'expected an attribute name of 1 to 255 bytes, but not "__proto__" and not "connectedAt" or "ttl", which each row has already';
const pair =
  'expected both rateLimit and burstLimit, or neither: API Gateway refuses every request if only one of them is set';
const target = 'expected a Duration of 1 to 50 seconds, such as Duration.seconds(1)';
const timeout = 'expected a Duration of 1 to 29 whole seconds, such as Duration.seconds(1)';
const fanOutTimeout = 'expected a Duration of 11 to 60 whole seconds, such as Duration.seconds(11)';
const retention = 'expected one of RetentionDays, such as RetentionDays.ONE_WEEK';
const reserve = 'posts in flight, retries and the hand-over need 10 seconds';

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
      "handlers: expected the result of bundle, such as await bundle('handlers/*.ts'), got a promise",
    ],
    [
      'a folder of handlers',
      { handlers: 'handlers' },
      `handlers: expected the result of bundle, such as await bundle('handlers/*.ts'), got "handlers"`,
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
      { handlers, authorizer: { handler: 'authorize' } },
      'authorizer: this is an option of a route, write connect: { authorizer: … }',
    ],
    ['an invalid stage name', { handlers, stageName: 'my stage' }, `stageName: ${stageName}, got "my stage"`],
    [
      'an invalid stage name before a value of CloudFormation',
      { handlers, stageName: `my stage ${Fn.importValue('name')}` },
      `stageName: ${stageName}, got "my stage " and a value that only CloudFormation knows`,
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
      'a key that cannot be a property of an object',
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
      { handlers, fanOut: { maxConcurrency: '5' } },
      'fanOut.maxConcurrency: expected an integer, 2 to 1000, got "5"',
    ],
    [
      'a number that only CloudFormation knows, if other numbers are derived from it',
      { handlers, fanOut: { maxConcurrency: token } },
      'fanOut.maxConcurrency: expected an integer, 2 to 1000, got a value that only CloudFormation knows',
    ],
    [
      'more functions than requests a second',
      { handlers, fanOut: { maxConcurrency: 100 }, accountRequestsPerSecond: 100 },
      'fanOut.maxConcurrency: 100 functions share 80 % of 100 requests a second, so each has less than one post a second. Expected a maxConcurrency of at most 80, or an accountRequestsPerSecond of at least 125',
    ],
    [
      'an account with fewer requests a second than functions',
      { handlers, accountRequestsPerSecond: 2 },
      'fanOut.maxConcurrency: 2 functions share 80 % of 2 requests a second, so each has less than one post a second. Expected an accountRequestsPerSecond of at least 3',
    ],
    [
      'an option of the fan-out function',
      { handlers, maxConcurrency: 5 },
      'maxConcurrency: this is an option of the fan-out function, write fanOut: { maxConcurrency: … }',
    ],
    ['a misspelt target', { handlers, fanOut: { targt: 5 } }, 'fanOut.targt: there is no such option, write target'],
    ['a number for a target', { handlers, fanOut: { target: 5_000 } }, `fanOut.target: ${target}, got 5000`],
    [
      'a target that only CloudFormation knows',
      { handlers, fanOut: { target: Duration.seconds(token) } },
      `fanOut.target: ${target}, got a value that only CloudFormation knows`,
    ],
    [
      'a timeout that leaves no time for the hand-over',
      { handlers, fanOut: { timeout: Duration.seconds(10) } },
      `fanOut.timeout: ${fanOutTimeout}, got 10 seconds`,
    ],
    [
      'a timeout after which the broadcasts of a killed function expire',
      { handlers, fanOut: { timeout: Duration.seconds(100) } },
      `fanOut.timeout: ${fanOutTimeout}, got 1 minute 40 seconds`,
    ],
    [
      'a target that is too long for the timeout',
      { handlers, fanOut: { timeout: Duration.seconds(15), target: Duration.seconds(6) } },
      `fanOut.target: 6 seconds is too long for a fanOut.timeout of 15 seconds: ${reserve}. Expected a target of at most 5 seconds, or a timeout of at least 16 seconds`,
    ],
    [
      'a timeout that is too short for the default target',
      { handlers, fanOut: { timeout: Duration.seconds(14) } },
      `fanOut.target: 5 seconds is too long for a fanOut.timeout of 14 seconds: ${reserve}. Expected a target of at most 4 seconds, or a timeout of at least 15 seconds`,
    ],
    [
      'a target that is too long for the default timeout',
      { handlers, fanOut: { target: Duration.millis(20_500) } },
      `fanOut.target: 20.5 seconds is too long for a fanOut.timeout of 30 seconds: ${reserve}. Expected a target of at most 20 seconds, or a timeout of at least 31 seconds`,
    ],
    [
      'a list for the fan-out',
      { handlers, fanOut: [] },
      'fanOut: expected an object, such as { maxConcurrency: 10 }, got a list',
    ],
    [
      'a timeout beyond API Gateway’s',
      { handlers, timeout: Duration.seconds(30) },
      `timeout: ${timeout}, got 30 seconds`,
    ],
    [
      'several mistakes, all of which are named',
      {
        handlers,
        throttle: { rateLimit: 0, burstLimit: 1 },
        fanOut: { maxConcurrency: 1, target: Duration.seconds(51) },
        accountRequestsPerSecond: 0.5,
      },
      'throttle.rateLimit: expected an integer, 1 or more, got 0; fanOut.maxConcurrency: expected an integer, 2 to 1000, got 1; fanOut.target: expected a Duration of 1 to 50 seconds, such as Duration.seconds(1), got 51 seconds; accountRequestsPerSecond: expected an integer, 1 or more, got 0.5',
    ],
  ])('%s', (_, props, message) => {
    expect(() => check(props)).toThrow(new Error(`Test: ${message}`));
  });

  it.each(['Test-Größe', `${Fn.ref('AWS::StackName')}-Größe`])(
    'a name that metrics cannot have, also if CloudFormation knows a part of it: %#',
    (name) => {
      expect(() => check({ handlers }, name)).toThrow(
        /^Test: the API's name ".*-Größe" is not ASCII, and CloudWatch refuses it in the metrics of the functions: use ASCII for the name of the stack and the id of the construct$/,
      );
    },
  );

  it('a name that is too long for API Gateway', () => {
    expect(() => check({ handlers }, 'x'.repeat(129))).toThrow(
      new Error(
        `Test: the API's name "${'x'.repeat(129)}" has 129 characters, and API Gateway allows 128: shorten the name of the stack or the id of the construct`,
      ),
    );
  });
});
