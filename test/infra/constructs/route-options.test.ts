import { describe, expect, it } from '@jest/globals';
import { Fn } from 'aws-cdk-lib';
import { checkRoute, type RouteOptions } from '../../../infra/constructs/route-options.ts';

const check = (routeKey: unknown, options: unknown = {}) =>
  checkRoute('Test/Chat', routeKey as string, options as RouteOptions);

describe('a route', () => {
  const withSource = (...identitySource: string[]) => ({ authorizer: { entry: 'authorize', identitySource } });

  it.each<[string, string, RouteOptions]>([
    ['a header and the context as identity', '$connect', withSource('route.request.header.X-Token', 'context.a.b')],
    ['CloudFormation’s identity', '$connect', withSource('stageVariables.a', Fn.importValue('source'))],
    ['a mock that says nothing', '$disconnect', { mock: {} }],
    ['a mock with an empty reply', 'ping', { mock: { reply: '' } }],
    ['an entry, if it is called as an own route is', 'connect', { entry: 'join' }],
    ['a key that is not Latin', 'сообщение', { entry: 'message' }],
    [
      'variables of Lambda that are not reserved',
      'a',
      { environment: { EMPTY: '', AWS_LAMBDA_EXEC_WRAPPER: '/opt/run' } },
    ],
    ['undefined for what is left out', 'a', { can: [], entry: undefined } as unknown as RouteOptions],
  ])('may have %s', (_, routeKey, options) => {
    expect(() => check(routeKey, options)).not.toThrow();
  });
});

const key = 'expected $connect, $disconnect, $default or what "action" says';
const source =
  'expected route.request.header.NAME, route.request.querystring.NAME, context.NAME or stageVariables.NAME';
const identitySource = (value: unknown) => ({ authorizer: { entry: 'authorize', identitySource: value } });

describe('a mistake in a route fails at synth, by name:', () => {
  it.each<[string, unknown, string]>([
    ['an unknown route of API Gateway’s', '$message', `"$message" is no route key: ${key}`],
    ['a key with a space', 'send message', `"send message" is no route key: ${key}`],
    ['a key with a character that cannot be seen', 'leave\u0000', `"leave\u0000" is no route key: ${key}`],
    ['half of a character', '\ud83d', `"\ud83d" is no route key: ${key}`],
    ['no key', undefined, `undefined is no route key: ${key}`],
    ['an object for a key', { routeKey: 'leave' }, `an object is no route key: ${key}`],
    ['a key of CloudFormation', Fn.importValue('key'), `what only CloudFormation knows is no route key: ${key}`],
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
    ['an ability alone', { can: 'broadcast' }, 'can: expected a list, ["broadcast"], got "broadcast"'],
    ['a set of abilities', { can: new Set() }, 'can: expected a list, got an object of the class Set'],
    [
      'an unknown ability',
      { can: ['broadcast', 'fly'] },
      'can[1]: expected one of broadcast, keep, inspect, disconnect, got "fly"',
    ],
    [
      'an unknown option',
      { handler: 'x' },
      'handler: there is no such option, only entry, can, environment, mock, authorizer',
    ],
    ['a misspelt option', { enviroment: {} }, 'enviroment: there is no such option, write environment'],
    ['no name for an entry', { entry: '' }, 'entry: expected text, got ""'],
    ['a handler for an entry', { entry: () => {} }, 'entry: expected text, got a function'],
    [
      'an entry of CloudFormation',
      { entry: Fn.importValue('entry') },
      'entry: expected text that is known at synth, got what only CloudFormation knows',
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
      'a variable that no shell takes',
      { environment: { 'MY-NAME': 'x' } },
      'environment.MY-NAME: expected a name of two or more letters, digits and "_", a letter first',
    ],
    [
      'a variable that the framework sets where it is needed',
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
      'an object to reply',
      { mock: { reply: { pong: true } } },
      'mock.reply: expected text of at most 131072 bytes, the largest message that API Gateway delivers, got an object',
    ],
    ['a misspelt reply', { mock: { replay: 'pong' } }, 'mock.replay: there is no such option, write reply'],
    [
      'a mock with a function’s options',
      { mock: {}, can: ['broadcast'] },
      'is a mock: it has no function, and so no entry, can or environment',
    ],
    [
      'an authorizer on another route',
      { authorizer: { entry: 'authorize' } },
      'has an authorizer: AWS says "Currently, authorization is restricted to the $connect route only"',
    ],
    [
      'an authorizer by name',
      { authorizer: 'authorize' },
      'authorizer: expected an object, { entry: "…" }, got "authorize"',
    ],
    ['an authorizer without an entry', { authorizer: {} }, 'authorizer.entry: expected text, got undefined'],
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
      'two identity sources in one text',
      identitySource(['route.request.header.Auth, route.request.querystring.Name']),
      `authorizer.identitySource[0]: ${source}, got "route.request.header.Auth, route.request.querystring.Name"`,
    ],
    [
      'an identity source alone',
      identitySource('route.request.header.Auth'),
      'authorizer.identitySource: expected a list, ["route.request.header.Auth"], got "route.request.header.Auth"',
    ],
  ])('%s', (_, options, message) => {
    const route = `Test/Chat: the route "leave"${/^(is|has) /.test(message) ? '' : ':'}`;
    expect(() => check('leave', options)).toThrow(new Error(`${route} ${message}`));
  });

  it.each(['$connect', '$disconnect'])('a reply of %s to whoever is not connected', (routeKey) => {
    expect(() => check(routeKey, { mock: { reply: 'hello' } })).toThrow(
      new Error(`Test/Chat: the route "${routeKey}" has a reply, which nobody is there to receive: write { mock: {} }`),
    );
  });

  it('a reply that API Gateway does not deliver', () => {
    expect(() => check('ping', { mock: { reply: 'é'.repeat(65_536) } })).not.toThrow();
    expect(() => check('ping', { mock: { reply: 'é'.repeat(65_537) } })).toThrow(
      /at most 131072 bytes, .*, got 65537 characters$/,
    );
  });

  it('a route that would call the function of $connect', () => {
    expect(() => check('connect', { can: ['keep'] })).toThrow(
      new Error(
        'Test/Chat: the route "connect" would call the function of $connect: for $connect write the option connect, for messages with this "action" give it an entry',
      ),
    );
  });
});
