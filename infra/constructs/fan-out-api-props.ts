import { Stack, Token, TokenComparison } from 'aws-cdk-lib';
import type { ThrottleSettings } from 'aws-cdk-lib/aws-apigatewayv2';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { Handlers } from '../bundling/handlers.ts';
import type { RouteOptions } from './route-options.ts';

export interface AlarmOptions {
  /** Is told when one of the alarms goes off. In the Region of the stack. Default: nobody. */
  notify?: ITopic;
}

export interface FanOutApiProps {
  /** What `bundle` returned. */
  handlers: Handlers;
  /** Part of both URLs. Letters, digits, `-` and `_`. Default `production`. */
  stageName?: string;
  /** Name of the connection table's partition key. Default `connectionId`. Another one replaces the table. */
  keyAttribute?: string;
  /** Requests a second and bucket of each route, both or neither. Default: the account's own limits. */
  throttle?: ThrottleSettings;
  /**
   * One line for each event of the API, without connection ids. Needs an account whose API Gateway has a CloudWatch
   * role: without one the deployment fails. Default false.
   */
  accessLogs?: boolean;
  /** Of the functions' logs and of the access logs. Default one month. */
  logRetention?: RetentionDays;
  /** Fan-out functions at once, 2 to 1,000. Default 2: a new account has 10 functions in all. */
  maximumConcurrency?: number;
  /** How long one fan-out function posts before others get the rest, in milliseconds, 1,000 to 20,000. Default 5,000. */
  fanOutTargetMs?: number;
  /** The account's quota in this Region, requests a second. Default 10,000; 2,500 in some Regions. */
  accountRequestsPerSecond?: number;
  /** Three alarms, see `FanOutAlarms`. Default: they notify nobody. With `false` there are none. */
  alarms?: AlarmOptions | false;
  /** `$connect`: default entry `connect`. */
  connect?: RouteOptions;
  /** `$disconnect`: default entry `disconnect`. */
  disconnect?: RouteOptions;
  /** `$default`, what no other route matches. Default: the entry `default`, which can `inspect`; other options replace both. */
  default?: RouteOptions;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html#events-sqs-max-concurrency */
const MAXIMUM_CONCURRENCY = { min: 2, max: 1_000 };
/** Ours: what is left of the function's 30 seconds is for posts under way, retries and handing over. */
const FAN_OUT_TARGET_MS = { min: 1_000, max: 20_000 };

/**
 * Checks what does not depend on other constructs of the API.
 * @param scope The API: its path is in the message, its Region is that of the alarms.
 * @throws {Error} naming every option that is wrong, and how it should be.
 */
export const checkFanOutApiProps = (scope: Construct, props: FanOutApiProps): void => {
  const problems: string[] = [];
  const { stageName, throttle, maximumConcurrency, fanOutTargetMs, accountRequestsPerSecond } = props;
  if (stageName !== undefined && !Token.isUnresolved(stageName) && !isStageName(stageName))
    problems.push(`stageName: expected 1 to 128 letters, digits, "-" and "_", got "${stageName}"`);
  if (throttle && (throttle.rateLimit === undefined) !== (throttle.burstLimit === undefined))
    problems.push(
      'throttle: expected rateLimit and burstLimit or neither: with one of them API Gateway refuses everything',
    );
  checkRange(problems, 'throttle.rateLimit', throttle?.rateLimit, 1, Number.POSITIVE_INFINITY);
  checkRange(problems, 'throttle.burstLimit', throttle?.burstLimit, 1, Number.POSITIVE_INFINITY);
  checkRange(problems, 'maximumConcurrency', maximumConcurrency, MAXIMUM_CONCURRENCY.min, MAXIMUM_CONCURRENCY.max);
  checkRange(problems, 'fanOutTargetMs', fanOutTargetMs, FAN_OUT_TARGET_MS.min, FAN_OUT_TARGET_MS.max);
  checkRange(problems, 'accountRequestsPerSecond', accountRequestsPerSecond, 1, Number.POSITIVE_INFINITY);
  problems.push(...alarmProblems(props.alarms, Stack.of(scope).region));
  if (problems.length) throw new Error(`${scope.node.path}: ${problems.join('; ')}`);
};

const alarmProblems = (alarms: AlarmOptions | false | undefined, region: string): string[] => {
  if (alarms === false || alarms === undefined) return [];
  if (!isPlainObject(alarms)) return [`alarms: expected false or { notify: topic }, got ${describe(alarms)}`];
  const { notify, ...others } = alarms;
  const problems = Object.keys(others).map((name) => `alarms.${name}: there is no such option, only notify`);
  if (notify !== undefined && !isTopic(notify))
    problems.push(`alarms.notify: expected a topic, for an ARN Topic.fromTopicArn, got ${describe(notify)}`);
  else if (notify && Token.compareStrings(notify.env.region, region) === TokenComparison.DIFFERENT)
    problems.push(
      `alarms.notify: expected a topic in ${region}, the Region of the stack, got one in ${notify.env.region}: CloudWatch notifies none of another Region`,
    );
  return problems;
};

const isPlainObject = (value: unknown): boolean =>
  value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype;

const isTopic = (value: unknown): value is ITopic => typeof (value as Partial<ITopic> | null)?.topicArn === 'string';

const describe = (value: unknown): string => {
  if (isTopic(value)) return 'a topic';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(JSON.stringify(value));
};

const checkRange = (problems: string[], name: string, value: number | undefined, min: number, max: number): void => {
  if (value === undefined || Token.isUnresolved(value) || (Number.isInteger(value) && value >= min && value <= max))
    return;
  const bounds = max === Number.POSITIVE_INFINITY ? `${min} or more` : `${min} to ${max}`;
  problems.push(`${name}: expected an integer, ${bounds}, got ${value}`);
};

/** 1 to 128 letters, digits, `-` and `_`: https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages.html */
export const isStageName = (name: string): boolean => /^[A-Za-z0-9_-]{1,128}$/.test(name);
