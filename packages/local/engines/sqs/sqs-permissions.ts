import type { Permission } from '../engine-protocol.ts';

/**
 * What an SQS request needs. A batch needs what its single form does.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html
 */
export const sqsPermissions = (
  { region, accountId }: { region: string; accountId: string },
  operation: string,
  body: Record<string, unknown>,
): Permission[] => {
  const action = `sqs:${operation.replace(/Batch$/, '')}`;
  if (operation === 'ListQueues') return [{ action, resourceArn: `arn:aws:sqs:${region}:${accountId}:*` }];
  const name = body.QueueName ?? (typeof body.QueueUrl === 'string' ? body.QueueUrl.split('/').at(-1) : undefined);
  return name === undefined ? [] : [{ action, resourceArn: `arn:aws:sqs:${region}:${accountId}:${name}` }];
};
