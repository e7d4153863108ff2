import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import WebSocket from 'ws';
import { synthesize } from '../../../../packages/local/cli/synthesize.ts';
import { type LocalRun, startLocal } from '../../../../packages/local/run/start-local.ts';
import { createMovableClock } from '../../../../packages/local/runtime/clock.ts';
import { until } from '../../../support/until.ts';

const HOURS = 10;
const MINUTE_MS = 60_000;
const clock = createMovableClock();
let run: LocalRun;
let sqs: SQSClient;
/** How often the function of each route key has answered. */
const answered: Record<string, number> = {};
beforeAll(async () => {
  const outFolder = mkdtempSync(join(tmpdir(), 'ten-hours-'));
  const context = { 'aws:cdk:disable-asset-staging': true };
  run = await startLocal({
    cdkOut: await synthesize({ command: 'node infra/app.ts', outFolder, context }),
    clock,
    log: (event) => {
      if (event.type === 'invocation' && event.routeKey) answered[event.routeKey] = (answered[event.routeKey] ?? 0) + 1;
    },
  });
  sqs = new SQSClient(run.sdk.sqs);
});
afterAll(async () => {
  sqs.destroy();
  await run.stop();
});

const isQueueEmpty = async (): Promise<boolean> => {
  const QueueUrl = run.ready.queues.find(({ name }) => name.includes('BroadcastsQueue'))?.url;
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...names] }));
  return names.every((name) => Attributes?.[name] === '0');
};

/** A client that opens a new connection whenever the gateway closes the one it has. */
const openClient = () => {
  const received: string[] = [];
  const closeCodes: number[] = [];
  let connected = Promise.withResolvers<WebSocket>();
  const open = () => {
    connected = Promise.withResolvers();
    const webSocket = new WebSocket(run.ready.apis[0]?.webSocketUrl as string);
    webSocket.on('open', () => connected.resolve(webSocket));
    webSocket.on('message', (data) => received.push(String(data)));
    webSocket.on('error', () => {}); // the run has ended
    webSocket.on('close', (code) => {
      closeCodes.push(code);
      if (code !== 1000) open();
    });
  };
  open();
  return {
    received,
    closeCodes,
    send: async (message: string) =>
      (await connected.promise).send(JSON.stringify({ action: 'send-message', message })),
    /** Waits for a pong, because a close frame that was sent before it comes first. */
    isOpen: async (): Promise<boolean> => {
      const webSocket = await connected.promise;
      if (webSocket.readyState !== WebSocket.OPEN) return false;
      const listening = new AbortController();
      const seen = (event: string) =>
        once(webSocket, event, listening).then(
          () => event,
          () => 'aborted',
        );
      const answered = Promise.race([seen('pong'), seen('close')]);
      webSocket.ping();
      const event = await answered;
      listening.abort();
      return event === 'pong';
    },
    close: async () => (await connected.promise).close(1000),
  };
};

describe('a ten-hour chat', () => {
  it('runs in seconds: messages arrive, connections end after two hours, rows go', async () => {
    const [alice, bob] = [openClient(), openClient()];
    let said = 0;
    for (let minutes = 0; minutes < HOURS * 60; minutes += 5) {
      await until(async () => run.connections() === 2 && (await alice.isOpen()) && (await bob.isOpen()));
      said += 1;
      await alice.send(`to bob ${said}`);
      await bob.send(`to alice ${said}`);
      const both = [`to alice ${said}`, `to bob ${said}`];
      await until(() => alice.received.at(-1) === both[0] && bob.received.at(-1) === both[1]);
      // Otherwise a function's timeout or a visibility timeout would pass when the clock moves.
      await until(() => answered['send-message'] === 2 * said);
      await until(() => (answered.$disconnect ?? 0) === alice.closeCodes.length + bob.closeCodes.length);
      await until(isQueueEmpty);
      await clock.advance(5 * MINUTE_MS);
    }
    expect([alice.received.length, bob.received.length]).toEqual([said, said]);
    await until(() => alice.closeCodes.length === HOURS / 2);
    expect(alice.closeCodes).toEqual(Array(HOURS / 2).fill(1001));
    await alice.close();
    await bob.close();
    const client = new DynamoDBClient(run.sdk.dynamodb);
    const rows = async () => (await client.send(new ScanCommand({ TableName: run.ready.tables[0] }))).Count;
    await until(async () => (await rows()) === 0);
    client.destroy();
  }, 120_000);
});
