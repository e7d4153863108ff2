import { partitionOf } from '../../model/partition.ts';
import type { Permission } from '../engine-protocol.ts';

type Body = Record<string, unknown>;

/** Operations without a table. */
const WITHOUT_TABLE: ReadonlySet<string> = new Set(['ListTables', 'DescribeLimits', 'DescribeEndpoints']);
const TRANSACTION_PARTS = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  Get: 'GetItem',
  ConditionCheck: 'ConditionCheckItem',
};

/**
 * The permissions that a DynamoDB request needs.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
 */
export const dynamoDbPermissions = (
  { region, accountId }: { region: string; accountId: string },
  operation: string,
  body: Body,
): Permission[] => {
  const tables = `arn:${partitionOf(region)}:dynamodb:${region}:${accountId}:table`;
  const arnOf = (table: unknown) => (String(table).startsWith('arn:') ? String(table) : `${tables}/${table}`);
  const needs = (name: string, table: unknown, index?: unknown): Permission => ({
    action: `dynamodb:${name}`,
    resourceArn: index === undefined ? arnOf(table) : `${arnOf(table)}/index/${index}`,
  });
  if (WITHOUT_TABLE.has(operation)) return [{ action: `dynamodb:${operation}`, resourceArn: '*' }];
  if (body.ResourceArn !== undefined) return [needs(operation, body.ResourceArn)];
  if (body.RequestItems) return Object.keys(body.RequestItems).map((table) => needs(operation, table));
  if (Array.isArray(body.TransactItems)) {
    return body.TransactItems.flatMap((item: Record<string, { TableName?: unknown }>) =>
      Object.entries(TRANSACTION_PARTS).flatMap(([part, name]) =>
        item[part] ? [needs(name, item[part].TableName)] : [],
      ),
    );
  }
  return body.TableName === undefined ? [] : [needs(operation, body.TableName, body.IndexName)];
};
