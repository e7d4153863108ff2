import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { toConnectionId, toIndex } from '../connection-ids.ts';
import { answerChannels, countRead } from './channel-table.ts';
import type { Item, StubState } from './stub-state.ts';

/** Rows of about 100 bytes in a page of 1 MB. */
const PAGE_ROWS = 10_000;

type Answer = (request: never, state: StubState) => unknown;

/** Starts the part of DynamoDB and SQS that a fan-out uses. The rows of the tables are created by each scan or query. */
export const serveServices = async (state: StubState): Promise<number> => {
  const server = createServer(async (request, response) => {
    const receivedAt = performance.now();
    const body = JSON.parse(await text(request)) as never;
    const operation = operationOf(request);
    const answer = ANSWERS[operation]?.(body, state) ?? {};
    const send = (): void => {
      if (operation === 'SendMessage') state.counts.queueTook.push(performance.now() - receivedAt);
      response.setHeader('content-type', 'application/x-amz-json-1.0').end(JSON.stringify(answer));
    };
    if (operation === 'SendMessage') setTimeout(send, state.settings.queueMs);
    else send();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
};

/** `Scan` from `DynamoDB_20120810.Scan`. */
const operationOf = ({ headers }: IncomingMessage): string => String(headers['x-amz-target']).split('.')[1] ?? '';

interface Key {
  connectionId: { S: string };
}

interface ScanInput {
  ExclusiveStartKey?: Key;
  Limit?: number;
}

const scan = ({ ExclusiveStartKey, Limit = PAGE_ROWS }: ScanInput, state: StubState): unknown => {
  const { settings, counts, deletedRows } = state;
  const first = ExclusiveStartKey === undefined ? 0 : toIndex(ExclusiveStartKey.connectionId.S) + 1;
  counts.scannedPages += 1;
  if (ExclusiveStartKey === undefined) counts.scans += 1;
  const nowSeconds = Math.floor(Date.now() / 1_000);
  const end = Math.min(settings.connections, first + Math.min(Limit, PAGE_ROWS));
  const Items: Item[] = [];
  for (let index = first; index < end; index += 1) {
    if (deletedRows.has(index)) continue;
    Items.push({
      connectionId: { S: toConnectionId(index) },
      connectedAt: { N: String(nowSeconds - 600) },
      ttl: { N: String(nowSeconds + 6_900) },
    });
  }
  countRead(Items, counts);
  return {
    Count: Items.length,
    ScannedCount: Items.length,
    Items,
    ...(end < settings.connections && { LastEvaluatedKey: { connectionId: { S: toConnectionId(end - 1) } } }),
  };
};

const deleteRow = ({ connectionId }: Key, { counts, deletedRows }: StubState): void => {
  counts.deletedRows += 1;
  deletedRows.add(toIndex(connectionId.S));
};

const ANSWERS: Readonly<Record<string, Answer>> = {
  ...answerChannels,
  Scan: scan,
  DeleteItem: ({ Key }: { Key: Key }, state) => deleteRow(Key, state),
  BatchWriteItem: ({ RequestItems }: { RequestItems: Record<string, { DeleteRequest: { Key: Key } }[]> }, state) => {
    for (const { DeleteRequest } of Object.values(RequestItems).flat()) deleteRow(DeleteRequest.Key, state);
    return { UnprocessedItems: {} };
  },
  SendMessage: ({ MessageBody }: { MessageBody: string }, { counts }) => {
    counts.queued += 1;
    const MD5OfMessageBody = createHash('md5').update(MessageBody).digest('hex');
    return { MessageId: String(counts.queued), MD5OfMessageBody };
  },
};
