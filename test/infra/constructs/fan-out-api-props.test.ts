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
    ['nothing but handlers', {}],
    ['those of the stack too', { env: { region: 'eu-central-1' }, description: 'A chat', terminationProtection: true }],
    ['undefined for what is left out', { stageName: undefined, throttle: undefined, connect: undefined }],
    ['no limits', { throttle: {} }],
    ['a retention without end', { logRetention: RetentionDays.INFINITE }],
    ['the longest name of a stage', { stageName: 'x'.repeat(128) }],
    ['the least that a function can post', { fanOut: { maxConcurrency: 80 }, accountRequestsPerSecond: 100 }],
    ['the most of a timeout that a fan-out may post', { fanOut: { target: Duration.seconds(20) } }],
    ['the longest fan-out', { fanOut: { timeout: Duration.minutes(1), target: Duration.seconds(50) } }],
    ['the shortest fan-out', { fanOut: { timeout: Duration.seconds(11), target: Duration.seconds(1) } }],
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
    [{}, { maxConcurrency: 2, target: Duration.seconds(5), postsPerSecond: 4_000 }],
    [{ accountRequestsPerSecond: 3 }, { maxConcurrency: 2, target: Duration.seconds(5), postsPerSecond: 1 }],
    [
      { accountRequestsPerSecond: 1_250, fanOut: { maxConcurrency: 1_000, target: Duration.millis(1_500) } },
      { maxConcurrency: 1_000, target: Duration.millis(1_500), postsPerSecond: 1 },
    ],
  ])('%j give the fan-out its numbers', (props, numbers) => {
    expect(() => check({ handlers, ...props })).not.toThrow();
    expect(fanOutNumbers({ handlers, ...props })).toEqual(numbers);
  });
});

const token = new CfnParameter(new Stack(undefined, 'Token'), 'Number', { type: 'Number' }).valueAsNumber;
const someNames = 'handlers, stageName, keyAttribute, throttle, accessLogs, fanOut, accountRequestsPerSecond, alarms';
const moreNames =
  'connect, disconnect, default, timeout, memorySize, tracing, vpc, vpcSubnets, securityGroups, logRetention, removalPolicy';
const stageName = 'expected 1 to 128 letters, digits, "-" and "_"';
const keyAttribute =
  'expected the name of an attribute, 1 to 255 bytes and not "__proto__", nor "connectedAt" or "ttl", which a row has besides';
const pair = 'expected rateLimit and burstLimit or neither: with one of them API Gateway refuses everything';
const target = 'expected a Duration of 1 to 50 seconds, such as Duration.seconds(1)';
const timeout = 'expected a Duration of 1 to 29 whole seconds, such as Duration.seconds(1)';
const fanOutTimeout = 'expected a Duration of 11 to 60 whole seconds, such as Duration.seconds(11)';
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
      { handlers, authorizer: { handler: 'authorize' } },
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
      { handlers, fanOut: { maxConcurrency: '5' } },
      'fanOut.maxConcurrency: expected an integer, 2 to 1000, got "5"',
    ],
    [
      'a number of CloudFormation that others are derived from',
      { handlers, fanOut: { maxConcurrency: token } },
      'fanOut.maxConcurrency: expected an integer, 2 to 1000, got what only CloudFormation knows',
    ],
    [
      'functions that could post nothing',
      { handlers, fanOut: { maxConcurrency: 100 }, accountRequestsPerSecond: 100 },
      'fanOut.maxConcurrency: 100 functions share 80 % of 100 requests a second, less than one post each: expected maxConcurrency up to 80, or accountRequestsPerSecond from 125',
    ],
    [
      'an account that could post nothing',
      { handlers, accountRequestsPerSecond: 2 },
      'fanOut.maxConcurrency: 2 functions share 80 % of 2 requests a second, less than one post each: expected accountRequestsPerSecond from 3',
    ],
    [
      'an option of the fan-out function',
      { handlers, maxConcurrency: 5 },
      'maxConcurrency: it is an option of the fan-out function, write fanOut: { maxConcurrency: … }',
    ],
    ['a misspelt target', { handlers, fanOut: { targt: 5 } }, 'fanOut.targt: there is no such option, write target'],
    ['a number for a target', { handlers, fanOut: { target: 5_000 } }, `fanOut.target: ${target}, got 5000`],
    [
      'a target of CloudFormation that others are derived from',
      { handlers, fanOut: { target: Duration.seconds(token) } },
      `fanOut.target: ${target}, got what only CloudFormation knows`,
    ],
    [
      'a fan-out that could hand nothing over',
      { handlers, fanOut: { timeout: Duration.seconds(10) } },
      `fanOut.timeout: ${fanOutTimeout}, got 10 seconds`,
    ],
    [
      'a fan-out whose broadcasts expire before they come back',
      { handlers, fanOut: { timeout: Duration.seconds(100) } },
      `fanOut.timeout: ${fanOutTimeout}, got 1 minute 40 seconds`,
    ],
    [
      'a target that leaves nothing of the timeout',
      { handlers, fanOut: { timeout: Duration.seconds(15), target: Duration.seconds(6) } },
      'fanOut.target: 6 of the 15 seconds of fanOut.timeout leave too few for posts under way, retries and handing over: expected target up to 5 seconds, or timeout from 16 seconds',
    ],
    [
      'a timeout that is too short for the target by default',
      { handlers, fanOut: { timeout: Duration.seconds(14) } },
      'fanOut.target: 5 of the 14 seconds of fanOut.timeout leave too few for posts under way, retries and handing over: expected target up to 4 seconds, or timeout from 15 seconds',
    ],
    [
      'a target that the timeout by default has no room for',
      { handlers, fanOut: { target: Duration.millis(20_500) } },
      'fanOut.target: 20.5 of the 30 seconds of fanOut.timeout leave too few for posts under way, retries and handing over: expected target up to 20 seconds, or timeout from 31 seconds',
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
      'several at once',
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
