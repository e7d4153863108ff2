import { Duration, type RemovalPolicy, Stack, type StackProps, Token, TokenComparison } from 'aws-cdk-lib';
import type { ThrottleSettings } from 'aws-cdk-lib/aws-apigatewayv2';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { Channels } from '../../schemas/channels/define-channels.ts';
import type { ConnectionRow } from '../../schemas/connections/connection-row.ts';
import { ACCOUNT_REQUESTS_PER_SECOND } from '../../schemas/quotas.ts';
import type { Handlers } from '../bundling/handlers.ts';
import { CHANNEL_CHECKS, type ChannelFanOutOptions, channelFanOutNumbers } from '../channels/channel-options.ts';
import {
  type Check,
  duration,
  expected,
  integer,
  isPlainObject,
  knownPart,
  options,
  orToken,
} from '../functions/check-options.ts';
import { FUNCTION_CHECKS, type FunctionOptions } from '../functions/function-options.ts';
import { ROUTE_OPTION_NAMES, type RouteOptions } from './route-options.ts';

export interface AlarmOptions {
  /** A topic that is notified when an alarm goes off. It must be in the stack's Region. Default: no topic. */
  notify?: ITopic;
}

/** The options of the fan-out function, which posts the broadcasts. */
export interface FanOutOptions extends FunctionOptions {
  /** Most functions that run at the same time, 2 to 1,000. Default 2: a new account can run 10 functions in total. */
  maxConcurrency?: number;
  /**
   * How long one function posts before it hands the rest over to others: 1 second or more, and at least 10 seconds less
   * than `timeout`. Default 5 seconds.
   */
  target?: Duration;
  /**
   * In whole seconds, 11 to 60. Default 30 seconds. The records of a killed function come back after six timeouts, but
   * not before 3 minutes, and a broadcast expires after 10 minutes.
   */
  timeout?: Duration;
  /** In MB, 128 to 10,240. Default 1,769: one core. */
  memorySize?: number;
}

/**
 * The options of a `FanOutApi`. The options of `FunctionOptions` apply to all its functions unless a route overrides
 * them. `timeout` and `memorySize` do not apply to the fan-out function: see `fanOut`.
 *
 * ```ts
 * import { Duration } from 'aws-cdk-lib';
 * import { Tracing } from 'aws-cdk-lib/aws-lambda';
 * import { RetentionDays } from 'aws-cdk-lib/aws-logs';
 * import { bundle, type FanOutApiProps } from 'middy-fanout/infra';
 *
 * const props: FanOutApiProps = {
 *   handlers: await bundle('handlers/*.ts'),
 *   stageName: 'dev',
 *   tracing: Tracing.ACTIVE,
 *   logRetention: RetentionDays.ONE_WEEK,
 *   fanOut: { maxConcurrency: 10, target: Duration.seconds(3) },
 *   connect: { authorizer: { handler: 'authorize' } },
 * };
 * ```
 */
export interface FanOutApiProps extends FunctionOptions {
  /** The handlers that `bundle` or `bundleSync` returned. */
  handlers: Handlers;
  /** Part of both URLs. 1 to 128 letters, digits, `-` and `_`. Default `production`. */
  stageName?: string;
  /**
   * The name of the connection table's partition key, 1 to 255 bytes, but not `connectedAt`, `ttl` or `__proto__`.
   * Default `connectionId`. A change replaces the table.
   */
  keyAttribute?: string;
  /** Requests a second and burst of each route. Set both or neither. Default: the account's own limits. */
  throttle?: ThrottleSettings;
  /**
   * Logs one line for each event of the API, without connection ids. API Gateway needs a CloudWatch role in the
   * account: without the role the deployment fails. Default false.
   */
  accessLogs?: boolean;
  /** How long the functions' logs and the access logs are kept. Default one month. */
  logRetention?: RetentionDays;
  /** Whether the tables, the queues and all logs stay when the stack is deleted. Default `DESTROY`. */
  removalPolicy?: RemovalPolicy;
  /** The fan-out function. Defaults: see `FanOutOptions`. */
  fanOut?: FanOutOptions;
  /**
   * The result of `defineChannels`. It adds the table and the FIFO queue of channels, and the routes `subscribe`,
   * `unsubscribe`, `publish`, `sync` and `members` with the application's handler `channels`. Default: no channels.
   */
  channels?: Channels;
  /** The function that posts the messages of channels. Defaults: see `ChannelFanOutOptions`. */
  channelFanOut?: ChannelFanOutOptions;
  /** The account's quota in this Region, in requests a second. Default 10,000. In some Regions the quota is 2,500. */
  accountRequestsPerSecond?: number;
  /** Three alarms, and three more with channels: see `FanOutAlarms`. By default they notify no topic. `false` removes them. */
  alarms?: AlarmOptions | false;
  /** The route `$connect`. Default: the handler `connect`. */
  connect?: RouteOptions;
  /** The route `$disconnect`. Default: the handler `disconnect`. */
  disconnect?: RouteOptions;
  /**
   * The route `$default`, for messages that match no other route. Default: the handler `default`. The framework's own
   * handler can always `inspect`, and `can` adds to that.
   */
  default?: RouteOptions;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html#events-sqs-max-concurrency */
const MAX_CONCURRENCY = { min: 2, max: 1_000 };
/** Our choice, in seconds: the time that the fan-out function keeps for posts in flight, retries and the hand-over. */
const BESIDE_TARGET_SECONDS = 10;
/**
 * Our choice: with a longer timeout, less than 3 minutes of a broadcast's life would remain after a killed function and
 * its alarm.
 */
const FAN_OUT_TIMEOUT_SECONDS = { min: BESIDE_TARGET_SECONDS + 1, max: 60 };
const TARGET_SECONDS = { min: 1, max: FAN_OUT_TIMEOUT_SECONDS.max - BESIDE_TARGET_SECONDS };
/** Our choice: all posts use this share of the account's requests. The rest is for `$connect` and for other APIs. */
const POSTING_PERCENT = 80;
/** https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid.html */
const MAX_API_NAME_LENGTH = 128;
/**
 * A metric's dimension is ASCII: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html
 */
const ASCII = /^[ -~]*$/;
/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const MAX_KEY_ATTRIBUTE_BYTES = 255;
const OTHER_ATTRIBUTES: readonly unknown[] = ['connectedAt', 'ttl'] satisfies (keyof ConnectionRow)[];
/** JavaScript does not store a property of this name in an object, so a row would have no key. */
const NOT_A_PROPERTY = '__proto__';

const isKnownLater = (value: unknown): value is string => typeof value === 'string' && Token.isUnresolved(value);
const unchecked: Check = () => [];

const FAN_OUT_CHECKS = {
  maxConcurrency: integer(MAX_CONCURRENCY.min, MAX_CONCURRENCY.max),
  target: duration(TARGET_SECONDS),
  ...FUNCTION_CHECKS,
  timeout: duration({ ...FAN_OUT_TIMEOUT_SECONDS, isWhole: true }),
} satisfies Record<keyof FanOutOptions, Check>;

/** `addRoute` checks the options of a route. */
const checksIn = (region: string) =>
  ({
    handlers: expected(
      "the result of bundle, such as await bundle('handlers/*.ts')",
      (value) => typeof (value as Partial<Handlers> | undefined)?.entry === 'function',
    ),
    stageName: expected('1 to 128 letters, digits, "-" and "_"', isStageNameOrToken),
    keyAttribute: expected(
      `an attribute name of 1 to ${MAX_KEY_ATTRIBUTE_BYTES} bytes, but not "__proto__" and not "connectedAt" or "ttl", which each row has already`,
      (value) =>
        isKnownLater(value) ||
        (typeof value === 'string' &&
          value.length >= 1 &&
          Buffer.byteLength(value) <= MAX_KEY_ATTRIBUTE_BYTES &&
          value !== NOT_A_PROPERTY &&
          !OTHER_ATTRIBUTES.includes(value)),
    ),
    throttle: checkThrottle,
    accessLogs: expected('true or false', (value) => typeof value === 'boolean'),
    fanOut: options(FAN_OUT_CHECKS, 'an object, such as { maxConcurrency: 10 }'),
    ...CHANNEL_CHECKS,
    accountRequestsPerSecond: integer(1),
    alarms: (name, value) =>
      value === false ? [] : options({ notify: topicIn(region) }, 'false or { notify: topic }')(name, value),
    connect: unchecked,
    disconnect: unchecked,
    default: unchecked,
    ...FUNCTION_CHECKS,
  }) satisfies Record<keyof FanOutApiProps, Check>;

const checkThrottle: Check = (name, value) => {
  const requests = orToken(integer(1));
  const numbers = options({ rateLimit: requests, burstLimit: requests }, 'an object, { rateLimit, burstLimit }');
  const { rateLimit, burstLimit } = (value ?? {}) as ThrottleSettings;
  const hasOnlyOne = (rateLimit === undefined) !== (burstLimit === undefined);
  const problem = `${name}: expected both rateLimit and burstLimit, or neither: API Gateway refuses every request if only one of them is set`;
  return [...(hasOnlyOne ? [problem] : []), ...numbers(name, value)];
};

const isTopic = (value: unknown): value is ITopic => typeof (value as Partial<ITopic> | null)?.topicArn === 'string';

/** https://repost.aws/knowledge-center/cloudwatch-configure-alarm-sns */
const KEY_OF_SNS = 'alias/aws/sns';
const hasKeyOfSns = ({ masterKey }: ITopic): boolean => masterKey?.keyArn.endsWith(`:${KEY_OF_SNS}`) ?? false;

const topicIn =
  (region: string): Check =>
  (name, value) => {
    const problems = expected('a topic, or Topic.fromTopicArn(…) for an ARN', isTopic)(name, value);
    if (isTopic(value) && hasKeyOfSns(value))
      return [
        `${name}: CloudWatch cannot publish to a topic with the key ${KEY_OF_SNS}, because the policy of this key cannot be changed: give the topic your own key`,
      ];
    if (!isTopic(value) || Token.compareStrings(value.env.region, region) !== TokenComparison.DIFFERENT)
      return problems;
    return [
      `${name}: expected a topic in ${region}, the Region of the stack, got one in ${value.env.region}: CloudWatch does not notify topics in another Region`,
    ];
  };

/** An application may pass the props of a stack on to its API. */
const STACK_PROPS = {
  ...{ env: true, stackName: true, description: true, tags: true, synthesizer: true, terminationProtection: true },
  ...{ analyticsReporting: true, crossRegionReferences: true, permissionsBoundary: true, notificationArns: true },
  ...{ suppressTemplateIndentation: true, propertyInjectors: true },
} satisfies Record<keyof StackProps, true>;

/**
 * Checks the options that do not depend on other constructs of the API.
 * @param scope The API. Its path is in the message, and the topic of its alarms must be in its Region.
 * @param apiName The name that the API will have.
 * @throws {Error} if an option is wrong. The message names each wrong option and the expected value.
 */
export const checkFanOutApiProps = (scope: Construct, apiName: string, props: FanOutApiProps): void => {
  const checks = checksIn(Stack.of(scope).region);
  const check = options(checks, 'an object of options, such as { handlers }', ['handlers']);
  const own = isPlainObject(props) ? Object.entries(props).filter(([name]) => !Object.hasOwn(STACK_PROPS, name)) : [];
  const problems = own.flatMap(([name]) => (Object.hasOwn(checks, name) ? [] : misplacement(name)));
  const placed = own.filter(([name]) => Object.hasOwn(checks, name) || misplacement(name).length === 0);
  problems.push(...check('', isPlainObject(props) ? Object.fromEntries(placed) : props));
  if (problems.length === 0) problems.push(...postingProblems(props), ...timeProblems(props));
  if (problems.length === 0 && props.channelFanOut && !props.channels)
    problems.push('channelFanOut: there are no channels, set the option channels too');
  if (!Token.isUnresolved(apiName) && apiName.length > MAX_API_NAME_LENGTH)
    problems.push(
      `the API's name "${apiName}" has ${apiName.length} characters, and API Gateway allows ${MAX_API_NAME_LENGTH}: shorten the name of the stack or the id of the construct`,
    );
  if (!ASCII.test(knownPart(apiName)))
    problems.push(
      `the API's name "${apiName}" is not ASCII, and CloudWatch refuses it in the metrics of the functions: use ASCII for the name of the stack and the id of the construct`,
    );
  if (problems.length) throw new Error(`${scope.node.path}: ${problems.join('; ')}`);
};

/** Explains an option of a route or of the fan-out function that was given to the API. */
const misplacement = (name: string): string[] => {
  if (ROUTE_OPTION_NAMES.includes(name))
    return [`${name}: this is an option of a route, write connect: { ${name}: … }`];
  if (!Object.hasOwn(FAN_OUT_CHECKS, name)) return [];
  return [`${name}: this is an option of the fan-out function, write fanOut: { ${name}: … }`];
};

/** The options of the fan-out function with their defaults, and the rate that follows from them. */
export interface FanOutNumbers {
  maxConcurrency: number;
  target: Duration;
  /** The rate of each function: the functions divide the broadcasts' share of the account's requests. */
  postsPerSecond: number;
}

export const fanOutNumbers = (props: FanOutApiProps): FanOutNumbers => {
  const { maxConcurrency = 2, target = Duration.seconds(5) } = props.fanOut ?? {};
  const percent = props.channels ? 100 - channelFanOutNumbers(props.channelFanOut).postsShare : 100;
  return { maxConcurrency, target, postsPerSecond: postsPerSecond(props, percent, maxConcurrency) };
};

/** The rate of each of the channels' functions, which have their own share of the same budget. */
export const channelPostsPerSecond = (props: FanOutApiProps): number => {
  const { maxConcurrency, postsShare } = channelFanOutNumbers(props.channelFanOut);
  return postsPerSecond(props, postsShare, maxConcurrency);
};

/** @param percent The part of all posts. */
const postsPerSecond = (
  { accountRequestsPerSecond = ACCOUNT_REQUESTS_PER_SECOND }: FanOutApiProps,
  percent: number,
  maxConcurrency: number,
): number => Math.floor((accountRequestsPerSecond * POSTING_PERCENT * percent) / 10_000 / maxConcurrency);

/** Our choice: the target takes a few seconds, and the rest is a reserve for a slow account. */
const FAN_OUT_TIMEOUT = Duration.seconds(30);

/** The timeout of the fan-out function, by default 30 seconds. */
export const fanOutTimeout = ({ fanOut: { timeout = FAN_OUT_TIMEOUT } = {} }: FanOutApiProps): Duration => timeout;

const timeProblems = (props: FanOutApiProps): string[] => {
  const timeoutSeconds = fanOutTimeout(props).toSeconds();
  const targetSeconds = fanOutNumbers(props).target.toMilliseconds() / 1_000;
  const mostSeconds = timeoutSeconds - BESIDE_TARGET_SECONDS;
  if (targetSeconds <= mostSeconds) return [];
  const leastSeconds = Math.ceil(targetSeconds) + BESIDE_TARGET_SECONDS;
  return [
    `fanOut.target: ${targetSeconds} seconds is too long for a fanOut.timeout of ${timeoutSeconds} seconds: posts in flight, retries and the hand-over need ${BESIDE_TARGET_SECONDS} seconds. Expected a target of at most ${mostSeconds} seconds, or a timeout of at least ${leastSeconds} seconds`,
  ];
};

/** Refuses less than one post a second for each function: the rate would be 0, and no message would be delivered. */
const postingProblems = (props: FanOutApiProps): string[] => {
  const { accountRequestsPerSecond = ACCOUNT_REQUESTS_PER_SECOND, channels, channelFanOut } = props;
  const { maxConcurrency, postsShare } = channelFanOutNumbers(channelFanOut);
  const functions = [
    { name: 'fanOut', most: fanOutNumbers(props).maxConcurrency, percent: channels ? 100 - postsShare : 100 },
    ...(channels ? [{ name: 'channelFanOut', most: maxConcurrency, percent: postsShare }] : []),
  ];
  return functions.flatMap(({ name, most, percent }) => {
    if (postsPerSecond(props, percent, most) >= 1) return [];
    const share = (POSTING_PERCENT * percent) / 100;
    const fitting = Math.floor((accountRequestsPerSecond * share) / 100);
    const least = Math.ceil((most * 100) / share);
    const fewer = fitting >= MAX_CONCURRENCY.min ? `a maxConcurrency of at most ${fitting}, or ` : '';
    return [
      `${name}.maxConcurrency: ${most} functions share ${share} % of ${accountRequestsPerSecond} requests a second, so each has less than one post a second. Expected ${fewer}an accountRequestsPerSecond of at least ${least}`,
    ];
  });
};

/**
 * 1 to 128 letters, digits, `-` and `_`:
 * https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages.html
 */
export const isStageName = (name: unknown): boolean => typeof name === 'string' && /^[A-Za-z0-9_-]{1,128}$/.test(name);

const isStageNameOrToken = (name: unknown): boolean =>
  isKnownLater(name) ? /^[A-Za-z0-9_-]{0,128}$/.test(knownPart(name)) : isStageName(name);
