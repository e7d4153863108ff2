import { describe, expect, it } from '@jest/globals';
import { CfnParameter, Duration, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Tracing } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { checkRoute, type RouteOptions } from '../../../infra/constructs/route-options.ts';

const stack = new Stack(undefined, 'Parts');
const token = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a'] });
const group = SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1');
const timeout = 'timeout: expected a Duration of 1 to 29 whole seconds, such as Duration.seconds(1)';
const retention = 'logRetention: expected one of RetentionDays, such as RetentionDays.ONE_WEEK';
const removal = 'removalPolicy: expected RemovalPolicy.DESTROY, RETAIN or RETAIN_ON_UPDATE_OR_DELETE';

const check = (routeKey: unknown, options: unknown = {}) =>
  checkRoute('Test/Chat', routeKey as string, options as RouteOptions);

describe('a route', () => {
  const withSource = (...identitySource: string[]) => ({ authorizer: { handler: 'authorize', identitySource } });

  it.each<[string, string, RouteOptions]>([
    [
      'a header and the context as identity sources',
      '$connect',
      withSource('route.request.header.X-Token', 'context.a.b'),
    ],
    [
      'an identity source that only CloudFormation knows',
      '$connect',
      withSource('stageVariables.a', Fn.importValue('source')),
    ],
    ['a mock without a reply', '$disconnect', { mock: {} }],
    ['a mock with an empty reply', 'ping', { mock: { reply: '' } }],
    ['a handler, if its key is also a name of the framework', 'connect', { handler: 'join' }],
    ['a key in Cyrillic letters', 'сообщение', { handler: 'message' }],
    [
      'variables of Lambda that an application may set',
      'a',
      { environment: { EMPTY: '', AWS_LAMBDA_EXEC_WRAPPER: '/opt/run' } },
    ],
    ['options of its function', '$connect', { timeout: Duration.seconds(29), memorySize: 10_240 }],
    [
      'a timeout and a memory size that only CloudFormation knows',
      'a',
      { timeout: Duration.seconds(token), memorySize: token },
    ],
    ['a VPC', 'a', { vpc, vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED }, securityGroups: [] }],
    [
      'a retention and a removal policy for its log',
      'a',
      { logRetention: RetentionDays.ONE_DAY, removalPolicy: RemovalPolicy.RETAIN },
    ],
    ['tracing', 'a', { tracing: Tracing.PASS_THROUGH }],
    ['undefined for absent options', 'a', { can: [], handler: undefined } as unknown as RouteOptions],
  ])('may have %s', (_, routeKey, options) => {
    expect(() => check(routeKey, options)).not.toThrow();
  });
});

const functionNames = 'timeout, memorySize, tracing, vpc, vpcSubnets, securityGroups, logRetention, removalPolicy';
const key = 'expected $connect, $disconnect, $default or the "action" of a message';
const source =
  'expected route.request.header.NAME, route.request.querystring.NAME, context.NAME or stageVariables.NAME';
const identitySource = (value: unknown) => ({ authorizer: { handler: 'authorize', identitySource: value } });

describe('a mistake in a route fails at synth, by name:', () => {
  it.each<[string, unknown, string]>([
    ['an unknown key with $', '$message', `"$message" is not a route key: ${key}`],
    ['a key with a space', 'send message', `"send message" is not a route key: ${key}`],
    ['a key with an invisible character', 'leave\u0000', `"leave\u0000" is not a route key: ${key}`],
    ['a key with half of a surrogate pair', '\ud83d', `"\ud83d" is not a route key: ${key}`],
    ['no key', undefined, `undefined is not a route key: ${key}`],
    ['an object for a key', { routeKey: 'leave' }, `an object is not a route key: ${key}`],
    [
      'a key that only CloudFormation knows',
      Fn.importValue('key'),
      `a value that only CloudFormation knows is not a route key: ${key}`,
    ],
  ])('%s', (_, routeKey, message) => {
    expect(() => check(routeKey)).toThrow(new Error(`Test/Chat: ${message}`));
  });

  it.each<[string, unknown, string]>([
    [
      'text for the options',
      'broadcast',
      'expected an object of options, such as { can: ["broadcast"] }, got "broadcast"',
    ],
    ['null', null, 'expected an object of options, such as { can: ["broadcast"] }, got null'],
    ['an ability that is not in a list', { can: 'broadcast' }, 'can: expected a list, ["broadcast"], got "broadcast"'],
    ['a set of abilities', { can: new Set() }, 'can: expected a list, got an object of the class Set'],
    [
      'an unknown ability',
      { can: ['broadcast', 'fly'] },
      'can[1]: expected one of broadcast, keep, inspect, disconnect, publish, subscribe, members or { publish: "room:*" }, got "fly"',
    ],
    [
      'an unknown option',
      { entry: 'x' },
      `entry: there is no such option, only handler, can, environment, mock, authorizer, ${functionNames}`,
    ],
    ['a misspelt option', { enviroment: {} }, 'enviroment: there is no such option, write environment'],
    ['no name for a handler', { handler: '' }, 'handler: expected text, got ""'],
    ['a function for a handler', { handler: () => {} }, 'handler: expected text, got a function'],
    [
      'a handler that only CloudFormation knows',
      { handler: Fn.importValue('handler') },
      'handler: expected text that is known at synth, got a value that only CloudFormation knows',
    ],
    ['a number in the environment', { environment: { MAX: 5 } }, 'environment.MAX: expected text, got 5'],
    [
      'a variable that is not set',
      { environment: { ISSUER: undefined } },
      'environment.ISSUER: expected text, got undefined',
    ],
    [
      'a variable that Lambda sets',
      { environment: { AWS_REGION: 'eu-central-1' } },
      'environment.AWS_REGION: Lambda itself sets this variable, choose another name',
    ],
    [
      'a variable whose name is invalid',
      { environment: { 'MY-NAME': 'x' } },
      'environment.MY-NAME: expected a name of two or more letters, digits and "_" that begins with a letter',
    ],
    [
      'a variable that the framework sets in some functions',
      { environment: { FAN_OUT_CONNECTIONS_KEY: 'id' } },
      'environment.FAN_OUT_CONNECTIONS_KEY: the framework itself sets this variable, choose another name',
    ],
    [
      'a map for an environment',
      { environment: new Map() },
      'environment: expected an object of text, got an object of the class Map',
    ],
    ['a list for an environment', { environment: ['A=b'] }, 'environment: expected an object of text, got a list'],
    ['true for a mock', { mock: true }, 'mock: expected an object, { } or { reply: "…" }, got true'],
    [
      'an object for a reply',
      { mock: { reply: { pong: true } } },
      'mock.reply: expected text of at most 131072 bytes, the largest message that API Gateway delivers, got an object',
    ],
    ['a misspelt reply', { mock: { replay: 'pong' } }, 'mock.replay: there is no such option, write reply'],
    [
      'a mock with a function’s options',
      { mock: {}, can: ['broadcast'] },
      'is a mock, which has no function: remove can',
    ],
    ['a number for a timeout', { timeout: 10 }, `${timeout}, got 10`],
    ['a timeout longer than API Gateway waits', { timeout: Duration.seconds(30) }, `${timeout}, got 30 seconds`],
    ['a timeout with part of a second', { timeout: Duration.millis(2_500) }, `${timeout}, got 2 seconds 500 millis`],
    ['too little memory', { memorySize: 64 }, 'memorySize: expected an integer, 128 to 10240, got 64'],
    ['true for tracing', { tracing: true }, 'tracing: expected one of Tracing, such as Tracing.ACTIVE, got true'],
    ['the id of a VPC', { vpc: 'vpc-1' }, 'vpc: expected a VPC, such as Vpc.fromLookup(…), got "vpc-1"'],
    [
      'a type of subnets',
      { vpc, vpcSubnets: SubnetType.PUBLIC },
      'vpcSubnets: expected an object, such as { subnetType: SubnetType.PRIVATE_WITH_EGRESS }, got "Public"',
    ],
    [
      'a security group that is not in a list',
      { vpc, securityGroups: group },
      'securityGroups: expected a list, got an object of the class MutableImport',
    ],
    [
      'the id of a security group',
      { securityGroups: ['sg-1'] },
      'securityGroups[0]: expected a security group, got "sg-1"',
    ],
    ['days that CloudWatch does not have', { logRetention: 31 }, `${retention}, got 31`],
    [
      'a removal policy that a log does not support',
      { removalPolicy: RemovalPolicy.SNAPSHOT },
      `${removal}, got "snapshot"`,
    ],
    ['a misspelt size', { memory: 512 }, 'memory: there is no such option, write memorySize'],
    [
      'a mock with a timeout',
      { mock: {}, timeout: Duration.seconds(5) },
      'is a mock, which has no function: remove timeout',
    ],
    [
      'a wrong option of the authorizer’s function',
      { authorizer: { handler: 'authorize', timeout: Duration.minutes(1) } },
      `authorizer.${timeout}, got 1 minute`,
    ],
    [
      'an authorizer on another route',
      { authorizer: { handler: 'authorize' } },
      'has an authorizer: AWS says "Currently, authorization is restricted to the $connect route only"',
    ],
    [
      'the name of an authorizer',
      { authorizer: 'authorize' },
      'authorizer: expected an object, { handler: "…" }, got "authorize"',
    ],
    ['an authorizer without a handler', { authorizer: {} }, 'authorizer.handler: expected text, got undefined'],
    [
      'an identity source of an HTTP API',
      identitySource(['$request.header.Authorization']),
      `authorizer.identitySource[0]: ${source}, got "$request.header.Authorization"`,
    ],
    [
      'an identity source of a REST API',
      identitySource(['route.request.header.Auth', 'method.request.querystring.token']),
      `authorizer.identitySource[1]: ${source}, got "method.request.querystring.token"`,
    ],
    [
      'two identity sources in one string',
      identitySource(['route.request.header.Auth, route.request.querystring.Name']),
      `authorizer.identitySource[0]: ${source}, got "route.request.header.Auth, route.request.querystring.Name"`,
    ],
    [
      'an identity source that is not in a list',
      identitySource('route.request.header.Auth'),
      'authorizer.identitySource: expected a list, ["route.request.header.Auth"], got "route.request.header.Auth"',
    ],
  ])('%s', (_, options, message) => {
    const route = `Test/Chat: the route "leave"${/^(is|has) /.test(message) ? '' : ':'}`;
    expect(() => check('leave', options)).toThrow(new Error(`${route} ${message}`));
  });

  it.each(['$connect', '$disconnect'])('a reply of %s, whose connection is not open', (routeKey) => {
    expect(() => check(routeKey, { mock: { reply: 'hello' } })).toThrow(
      new Error(
        `Test/Chat: the route "${routeKey}" has a reply, but no open connection that can receive it: write { mock: {} }`,
      ),
    );
  });

  it('a reply that API Gateway does not deliver', () => {
    expect(() => check('ping', { mock: { reply: 'é'.repeat(65_536) } })).not.toThrow();
    expect(() => check('ping', { mock: { reply: 'é'.repeat(65_537) } })).toThrow(
      /at most 131072 bytes, .*, got 65537 characters$/,
    );
  });

  it('a route that would use the handler of $connect', () => {
    expect(() => check('connect', { can: ['keep'] })).toThrow(
      new Error(
        'Test/Chat: the route "connect" would use the handler of $connect. For $connect set the option connect. For messages with this "action" set another handler',
      ),
    );
  });
});
