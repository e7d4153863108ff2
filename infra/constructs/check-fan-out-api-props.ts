import { Token } from 'aws-cdk-lib';
import type { FanOutApiProps } from './fan-out-api-props.ts';
import { isStageName } from './is-stage-name.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html#events-sqs-max-concurrency */
const MAXIMUM_CONCURRENCY = { min: 2, max: 1_000 };
/** Ours: what is left of the function's 30 seconds is for posts under way, retries and handing over. */
const FAN_OUT_TARGET_MS = { min: 1_000, max: 20_000 };

/**
 * Checks what does not depend on other constructs.
 * @param path Of the construct, for the message.
 * @throws {Error} naming every option that is wrong, and how it should be.
 */
export const checkFanOutApiProps = (path: string, props: FanOutApiProps): void => {
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
  if (problems.length) throw new Error(`${path}: ${problems.join('; ')}`);
};

const checkRange = (problems: string[], name: string, value: number | undefined, min: number, max: number): void => {
  if (value === undefined || Token.isUnresolved(value) || (Number.isInteger(value) && value >= min && value <= max))
    return;
  const bounds = max === Number.POSITIVE_INFINITY ? `${min} or more` : `${min} to ${max}`;
  problems.push(`${name}: expected an integer, ${bounds}, got ${value}`);
};
