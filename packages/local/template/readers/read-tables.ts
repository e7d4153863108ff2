import type { Table } from '../../model/application.ts';
import type { Resource } from '../assembly/open-resource.ts';

/** Properties that `CreateTable` takes unchanged. */
const CREATE_TABLE_PROPERTIES = [
  'AttributeDefinitions',
  'KeySchema',
  'GlobalSecondaryIndexes',
  'LocalSecondaryIndexes',
] as const;

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html */
const TABLE_NAME = /^[a-zA-Z0-9_.-]{3,255}$/;

/**
 * The DynamoDB tables of an application. Capacity, encryption, backups and streams are not part of their definition:
 * this run does not throttle by capacity, and an event source that reads a stream is refused.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
 */
export const readTables = (resources: readonly Resource[]): readonly Table[] =>
  resources
    .filter(({ type }) => type === 'AWS::DynamoDB::Table' || type === 'AWS::DynamoDB::GlobalTable')
    .map((resource): Table => {
      if (!TABLE_NAME.test(resource.ref)) {
        resource.problem(
          `AWS refuses its name ${resource.ref}`,
          'Use 3 to 255 letters, digits, "_", "-" and "." in its TableName',
        );
      }
      const { Enabled: enabled, AttributeName: ttlAttribute } = resource.record('TimeToLiveSpecification');
      const properties = CREATE_TABLE_PROPERTIES.map((name) => [name, resource.list(name)] as const);
      return {
        logicalId: resource.logicalId,
        tableName: resource.ref,
        arn: resource.arn,
        definition: {
          TableName: resource.ref,
          BillingMode: 'PAY_PER_REQUEST',
          ...Object.fromEntries(properties.filter(([, value]) => value.length > 0).map(withoutCapacity)),
        },
        ...(String(enabled) === 'true' && typeof ttlAttribute === 'string' && { ttlAttribute }),
      };
    });

const CAPACITY = [
  'ProvisionedThroughput',
  'OnDemandThroughput',
  'WarmThroughput',
  'WriteProvisionedThroughputSettings',
  'WriteOnDemandThroughputSettings',
  'ContributorInsightsSpecification',
];

const withoutCapacity = ([name, items]: readonly [string, readonly unknown[]]): [string, unknown[]] => [
  name,
  items.map((item) => Object.fromEntries(Object.entries(item as object).filter(([key]) => !CAPACITY.includes(key)))),
];
