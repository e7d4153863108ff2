import { ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Way } from '../run-way.ts';

const TableName = process.env.FAN_OUT_CONNECTIONS_TABLE;
const documents = DynamoDBDocumentClient.from(new DynamoDBClient({}));

/**
 * How the systems this project grew from broadcast: a new client for every invocation, a scan for every message, and
 * `Promise.all` over every connection. Kinder than they are: all pages are read, one recipient's failure fails nobody
 * else, and a batch's messages are sent one after another, so that their order is kept.
 */
export const seedWay: Way = async ({ messages }) => {
  const client = new ApiGatewayManagementApiClient({});
  for (const message of messages) {
    const connections = await scanAll();
    await Promise.all(
      connections.map(async ({ connectionId }) => {
        try {
          await client.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: message }));
        } catch (error) {
          const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
          if ($metadata?.httpStatusCode === 410) {
            await documents.send(new DeleteCommand({ TableName, Key: { connectionId } }));
          }
        }
      }),
    );
  }
};

const scanAll = async (): Promise<{ connectionId: string }[]> => {
  const connections: { connectionId: string }[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await documents.send(new ScanCommand({ TableName, ConsistentRead: true, ExclusiveStartKey }));
    connections.push(...((page.Items ?? []) as { connectionId: string }[]));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return connections;
};
