import { ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Variant } from '../run-variant.ts';

const TableName = process.env.FAN_OUT_CONNECTIONS_TABLE;
const documents = DynamoDBDocumentClient.from(new DynamoDBClient({}));

/**
 * The usual broadcast of published systems: a new client for every invocation, a scan for every message, and
 * `Promise.all` over all connections. It avoids three of their faults: it reads all pages, a failed post does not fail
 * the others, and the messages of a batch are sent in order.
 */
export const sdkLoop: Variant = async ({ messages }) => {
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
