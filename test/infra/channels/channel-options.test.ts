import { describe, expect, it } from '@jest/globals';
import { Duration, Stack } from 'aws-cdk-lib';
import type { Handlers } from '../../../infra/bundling/handlers.ts';
import { matchesSomeChannel } from '../../../infra/channels/channel-options.ts';
import { checkFanOutApiProps, type FanOutApiProps } from '../../../infra/constructs/fan-out-api-props.ts';
import { checkRoute, type RouteOptions } from '../../../infra/constructs/route-options.ts';
import { defineChannels } from '../../../schemas/channels/define-channels.ts';
import { compileValidator } from '../../../schemas/validation/compile-validator.ts';

const message = compileValidator({ type: 'string' });
const channels = defineChannels({ 'room:{room}': { message } });
const handlers = { entry: () => {} } as unknown as Handlers;
const check = (props: Record<string, unknown>) =>
  checkFanOutApiProps(new Stack(undefined, 'Test'), 'Test-Chat', { handlers, ...props } as FanOutApiProps);

describe('the options of channels', () => {
  it.each<[string, Record<string, unknown>]>([
    ['no channels', { channels: undefined }],
    ['channels of no pattern: each user has one', { channels: defineChannels({}) }],
    ['the bounds', { channelFanOut: { maxConcurrency: 1_000, timeout: Duration.seconds(5), postsShare: 99 } }],
    ['options of a function', { channelFanOut: { memorySize: 512 } }],
  ])('may be %s', (_, props) => {
    expect(() => check({ channels, ...props })).not.toThrow();
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      'definitions that are not defined',
      { channels: { 'room:{room}': { message } } },
      'channels: expected the result of defineChannels, got an object',
    ],
    [
      'more rules than a variable can have',
      {
        channels: defineChannels(
          Object.fromEntries(
            Array.from({ length: 60 }, (_, index) => [
              `room-${index}:{room}`,
              { message, history: { seconds: 3_600 } },
            ]),
          ),
        ),
      },
      'channels: the rules of the channels have 2751 bytes, and at most 2500 fit into an environment variable of the functions: declare fewer or shorter patterns',
    ],
    [
      'options without channels',
      { channels: undefined, channelFanOut: {} },
      'channelFanOut: there are no channels, set the option channels too',
    ],
    [
      'a long timeout',
      { channelFanOut: { timeout: Duration.seconds(30) } },
      'channelFanOut.timeout: expected a Duration of 5 to 10 whole seconds, such as Duration.seconds(5), got 30 seconds',
    ],
    [
      'all posts',
      { channelFanOut: { postsShare: 100 } },
      'channelFanOut.postsShare: expected an integer, 1 to 99, got 100',
    ],
    [
      'an unknown option',
      { channelFanOut: { target: Duration.seconds(1) } },
      'channelFanOut.target: there is no such option, only maxConcurrency, postsShare, timeout, memorySize, tracing, vpc, vpcSubnets, securityGroups, logRetention, removalPolicy',
    ],
    [
      'a share of less than a post a second',
      { accountRequestsPerSecond: 100, channelFanOut: { postsShare: 1 } },
      'channelFanOut.maxConcurrency: 2 functions share 0.8 % of 100 requests a second, so each has less than one post a second. Expected an accountRequestsPerSecond of at least 250',
    ],
  ])('refuse %s', (_, props, problem) => {
    expect(() => check({ channels, ...props })).toThrow(new Error(`Test: ${problem}`));
  });
});

describe('a channel that a route may publish to', () => {
  it.each([
    ['a space', { publish: 'room: 1' }, '"room: 1"'],
    ['a parameter', { publish: 'room:{room}' }, '"room:{room}"'],
    ['no text', { publish: '' }, '""'],
  ])('is refused with %s', (_, ability, got) => {
    expect(() => checkRoute('Test/Chat', 'wave', { can: [ability] } as RouteOptions)).toThrow(
      new Error(
        `Test/Chat: the route "wave": can[0].publish: expected a channel or a pattern such as "room:*", of 1 to 128 characters of A-Z a-z 0-9 _ . : - % *, got ${got}`,
      ),
    );
  });

  it.each([
    ['room:*', true],
    ['room:42', true],
    ['room:4*', true],
    ['*', true],
    ['ro*', true],
    ['user:*', true],
    ['user:ann', true],
    ['rom:*', false],
    ['room', false],
    ['room:42:x', false],
    ['news', false],
  ])('%s can match a declared channel: %s', (pattern, matches) => {
    expect(matchesSomeChannel(pattern, { 'room:{room}': {} })).toBe(matches);
  });
});
