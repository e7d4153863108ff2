import { Duration } from 'aws-cdk-lib';
import { type ChannelRules, findRule, USER_PATTERN } from '../../schemas/channels/channel-rules.ts';
import { type Channels as ChannelDefinitions, rulesOf } from '../../schemas/channels/define-channels.ts';
import { type Check, duration, expected, integer, options } from '../functions/check-options.ts';
import { FUNCTION_CHECKS, type FunctionOptions } from '../functions/function-options.ts';

/** The options of the function that posts the messages of channels. */
export interface ChannelFanOutOptions extends FunctionOptions {
  /** Most functions that run at the same time, 2 to 1,000. Default 2. One channel never uses more than one. */
  maxConcurrency?: number;
  /**
   * In whole seconds, 5 to 10. Default 10 seconds. The records of a killed function come back after six timeouts, and
   * their channels wait that long.
   */
  timeout?: Duration;
  /** In MB, 128 to 10,240. Default 1,769: one core. */
  memorySize?: number;
  /**
   * The part of all posts that these functions make, in percent, 1 to 99. The rest is for the broadcasts' functions,
   * which also post the large part of a large channel. Default 50.
   */
  postsShare?: number;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html#events-sqs-max-concurrency */
const MAX_CONCURRENCY = { min: 2, max: 1_000 };
/** Our choice: a hung function holds up its channels for six timeouts. A few seconds are enough to post and to end. */
const TIMEOUT_SECONDS = { min: 5, max: 10 };
const POSTS_SHARE = { min: 1, max: 99 };
/** Our choice: the rules are in an environment variable, and all variables of a function have at most 4 KB. */
const MAX_RULES_BYTES = 2_500;

/** The checks of the option `channelFanOut`. */
const FAN_OUT_CHECKS = {
  maxConcurrency: integer(MAX_CONCURRENCY.min, MAX_CONCURRENCY.max),
  postsShare: integer(POSTS_SHARE.min, POSTS_SHARE.max),
  ...FUNCTION_CHECKS,
  timeout: duration({ ...TIMEOUT_SECONDS, isWhole: true }),
} satisfies Record<keyof ChannelFanOutOptions, Check>;

const isChannels = (value: unknown): value is ChannelDefinitions => {
  const { definitions } = (value ?? {}) as Partial<ChannelDefinitions>;
  return typeof definitions === 'object' && definitions !== null;
};

const channels: Check = (name, value) => {
  const problems = expected('the result of defineChannels', isChannels)(name, value);
  if (!isChannels(value)) return problems;
  const bytes = Buffer.byteLength(JSON.stringify(rulesOf(value)));
  if (bytes <= MAX_RULES_BYTES) return [];
  return [
    `${name}: the rules of the channels have ${bytes} bytes, and at most ${MAX_RULES_BYTES} fit into an environment variable of the functions: declare fewer or shorter patterns`,
  ];
};

/** The checks of both options of a `FanOutApi`. */
export const CHANNEL_CHECKS = {
  channels,
  channelFanOut: options(FAN_OUT_CHECKS, 'an object, such as { maxConcurrency: 10 }'),
} satisfies Record<string, Check>;

/** The options of the function with their defaults. */
export interface ChannelFanOutNumbers {
  maxConcurrency: number;
  timeout: Duration;
  /** In percent. */
  postsShare: number;
}

export const channelFanOutNumbers = ({
  maxConcurrency = 2,
  timeout = Duration.seconds(TIMEOUT_SECONDS.max),
  postsShare = 50,
}: ChannelFanOutOptions = {}): ChannelFanOutNumbers => ({ maxConcurrency, timeout, postsShare });

/** The names in a list of channels that a route may publish to: `*` is any number of characters. */
const PUBLISH_PATTERN = /^[A-Za-z0-9_.:%*-]{1,128}$/;

/** A pattern of channels that a route may publish to. */
export const publishPattern: Check = expected(
  'a channel or a pattern such as "room:*", of 1 to 128 characters of A-Z a-z 0-9 _ . : - % *',
  (value) => typeof value === 'string' && PUBLISH_PATTERN.test(value),
);

/** Whether a pattern such as `room:*` can match a channel that the rules declare, or the channel of a user. */
export const matchesSomeChannel = (pattern: string, rules: ChannelRules): boolean => {
  const star = pattern.indexOf('*');
  if (star < 0) return findRule(rules, pattern) !== undefined;
  const start = pattern.slice(0, star);
  return [...Object.keys(rules), USER_PATTERN].some((declared) => {
    const [fixed = ''] = declared.split('{');
    return start.startsWith(fixed) || fixed.startsWith(start);
  });
};
