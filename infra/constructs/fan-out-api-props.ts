import { Duration, type RemovalPolicy, Stack, type StackProps, Token, TokenComparison } from 'aws-cdk-lib';
import type { ThrottleSettings } from 'aws-cdk-lib/aws-apigatewayv2';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { ConnectionRow } from '../../schemas/connection-row.ts';
import { ACCOUNT_REQUESTS_PER_SECOND } from '../../schemas/quotas.ts';
import type { Handlers } from '../bundling/handlers.ts';
import {
  type Check,
  duration,
  expected,
  integer,
  isPlainObject,
  knownPart,
  options,
  orToken,
} from './check-options.ts';
import { FUNCTION_CHECKS, type FunctionOptions } from './function-options.ts';
import { ROUTE_OPTION_NAMES, type RouteOptions } from './route-options.ts';

export interface AlarmOptions {
  /** Is told when one of the alarms goes off. In the Region of the stack. Default: nobody. */
  notify?: ITopic;
}

/** The fan-out function: it posts the broadcasts. */
export interface FanOutOptions extends FunctionOptions {
  /** Functions at once, 2 to 1,000. Default 2: a new account has 10 functions in all. */
  maxConcurrency?: number;
  /** How long one function posts before others get the rest, from 1 second to 10 seconds less than `timeout`. Default 5 seconds. */
  target?: Duration;
  /**
   * In whole seconds, 11 to 60. Default 30 seconds. The records of a function that was killed come back after six timeouts,
   * after 3 minutes at the earliest, and a broadcast expires after 10 minutes.
   */
  timeout?: Duration;
  /** In MB, 128 to 10,240. Default 1,769: one core. */
  memorySize?: number;
}

/**
 * The options of a `FanOutApi`. The options of functions hold for all its functions unless a route says otherwise.
 * `timeout` and `memorySize` do not hold for the fan-out function: see `fanOut`.
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
  /** What `bundle` returned. */
  handlers: Handlers;
  /** Part of both URLs. Letters, digits, `-` and `_`. Default `production`. */
  stageName?: string;
  /** Name of the connection table's partition key, not `connectedAt`, `ttl` or `__proto__`. Default `connectionId`. Another one replaces the table. */
  keyAttribute?: string;
  /** Requests a second and bucket of each route, both or neither. Default: the account's own limits. */
  throttle?: ThrottleSettings;
  /**
   * One line for each event of the API, without connection ids. Needs an account whose API Gateway has a CloudWatch
   * role: without one the deployment fails. Default false.
   */
  accessLogs?: boolean;
  /** How long the functions' logs and the access logs are kept: each is a log group with this retention. Default one month. */
  logRetention?: RetentionDays;
  /** Whether the table, both queues and all logs stay when the stack is deleted. Default `DESTROY`. */
  removalPolicy?: RemovalPolicy;
  /** The fan-out function. Default: see `FanOutOptions`. */
  fanOut?: FanOutOptions;
  /** The account's quota in this Region, requests a second. Default 10,000; 2,500 in some Regions. */
  accountRequestsPerSecond?: number;
  /** Three alarms, see `FanOutAlarms`. Default: they notify nobody. With `false` there are none. */
  alarms?: AlarmOptions | false;
  /** `$connect`. Default: the handler `connect`. */
  connect?: RouteOptions;
  /** `$disconnect`. Default: the handler `disconnect`. */
  disconnect?: RouteOptions;
  /** `$default`, what no other route matches. Default: the handler `default`. The framework's own can `inspect`, whatever `can` adds. */
  default?: RouteOptions;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html#events-sqs-max-concurrency */
const MAX_CONCURRENCY = { min: 2, max: 1_000 };
/** Our choice: what the fan-out function keeps for posts under way, retries and handing over, in seconds. */
const BESIDE_TARGET_SECONDS = 10;
/** Our choice: the longest leaves 3 minutes of a broadcast's life after a killed function and the alarm for it. */
const FAN_OUT_TIMEOUT_SECONDS = { min: BESIDE_TARGET_SECONDS + 1, max: 60 };
const TARGET_SECONDS = { min: 1, max: FAN_OUT_TIMEOUT_SECONDS.max - BESIDE_TARGET_SECONDS };
/** Of the account's requests, so that a broadcast leaves some for `$connect` and for other APIs. */
const POSTING_PERCENT = 80;
/** https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid.html */
const MAX_API_NAME_LENGTH = 128;
/** Of a dimension's value: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html */
const ASCII = /^[ -~]*$/;
/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const MAX_KEY_ATTRIBUTE_BYTES = 255;
const OTHER_ATTRIBUTES: readonly unknown[] = ['connectedAt', 'ttl'] satisfies (keyof ConnectionRow)[];
/** To JavaScript it is no name of a field: a row would have no key. */
const NO_FIELD = '__proto__';

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
      "what bundle returns, await bundle('handlers/*.ts')",
      (value) => typeof (value as Partial<Handlers> | undefined)?.entry === 'function',
    ),
    stageName: expected('1 to 128 letters, digits, "-" and "_"', isStageNameOrToken),
    keyAttribute: expected(
      `the name of an attribute, 1 to ${MAX_KEY_ATTRIBUTE_BYTES} bytes and not "__proto__", nor "connectedAt" or "ttl", which a row has besides`,
      (value) =>
        isKnownLater(value) ||
        (typeof value === 'string' &&
          value.length >= 1 &&
          Buffer.byteLength(value) <= MAX_KEY_ATTRIBUTE_BYTES &&
          value !== NO_FIELD &&
          !OTHER_ATTRIBUTES.includes(value)),
    ),
    throttle: checkThrottle,
    accessLogs: expected('true or false', (value) => typeof value === 'boolean'),
    fanOut: options(FAN_OUT_CHECKS, 'an object, such as { maxConcurrency: 10 }'),
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
  const isHalf = (rateLimit === undefined) !== (burstLimit === undefined);
  const pair = `${name}: expected rateLimit and burstLimit or neither: with one of them API Gateway refuses everything`;
  return [...(isHalf ? [pair] : []), ...numbers(name, value)];
};

const isTopic = (value: unknown): value is ITopic => typeof (value as Partial<ITopic> | null)?.topicArn === 'string';

/** https://repost.aws/knowledge-center/cloudwatch-configure-alarm-sns */
const KEY_OF_SNS = 'alias/aws/sns';
const hasKeyOfSns = ({ masterKey }: ITopic): boolean => masterKey?.keyArn.endsWith(`:${KEY_OF_SNS}`) ?? false;

const topicIn =
  (region: string): Check =>
  (name, value) => {
    const topic = expected('a topic, for an ARN Topic.fromTopicArn', isTopic)(name, value);
    if (isTopic(value) && hasKeyOfSns(value))
      return [
        `${name}: expected a topic that CloudWatch may encrypt for, got one with the key ${KEY_OF_SNS}, whose policy AWS does not let you change: give the topic a key of your own`,
      ];
    if (!isTopic(value) || Token.compareStrings(value.env.region, region) !== TokenComparison.DIFFERENT) return topic;
    return [
      `${name}: expected a topic in ${region}, the Region of the stack, got one in ${value.env.region}: CloudWatch notifies none of another Region`,
    ];
  };

/** The props of a stack may be passed on to its API. */
const OF_A_STACK = {
  ...{ env: true, stackName: true, description: true, tags: true, synthesizer: true, terminationProtection: true },
  ...{ analyticsReporting: true, crossRegionReferences: true, permissionsBoundary: true, notificationArns: true },
  ...{ suppressTemplateIndentation: true, propertyInjectors: true },
} satisfies Record<keyof StackProps, true>;

/**
 * Checks what does not depend on other constructs of the API.
 * @param scope The API: its path is in the message, its Region is that of the alarms.
 * @param apiName What it will be called.
 * @throws {Error} naming every option that is wrong, and how it should be.
 */
export const checkFanOutApiProps = (scope: Construct, apiName: string, props: FanOutApiProps): void => {
  const checks = checksIn(Stack.of(scope).region);
  const check = options(checks, 'an object of options, such as { handlers }', ['handlers']);
  const own = isPlainObject(props) ? Object.entries(props).filter(([name]) => !Object.hasOwn(OF_A_STACK, name)) : [];
  const problems = own.flatMap(([name]) => (Object.hasOwn(checks, name) ? [] : misplacement(name)));
  const placed = own.filter(([name]) => Object.hasOwn(checks, name) || misplacement(name).length === 0);
  problems.push(...check('', isPlainObject(props) ? Object.fromEntries(placed) : props));
  if (problems.length === 0) problems.push(...postingProblems(props), ...timeProblems(props));
  if (!Token.isUnresolved(apiName) && apiName.length > MAX_API_NAME_LENGTH)
    problems.push(
      `its name, of the stack and of itself, has ${apiName.length} characters and API Gateway takes ${MAX_API_NAME_LENGTH}: shorten one of them`,
    );
  if (!ASCII.test(knownPart(apiName)))
    problems.push(
      `its name "${apiName}" is not ASCII: CloudWatch would not take the metrics of its functions, which carry it. Give it another id`,
    );
  if (problems.length) throw new Error(`${scope.node.path}: ${problems.join('; ')}`);
};

/** Says where an option belongs that the API itself does not have. */
const misplacement = (name: string): string[] => {
  if (ROUTE_OPTION_NAMES.includes(name)) return [`${name}: it is an option of a route, write connect: { ${name}: … }`];
  if (!Object.hasOwn(FAN_OUT_CHECKS, name)) return [];
  return [`${name}: it is an option of the fan-out function, write fanOut: { ${name}: … }`];
};

/** The options of the fan-out function, and what follows from them. */
export interface FanOutNumbers {
  maxConcurrency: number;
  target: Duration;
  /** Of each function: they share what a broadcast may take of the account's requests. */
  postsPerSecond: number;
}

export const fanOutNumbers = ({
  fanOut: { maxConcurrency = 2, target = Duration.seconds(5) } = {},
  accountRequestsPerSecond = ACCOUNT_REQUESTS_PER_SECOND,
}: FanOutApiProps): FanOutNumbers => ({
  maxConcurrency,
  target,
  postsPerSecond: Math.floor((accountRequestsPerSecond * POSTING_PERCENT) / 100 / maxConcurrency),
});

/** Our choice: the target is a few seconds, the rest is for a slow account. */
const FAN_OUT_TIMEOUT = Duration.seconds(30);

/** The timeout of the fan-out function. */
export const fanOutTimeout = ({ fanOut: { timeout = FAN_OUT_TIMEOUT } = {} }: FanOutApiProps): Duration => timeout;

const timeProblems = (props: FanOutApiProps): string[] => {
  const timeoutSeconds = fanOutTimeout(props).toSeconds();
  const targetSeconds = fanOutNumbers(props).target.toMilliseconds() / 1_000;
  const mostSeconds = timeoutSeconds - BESIDE_TARGET_SECONDS;
  if (targetSeconds <= mostSeconds) return [];
  const leastSeconds = Math.ceil(targetSeconds) + BESIDE_TARGET_SECONDS;
  return [
    `fanOut.target: ${targetSeconds} of the ${timeoutSeconds} seconds of fanOut.timeout leave too few for posts under way, retries and handing over: expected target up to ${mostSeconds} seconds, or timeout from ${leastSeconds} seconds`,
  ];
};

/** Less than one post a second is none: no broadcast would ever be delivered. */
const postingProblems = (props: FanOutApiProps): string[] => {
  const { maxConcurrency, postsPerSecond } = fanOutNumbers(props);
  if (postsPerSecond >= 1) return [];
  const { accountRequestsPerSecond = ACCOUNT_REQUESTS_PER_SECOND } = props;
  const most = Math.floor((accountRequestsPerSecond * POSTING_PERCENT) / 100);
  const least = Math.ceil((maxConcurrency * 100) / POSTING_PERCENT);
  const fewer = most >= MAX_CONCURRENCY.min ? `maxConcurrency up to ${most}, or ` : '';
  return [
    `fanOut.maxConcurrency: ${maxConcurrency} functions share ${POSTING_PERCENT} % of ${accountRequestsPerSecond} requests a second, less than one post each: expected ${fewer}accountRequestsPerSecond from ${least}`,
  ];
};

/** 1 to 128 letters, digits, `-` and `_`: https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages.html */
export const isStageName = (name: unknown): boolean => typeof name === 'string' && /^[A-Za-z0-9_-]{1,128}$/.test(name);

const isStageNameOrToken = (name: unknown): boolean =>
  isKnownLater(name) ? /^[A-Za-z0-9_-]{0,128}$/.test(knownPart(name)) : isStageName(name);
