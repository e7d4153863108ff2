import type { LambdaFunction, Policies } from '../model/application.ts';
import { decide } from './decide.ts';

/** What Lambda calls on behalf of a function, with the function's role. */
const NEEDED_ACTIONS = ['logs:CreateLogStream', 'logs:PutLogEvents'];

/**
 * Functions whose role does not let them write their log: on AWS what they print is lost, and nobody is told. A sentence
 * each.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
 */
export const unwritableLogs = (
  functions: readonly LambdaFunction[],
  policies: Policies,
  logGroupOf: (lambda: LambdaFunction) => string,
): readonly string[] =>
  functions.flatMap((lambda) => {
    const [, , , region, accountId] = lambda.arn.split(':');
    const resourceArn = `arn:aws:logs:${region}:${accountId}:log-group:${logGroupOf(lambda)}:log-stream:any`;
    const missing = NEEDED_ACTIONS.filter((action) => !decide(policies, { ...lambda, action, resourceArn }).allowed);
    if (missing.length === 0) return [];
    return `${lambda.functionName} would lose on AWS what it prints: its role does not allow ${missing.join(' and ')} on its log group`;
  });
