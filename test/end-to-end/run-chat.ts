import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DeleteTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import {
  GetQueueAttributesCommand,
  type QueueAttributeName,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { synthesize } from '../../packages/local/cli/synthesize.ts';
import type { LocalEvent } from '../../packages/local/model/local-event.ts';
import { startLocal } from '../../packages/local/run/start-local.ts';
import type { StartLocalOptions } from '../../packages/local/run/start-options.ts';
import { PATIENCE_MS } from '../support/until.ts';
import { openTerminal, type Terminal } from '../transcripts/player/open-terminal.ts';

/** Synthesizes the chat as `npm start` does, into a new folder. */
export const synthesizeChat = (): Promise<string> =>
  synthesize({
    command: 'node infra/app.ts',
    outFolder: mkdtempSync(join(tmpdir(), 'chat-')),
    context: { 'aws:cdk:disable-asset-staging': true },
  });

export type RunningChat = Awaited<ReturnType<typeof runChat>>;

/** Runs the chat. Tests talk to it and read its table and queues through the result. */
export const runChat = async (options: StartLocalOptions) => {
  const events: LocalEvent[] = [];
  const run = await startLocal({ log: (event) => events.push(event), ...options });
  const dynamodb = new DynamoDBClient(run.sdk.dynamodb);
  const sqs = new SQSClient(run.sdk.sqs);
  const [TableName] = run.ready.tables;
  const queueUrl = (part: string) => run.ready.queues.find(({ name }) => name.includes(part))?.url;
  const [api] = run.ready.apis;
  const url = api?.webSocketUrl ?? '';
  const terminals: Terminal[] = [];
  return {
    run,
    url,
    events,
    sqs,
    queues: { broadcasts: queueUrl('BroadcastsQueue'), deadLetters: queueUrl('DeadLetter') },
    open: async (): Promise<Terminal> => {
      const terminal = await openTerminal({ url, timeoutMs: PATIENCE_MS });
      terminals.push(terminal);
      return terminal;
    },
    /** The function whose name contains `part`. */
    functionName: (part: string): string => run.ready.functions.find((name) => name.includes(part)) as string,
    logLines: (): string[] => events.flatMap((event) => (event.type === 'log' ? [event.line] : [])),
    row: async (connectionId: string) => {
      const Key = { connectionId: { S: connectionId } };
      return (await dynamodb.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))).Item;
    },
    connectionIds: async (): Promise<string[]> => {
      const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName, ConsistentRead: true }));
      return Items.map(({ connectionId }) => connectionId?.S as string);
    },
    putRow: async (connectionId: string, connectedAt: number) => {
      const numbers = { connectedAt: { N: String(connectedAt) }, ttl: { N: String(connectedAt + 7_500) } };
      await dynamodb.send(new PutItemCommand({ TableName, Item: { connectionId: { S: connectionId }, ...numbers } }));
    },
    dropTable: () => dynamodb.send(new DeleteTableCommand({ TableName })),
    enqueue: (MessageBody: string) =>
      sqs.send(new SendMessageCommand({ QueueUrl: queueUrl('BroadcastsQueue'), MessageBody })),
    /** Whether a broadcast is delayed in the queue. */
    isDelaying: async (): Promise<boolean> => {
      const AttributeNames: QueueAttributeName[] = ['ApproximateNumberOfMessagesDelayed'];
      const request = { QueueUrl: queueUrl('BroadcastsQueue'), AttributeNames };
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand(request));
      return Attributes?.ApproximateNumberOfMessagesDelayed === '1';
    },
    /** Waits for a dead letter, for at most ten seconds. */
    deadLetter: async () => {
      const request = { QueueUrl: queueUrl('DeadLetter'), WaitTimeSeconds: 10 };
      return (await sqs.send(new ReceiveMessageCommand(request))).Messages ?? [];
    },
    stop: async () => {
      await Promise.all(terminals.map((terminal) => terminal.close()));
      await run.stop();
      dynamodb.destroy();
      sqs.destroy();
    },
  };
};
