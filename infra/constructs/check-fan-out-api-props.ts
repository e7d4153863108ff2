import { Stack, Token, TokenComparison } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { AlarmOptions, FanOutApiProps } from './fan-out-api-props.ts';
import { isStageName } from './is-stage-name.ts';

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
