import type { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import type { FaultPicker } from '../../faults/fault-picker.ts';
import type { Engine, EngineRequest } from '../engine.ts';
import type { DynamoDbMethods, TableSpec } from '../engine-protocol.ts';
import { dynamoDbPermissions } from './dynamodb-permissions.ts';

const require = createRequire(import.meta.url);

type Call = (operation: string, body: object) => Promise<Record<string, unknown>>;
type AttributeValue = Record<string, unknown>;

/** DynamoDB keeps a row whose ttl is further in the past than this. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html */
const MAX_TTL_AGE_SECONDS = 5 * 365 * 24 * 3_600;

/** Deletes the rows of a table whose ttl has passed. */
const sweepTable = async (
  call: Call,
  { tableName, definition, ttlAttribute }: TableSpec,
  nowSeconds: number,
): Promise<void> => {
  const keys = (definition.KeySchema as { AttributeName: string }[]).map(({ AttributeName }) => AttributeName);
  let cursor: unknown;
  do {
    const page = await call('Scan', {
      TableName: tableName,
      FilterExpression: '#ttl < :now AND #ttl > :oldest',
      ExpressionAttributeNames: { '#ttl': ttlAttribute },
      ExpressionAttributeValues: {
        ':now': { N: String(nowSeconds) },
        ':oldest': { N: String(nowSeconds - MAX_TTL_AGE_SECONDS) },
      },
      ...(cursor ? { ExclusiveStartKey: cursor } : {}),
    });
    for (const item of page.Items as Record<string, AttributeValue>[]) {
      await call('DeleteItem', {
        TableName: tableName,
        Key: Object.fromEntries(keys.map((key) => [key, item[key]])),
        ConditionExpression: '#ttl = :seen', // the row may have been renewed since the scan
        ExpressionAttributeNames: { '#ttl': ttlAttribute },
        ExpressionAttributeValues: { ':seen': item[ttlAttribute as string] },
      }).catch(() => {});
    }
    cursor = page.LastEvaluatedKey;
  } while (cursor);
};

/**
 * dynalite 4.0.0 never closes its iterators. Its database would keep each iterator, with a copy of the rows, until the
 * run ends: 4 KB for each Scan or Query of a small table.
 */
const forgetIterators = (): void => {
  const { MemoryLevel } = createRequire(require.resolve('dynalite'))('memory-level');
  MemoryLevel.prototype.attachResource = () => {};
};

/**
 * dynalite as an engine, plus time to live, which dynalite does not have. `call` sends a request to this engine as a
 * developer.
 */
export const createDynamoDbEngine = (
  faultPicker: FaultPicker,
  call: Call,
): { engine: Engine; methods: DynamoDbMethods } => {
  let account = { region: '', accountId: '' };
  let dynalite: EventEmitter | undefined;
  const tables = new Map<string, TableSpec>();

  const start = (): EventEmitter => {
    process.env.AWS_REGION = account.region;
    process.env.AWS_ACCOUNT_ID = account.accountId;
    forgetIterators();
    return require('dynalite')({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  };

  const timeToLive = ({ body }: EngineRequest) => {
    const attribute = tables.get(String(body.TableName).replace(/^.*:table\//, ''))?.ttlAttribute;
    const description = attribute
      ? { TimeToLiveStatus: 'ENABLED', AttributeName: attribute }
      : { TimeToLiveStatus: 'DISABLED' };
    return JSON.stringify({ TimeToLiveDescription: description });
  };

  const serve = (served: EngineRequest): void => {
    const { operation, text, request, response } = served;
    if (operation === 'DescribeTimeToLive' && tables.has(String(served.body.TableName))) {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(timeToLive(served));
      return;
    }
    dynalite?.emit('request', request, response);
    // The authorization has read the body, so it is emitted again for dynalite.
    if (text) request.emit('data', Buffer.from(text));
    request.emit('end');
  };

  const createTable = async (table: TableSpec): Promise<void> => {
    const exists = await call('DescribeTable', { TableName: table.tableName }).then(
      () => true,
      () => false,
    );
    if (!exists) await call('CreateTable', { ...table.definition, TableName: table.tableName });
    tables.set(table.tableName, table);
    for (let status = 'CREATING'; status !== 'ACTIVE'; ) {
      const { Table } = await call('DescribeTable', { TableName: table.tableName });
      status = (Table as { TableStatus: string }).TableStatus;
    }
  };

  return {
    engine: {
      permissionsOf: (operation, body) => dynamoDbPermissions(account, operation, body),
      unknownKey: {
        statusCode: 400,
        type: 'com.amazon.coral.service#UnrecognizedClientException',
        message: 'The security token included in the request is invalid.',
      },
      denied: (message) => ({ statusCode: 400, type: 'com.amazon.coral.service#AccessDeniedException', message }),
      failure: {
        statusCode: 500,
        type: 'com.amazonaws.dynamodb.v20120810#InternalServerError',
        message: 'The request processing has failed because of an unknown error, exception or failure.',
      },
      fault: ({ kind }) =>
        kind === 'function' && faultPicker.happens('dynamodb:throttle')
          ? {
              statusCode: 400,
              type: 'com.amazon.coral.availability#ThrottlingException',
              message:
                'Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly.',
            }
          : undefined,
      serve,
    },
    methods: {
      deploy: async (deployed, specs) => {
        account = deployed;
        dynalite ??= start();
        for (const table of specs) await createTable(table);
      },
      sweep: async () => {
        const nowSeconds = Math.floor(Date.now() / 1_000);
        for (const table of tables.values()) if (table.ttlAttribute) await sweepTable(call, table, nowSeconds);
      },
    },
  };
};
