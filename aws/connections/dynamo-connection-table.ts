import { setTimeout } from 'node:timers/promises';
import {
  type AttributeValue,
  BatchWriteItemCommand,
  type BatchWriteItemCommandOutput,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  ScanCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { type ConnectionRow, normalizeRow } from '../../schemas/connections/connection-row.ts';
import { createDynamoClient } from '../create-dynamo-client.ts';
import type { ConnectionPage, ConnectionTable } from './connection-table.ts';

export interface DynamoConnectionTableOptions {
  tableName: string;
  /** Name of the partition key, for an existing table. Default `connectionId`. */
  keyAttribute?: string | undefined;
  /** Default: a client with the region, credentials and endpoint of the environment. */
  client?: DynamoDBClient;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
const MAX_BATCH_ITEMS = 25;
/** Our choice: a page of 1 MB, 10,000 rows, would block the posts of the thread for a tenth of a second. */
const PAGE_ROWS = 2_000;
/** Our choice: with their pauses, these attempts take about a second. */
const MAX_BATCH_ATTEMPTS = 6;

/**
 * The connection table in DynamoDB. Every call is safe to repeat.
 * @throws the SDK's own errors, after the SDK's three attempts.
 */
export class DynamoConnectionTable implements ConnectionTable {
  readonly #tableName: string;
  readonly #keyAttribute: string;
  readonly #client: DynamoDBClient;

  constructor({
    tableName,
    keyAttribute = 'connectionId',
    client = createDynamoClient(),
  }: DynamoConnectionTableOptions) {
    this.#tableName = tableName;
    this.#keyAttribute = keyAttribute;
    this.#client = client;
    // This middleware prepares every answer for a logger, which is not set. It would cost a tenth of a fan-out's CPU.
    this.#client.middlewareStack.remove('loggerMiddleware');
  }

  async put({ connectionId, connectedAt, ttl, protocol }: ConnectionRow): Promise<void> {
    const Item = {
      ...this.#key(connectionId),
      connectedAt: { N: String(connectedAt) },
      ttl: { N: String(ttl) },
    };
    if (!protocol && (await this.#putPlain(Item))) return;
    const marked = { ...Item, protocol: { N: '1' } };
    await this.#client.send(new PutItemCommand({ TableName: this.#tableName, Item: marked }));
  }

  /** @returns false, and writes no row, if the present row says that the connection speaks the subprotocol. */
  async #putPlain(Item: Record<string, AttributeValue>): Promise<boolean> {
    try {
      await this.#client.send(
        new PutItemCommand({
          TableName: this.#tableName,
          Item,
          ConditionExpression: 'attribute_not_exists(#protocol)',
          ExpressionAttributeNames: { '#protocol': 'protocol' },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  async delete(connectionId: string): Promise<void> {
    await this.#client.send(new DeleteItemCommand({ TableName: this.#tableName, Key: this.#key(connectionId) }));
  }

  /** A batch that DynamoDB refuses as a whole counts as not deleted: the next broadcast finds its rows stale again. */
  async deleteMany(connectionIds: readonly string[]): Promise<readonly string[]> {
    const ids = [...new Set(connectionIds)]; // DynamoDB refuses a batch with a duplicate key
    const undeleted: string[] = [];
    for (let first = 0; first < ids.length; first += MAX_BATCH_ITEMS) {
      undeleted.push(...(await this.#deleteBatch(ids.slice(first, first + MAX_BATCH_ITEMS))));
    }
    return undeleted;
  }

  async #deleteBatch(connectionIds: readonly string[]): Promise<readonly string[]> {
    let left = connectionIds;
    for (let attempt = 0; left.length > 0 && attempt < MAX_BATCH_ATTEMPTS; attempt++) {
      if (attempt > 0) await backOff(attempt);
      const requests = left.map((id): WriteRequest => ({ DeleteRequest: { Key: this.#key(id) } }));
      const answer = await this.#client
        .send(new BatchWriteItemCommand({ RequestItems: { [this.#tableName]: requests } }))
        .catch(() => undefined); // the SDK has already tried three times
      if (!answer) return left;
      left = this.#unprocessed(answer);
    }
    return left;
  }

  async scanPage(cursor?: string): Promise<ConnectionPage> {
    // The document client would take ten times the CPU, 0.4 s for 100,000 rows.
    const { Items = [], LastEvaluatedKey } = await this.#client.send(
      new ScanCommand({
        TableName: this.#tableName,
        ConsistentRead: true,
        Limit: PAGE_ROWS,
        ...(cursor !== undefined && { ExclusiveStartKey: this.#key(cursor) }),
      }),
    );
    const now = Date.now();
    return { rows: Items.map((item) => this.#toRow(item, now)), cursor: LastEvaluatedKey?.[this.#keyAttribute]?.S };
  }

  #key(connectionId: string): Record<string, AttributeValue> {
    return { [this.#keyAttribute]: { S: connectionId } };
  }

  #unprocessed({ UnprocessedItems }: BatchWriteItemCommandOutput): string[] {
    const requests = UnprocessedItems?.[this.#tableName] ?? [];
    return requests.flatMap(({ DeleteRequest }) => DeleteRequest?.Key?.[this.#keyAttribute]?.S ?? []);
  }

  /** Rows of other code may have only the key, or times in other formats. */
  #toRow(item: Record<string, AttributeValue>, nowMs: number): ConnectionRow {
    const connectionId = item[this.#keyAttribute]?.S;
    if (connectionId === undefined) {
      throw new Error(`Expected the key ${this.#keyAttribute} of the table ${this.#tableName} to be a string (S)`);
    }
    const { connectedAt, ttl, protocol } = item;
    return normalizeRow(
      { connectionId, connectedAt: connectedAt?.N ?? connectedAt?.S, ttl: ttl?.N, protocol: protocol?.N },
      nowMs,
    );
  }
}

const BASE_MS = 25;
const MAX_MS = 800;

/**
 * Waits before a retry, with full jitter: 0 to 50 ms before the first retry, doubling up to 800 ms.
 * @param attempt Number of the retry, from 1.
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export const backOff = (attempt: number): Promise<void> =>
  setTimeout(Math.random() * Math.min(MAX_MS, BASE_MS * 2 ** attempt));
