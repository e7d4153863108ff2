import { createRequire } from 'node:module';
import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { DynamoChannelTable } from '../../../../../aws/channels/dynamo-channel-table.ts';
import { SqsChannelQueue } from '../../../../../aws/channels/sqs-channel-queue.ts';
import { DynamoConnectionTable } from '../../../../../aws/connections/dynamo-connection-table.ts';
import { SignedPoster } from '../../../../../aws/posting/signed-poster.ts';
import { SqsBroadcastQueue } from '../../../../../aws/queue/sqs-broadcast-queue.ts';
import { channelRoutes } from '../../../../../middleware/channel-routes.ts';
import type { Usage } from '../../../../../packages/load/plan/channels/channel-costs.ts';
import { defineChannels, rulesOf } from '../../../../../schemas/channels/define-channels.ts';
import { compileValidator } from '../../../../../schemas/validation/compile-validator.ts';
import {
  aConnectEvent,
  aContext,
  aDisconnectEvent,
  aMessageEvent,
  fakeServices,
} from '../../../../../testing/index.ts';
import { createChannelsTable } from '../../../../aws/channels/create-channels-table.ts';
import { createConnectionsTable } from '../../../../aws/connections/create-connections-table.ts';
import { startConnectionsStub } from '../../../../aws/posting/start-connections-stub.ts';
import { startDynalite } from '../../../../aws/start-dynalite.ts';
import { useLocalCredentials } from '../../../../aws/use-local-credentials.ts';
import { aQueueEvent } from '../../../../support/a-queue-event.ts';

const { itemSize }: { itemSize(item: object): number } = createRequire(import.meta.url)('dynalite/db');

const message = compileValidator({});
const channels = defineChannels({
  'room:{room}': { message, history: { seconds: 3_600 }, presence: true, publish: 'subscribers' },
  'passing:{room}': { message, publish: 'subscribers' },
});

const METERED_BYTES = 32 * 1_024;
const QUEUE_CHUNK_BYTES = 64 * 1_024;
const FIFO = 'https://sqs.us-east-1.amazonaws.com/123456789012/channels.fifo';
/** A name as CloudFormation makes it: each entry of a log has it. */
const FIFO_ARN = 'arn:aws:sqs:us-east-1:123456789012:Chat-ChatChannelsQueue5D3A0BB1-Zk1vXb3cQ9aT.fifo';
const STANDARD = 'https://sqs.us-east-1.amazonaws.com/123456789012/broadcasts';

const chunks = (bytes: number, size: number): number => Math.max(1, Math.ceil(bytes / size));

interface QueueMessage {
  body: string;
  group: string;
  /** SQS's number of a message in a FIFO queue. */
  sequenceNumber: string;
}

/** The use of AWS by an operation. The connection minutes are not counted. */
export type Counted = Omit<Usage, 'connectionMinutes'>;

const NOTHING: Counted = {
  writeUnits: 0,
  readUnits: 0,
  fifoRequests: 0,
  queueRequests: 0,
  invocations: 0,
  messages: 0,
};

/**
 * The functions of an application with channels. Their calls go through the SDK's clients to dynalite, which measures
 * capacity, and through the signed poster to a stub of `@connections`. The queues keep their messages here.
 */
export const startCountedStage = async () => {
  const [dynamo, gateway] = await Promise.all([startDynalite(), startConnectionsStub()]);
  useLocalCredentials({ AWS_ENDPOINT_URL_DYNAMODB: dynamo.url });
  Object.assign(process.env, {
    FAN_OUT_CHANNELS: JSON.stringify(rulesOf(channels)),
    FAN_OUT_POSTS_PER_SECOND: '1000000', // no post waits for the pace
    POWERTOOLS_METRICS_DISABLED: 'true',
  });
  // They read their environment at import.
  const { handler: connect } = await import('../../../../../handlers/connect.ts');
  const { handler: disconnect } = await import('../../../../../handlers/disconnect.ts');
  const { handler: fanOut } = await import('../../../../../handlers/fan-out.ts');
  const { handler: channelFanOut } = await import('../../../../../handlers/channel-fan-out.ts');
  let counted: Counted = { ...NOTHING };
  const count = (field: keyof Counted, pieces: number): void => {
    counted[field] += pieces;
  };

  const client = new DynamoDBClient();
  const channelsTable = await createChannelsTable(client);
  const connectionsTable = await createConnectionsTable(client);
  countCapacity(client, count);

  const sent: Record<'fifo' | 'standard', QueueMessage[]> = { fifo: [], standard: [] };
  let sequence = 18_849_496_460_467_696_128n;
  const sqs = new SQSClient();
  sqs.middlewareStack.add(
    () => async (args) => {
      const { QueueUrl, MessageBody: body, MessageGroupId: group = '' } = args.input as Record<string, string>;
      if (body === undefined) throw new Error('Only SendMessage is counted');
      const isFifo = QueueUrl === FIFO;
      count(isFifo ? 'fifoRequests' : 'queueRequests', chunks(Buffer.byteLength(body), QUEUE_CHUNK_BYTES));
      sent[isFifo ? 'fifo' : 'standard'].push({ body, group, sequenceNumber: String(++sequence) });
      return { output: { $metadata: {} }, response: {} };
    },
    { step: 'initialize', priority: 'high' },
  );

  const services = {
    ...fakeServices(),
    connections: new DynamoConnectionTable({ tableName: connectionsTable, client }),
    channels: new DynamoChannelTable({ tableName: channelsTable, client }),
    queue: new SqsBroadcastQueue({ queueUrl: STANDARD, client: sqs }),
    channelQueue: new SqsChannelQueue({ queueUrl: FIFO, client: sqs }),
    poster: new SignedPoster({ endpoint: gateway.url }),
  };
  const context = () => aContext({ services: services as never });
  const routes = channelRoutes(channels);
  const invoke = async (run: () => Promise<unknown>): Promise<void> => {
    count('invocations', 1);
    const before = gateway.requests.length;
    const answer = JSON.stringify(await run());
    if (/"statusCode":[^2]|itemIdentifier/.test(answer)) throw new Error(`A function failed: ${answer}`);
    for (const { body } of gateway.requests.slice(before))
      count('messages', chunks(Buffer.byteLength(body), METERED_BYTES));
  };

  /** Invokes a fan-out function as Lambda does, which receives and deletes the batch: two requests. */
  const deliver = async (queue: 'fifo' | 'standard', batch: readonly QueueMessage[]): Promise<void> => {
    const bytes = batch.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0);
    count(queue === 'fifo' ? 'fifoRequests' : 'queueRequests', chunks(bytes, QUEUE_CHUNK_BYTES) + 1);
    const event: SQSEvent = aQueueEvent(...batch.map(({ body }) => body));
    for (const [index, record] of event.Records.entries()) {
      const { group, sequenceNumber } = batch[index] as QueueMessage;
      record.messageId = `m${sequenceNumber || ++sequence}`;
      if (queue === 'standard') continue;
      record.eventSourceARN = FIFO_ARN;
      Object.assign(record.attributes, { MessageGroupId: group, SequenceNumber: sequenceNumber });
    }
    await invoke(() => (queue === 'fifo' ? channelFanOut : fanOut)(event, context()));
  };

  return {
    services,
    /** Has every post to a client. */
    gateway,
    /** Messages that were not delivered yet. */
    sent,
    /** The bytes of each item with a partition key. */
    itemBytes: async (pk: string): Promise<number[]> => {
      const { Items = [] } = await new DynamoDBClient().send(
        new QueryCommand({
          TableName: channelsTable,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': { S: pk } },
        }),
      );
      return Items.map((item) => itemSize(item));
    },
    connect: (connectionId: string, user: string): Promise<void> =>
      invoke(() => {
        const headers = { 'Sec-WebSocket-Protocol': 'fanout.v1' };
        const event = aConnectEvent({ connectionId, headers, connectedAt: Date.now(), authorizer: { sub: user } });
        return connect(event, context());
      }),
    disconnect: (connectionId: string): Promise<void> =>
      invoke(() => disconnect(aDisconnectEvent({ connectionId }), context())),
    send: (connectionId: string, frame: { action: string } & Record<string, unknown>): Promise<void> => {
      const event = aMessageEvent({ connectionId, routeKey: frame.action, body: { ...frame, ackId: 1 } });
      count('messages', chunks(Buffer.byteLength(event.body ?? ''), METERED_BYTES));
      return invoke(() => routes(event, context()));
    },
    /** Delivers every message of a queue, in batches of this many. */
    drain: async (queue: 'fifo' | 'standard', batchSize = 1): Promise<void> => {
      while (sent[queue].length > 0) await deliver(queue, sent[queue].splice(0, batchSize));
    },
    /** Returns what was used since the last call. */
    take: (): Counted => {
      const taken = counted;
      counted = { ...NOTHING };
      return taken;
    },
    stop: async (): Promise<void> => {
      client.destroy();
      await Promise.all([dynamo.stop(), gateway.stop()]);
    },
  };
};

export type CountedStage = Awaited<ReturnType<typeof startCountedStage>>;

/**
 * Counts the capacity that dynalite measures. It follows the rules of DynamoDB but for two: DynamoDB charges a unit for
 * a query that finds nothing, and for a write that its condition refuses.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
const countCapacity = (client: DynamoDBClient, count: (field: keyof Counted, pieces: number) => void): void => {
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const field = /^(Get|Query|Scan)/.test(commandName) ? 'readUnits' : 'writeUnits';
        const input = { ...args.input, ReturnConsumedCapacity: 'TOTAL' } as typeof args.input;
        try {
          const result = await next({ ...args, input });
          const { ConsumedCapacity } = result.output as { ConsumedCapacity?: unknown };
          const units = [ConsumedCapacity].flat() as { CapacityUnits?: number }[];
          for (const { CapacityUnits } of units) {
            if (CapacityUnits === undefined) throw new Error(`dynalite did not measure ${commandName}`);
            count(field, Math.max(1, CapacityUnits));
          }
          return result;
        } catch (error) {
          if ((error as Error).name === 'ConditionalCheckFailedException') count(field, 1);
          throw error;
        }
      },
    { step: 'initialize' },
  );
};
