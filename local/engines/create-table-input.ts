import type { TableSpec } from './engine-protocol.ts';

type Properties = Readonly<Record<string, unknown>>;

/** What `CreateTable` and CloudFormation's table have in common and dynalite knows. */
const TABLE_PROPERTIES = ['AttributeDefinitions', 'KeySchema', 'BillingMode', 'LocalSecondaryIndexes'];
const INDEX_PROPERTIES = ['IndexName', 'KeySchema', 'Projection'];

const pick = (properties: Properties, names: readonly string[]): Properties =>
  Object.fromEntries(names.flatMap((name) => (properties[name] === undefined ? [] : [[name, properties[name]]])));

/** CloudFormation takes numbers as text too. */
const throughput = ({ ProvisionedThroughput, BillingMode }: Properties): Properties => {
  if (BillingMode === 'PAY_PER_REQUEST') return {};
  const { ReadCapacityUnits = 1, WriteCapacityUnits = 1 } = (ProvisionedThroughput ?? {}) as Properties;
  return {
    ProvisionedThroughput: {
      ReadCapacityUnits: Number(ReadCapacityUnits),
      WriteCapacityUnits: Number(WriteCapacityUnits),
    },
  };
};

/**
 * A table of a template as a `CreateTable` request. Left out is what changes nothing on one machine: encryption,
 * streams, tags, recovery, deletion protection, table class, contributor insights.
 */
export const createTableInput = ({ tableName, definition }: TableSpec): Properties => ({
  TableName: tableName,
  ...pick(definition, TABLE_PROPERTIES),
  ...throughput(definition),
  ...(Array.isArray(definition.GlobalSecondaryIndexes) && {
    GlobalSecondaryIndexes: definition.GlobalSecondaryIndexes.map((index: Properties) => ({
      ...pick(index, INDEX_PROPERTIES),
      ...throughput({ ...index, BillingMode: definition.BillingMode }),
    })),
  }),
});
