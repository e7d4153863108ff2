import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { queryObjects } from 'node:v8';
import { callService } from '../../../../packages/local/engines/dynamodb/call-service.ts';
import { createDynamoDbEngine } from '../../../../packages/local/engines/dynamodb/dynamodb-engine.ts';
import { serveEngine } from '../../../../packages/local/engines/serve-engine.ts';
import { createFaultPicker } from '../../../../packages/local/faults/fault-picker.ts';

// Scans and queries a table, then prints how many of the database's iterators survive garbage collection.
let url = '';
const call = (operation: string, body: object) => callService(url, `DynamoDB_20120810.${operation}`, body);
const { engine, methods } = createDynamoDbEngine(createFaultPicker([], 1), call);
const sender = { kind: 'developer', senderId: '123456789012' } as const;
const server = serveEngine(engine, async () => ({ allowed: true, sender }), console.error);
await once(server.listen(0, '127.0.0.1'), 'listening');
url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const TableName = 'rows';
const definition = {
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
};
await methods.deploy({ region: 'eu-central-1', accountId: '123456789012' }, [{ tableName: TableName, definition }]);
for (const id of ['a', 'b']) await call('PutItem', { TableName, Item: { id: { S: id } } });
const byId = { KeyConditionExpression: 'id = :id', ExpressionAttributeValues: { ':id': { S: 'a' } } };
for (let count = 0; count < 20; count++) {
  await call('Scan', { TableName });
  await call('Scan', { TableName, Limit: 1 });
  await call('Query', { TableName, ...byId });
}

const { MemoryLevel } = createRequire(createRequire(import.meta.url).resolve('dynalite'))('memory-level');
const database = new MemoryLevel();
await database.open();
process.stdout.write(String(queryObjects(database.values().constructor, { format: 'count' })));
process.exit();
