import type { LambdaFunction, Policies } from '../model/application.ts';
import { decide } from './decide.ts';

/** The actions that Lambda needs from a function's role to write its log. */
const NEEDED_ACTIONS = ['logs:CreateLogStream', 'logs:PutLogEvents'];

/**
 * Finds the functions whose role does not allow them to write their log. On AWS their output is lost without a warning.
 * @returns One sentence for each function.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
 */
export const unwritableLogs = (
  functions: readonly LambdaFunction[],
  policies: Policies,
  logGroupOf: (lambda: LambdaFunction) => string,
): readonly string[] =>
  functions.flatMap((lambda) => {
    const [, partition, , region, accountId] = lambda.arn.split(':');
    const resourceArn = `arn:${partition}:logs:${region}:${accountId}:log-group:${logGroupOf(lambda)}:log-stream:any`;
    const missing = NEEDED_ACTIONS.filter((action) => !decide(policies, { ...lambda, action, resourceArn }).allowed);
    if (missing.length === 0) return [];
    return `${lambda.functionName} would lose its log on AWS: its role does not allow ${missing.join(' and ')} on its log group`;
  });
