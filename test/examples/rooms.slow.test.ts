import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import {
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Browser, chromium, type Page } from 'playwright-core';
import { createMovableClock } from '../../packages/local/runtime/clock.ts';
import { findChromium } from '../support/find-chromium.ts';
import { PATIENCE_MS, until } from '../support/until.ts';
import type { Terminal } from '../transcripts/player/open-terminal.ts';
import { type RunningExample, runExamples } from './run-examples.ts';

jest.setTimeout(120_000);

const GONE = 'PJqB0fHsqRcCHlw=';
const CONNECTING = 'QKrC1gItrSdDImx=';
const clock = createMovableClock();
let app: RunningExample;
let dynamodb: DynamoDBClient;
let sqs: SQSClient;
beforeAll(async () => {
  app = (await runExamples(['rooms'], { clock, pages: 'examples/rooms/page' })).get('rooms') as RunningExample;
  dynamodb = new DynamoDBClient(app.run.sdk.dynamodb);
  sqs = new SQSClient(app.run.sdk.sqs);
}, 120_000);
afterAll(async () => {
  await app?.stop();
  dynamodb?.destroy();
  sqs?.destroy();
});

const enter = (user: string): Promise<Terminal> => app.open(`?user=${user}`);
const type = (terminal: Terminal, frame: object) => terminal.type(JSON.stringify(frame));
const next = async (terminal: Terminal) => JSON.parse((await terminal.next(PATIENCE_MS)) ?? '{}');
const ask = async (terminal: Terminal, frame: object) => {
  type(terminal, { ...frame, ackId: 1 });
  return next(terminal);
};
const subscribeTo = (terminal: Terminal, channel: string, more = {}) =>
  ask(terminal, { action: 'subscribe', channel, ...more });

describe('rooms', () => {
  it('shows both members of a room a message as text, and a third the past', async () => {
    const [ann, bob, cat] = [await enter('ann'), await enter('bob'), await enter('cat')];
    for (const terminal of [ann, bob])
      expect(await subscribeTo(terminal, 'room:1')).toMatchObject({ type: 'ack', result: { channel: 'room:1' } });
    type(bob, { action: 'publish', channel: 'room:1', data: { text: 'hi' } });
    for (const terminal of [ann, bob]) expect(await next(terminal)).toEqual({ text: 'hi' });
    type(cat, { action: 'subscribe', channel: 'room:1', last: 10 });
    expect(await next(cat)).toEqual({ text: 'hi' });
    await Promise.all([ann, bob, cat].map((terminal) => terminal.close()));
  });

  it('refuses a user whose name contains banned on every channel, and any client that publishes news', async () => {
    const [eve, ann] = [await enter('banned-eve'), await enter('ann')];
    for (const channel of ['room:1', 'news', 'typing:1'])
      expect(await subscribeTo(eve, channel)).toMatchObject({ code: 'FORBIDDEN', ackId: 1 });
    await subscribeTo(ann, 'news');
    expect(await ask(ann, { action: 'publish', channel: 'news', data: { title: 'x' } })).toMatchObject({
      code: 'FORBIDDEN',
    });
    await Promise.all([eve, ann].map((terminal) => terminal.close()));
  });

  it('passes cdk-nag', async () => {
    const CDK_OUTDIR = mkdtempSync(join(tmpdir(), 'rooms-'));
    await promisify(execFile)(process.execPath, ['examples/rooms/app.ts'], { env: { ...process.env, CDK_OUTDIR } });
    const { pluginReports } = JSON.parse(readFileSync(join(CDK_OUTDIR, 'validation-report.json'), 'utf8'));
    expect(pluginReports.flatMap(({ violations }: { violations: unknown[] }) => violations)).toEqual([]);
  });
});

describe('the page of rooms', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] });
  });
  afterAll(() => browser?.close());

  const visit = async (user: string): Promise<{ page: Page; complaints: string[] }> => {
    const page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(new URL(app.url.replace('ws:', 'http:')).origin);
    await page.getByLabel('Your name').fill(user);
    await page.getByLabel('Room').fill('lounge');
    await page.getByRole('button', { name: 'Join' }).click();
    await page.getByText('Connected', { exact: true }).waitFor();
    return { page, complaints };
  };
  const say = async (page: Page, words: string) => {
    await page.getByLabel('Message', { exact: true }).fill(words);
    await page.getByRole('button', { name: 'Send' }).click();
  };

  it('lets two windows chat and see who is there', async () => {
    const [ann, bob] = [await visit('ann'), await visit('bob')];
    for (const { page } of [ann, bob])
      for (const user of ['ann', 'bob']) await page.locator('#members').getByText(user).waitFor();
    await say(ann.page, 'hello bob');
    for (const { page } of [ann, bob]) await page.locator('#messages').getByText('ann: hello bob').waitFor();
    expect([...ann.complaints, ...bob.complaints]).toEqual([]);
    await bob.page.close();
    await ann.page.close();
  });
});

describe('the statements about channels', () => {
  /**
   * Statements that an API without channels has too, by their place in the policy: `test/end-to-end/grants.slow.test.ts`
   * shows that they are needed. They scan, post and answer; the route of channels deletes the row of a stale caller.
   */
  const OF_EVERY_CHAT = /^Api(FanOutHandlerRole\w+\/[1-5]|DefaultHandlerRole\w+\/[123]|ChannelsHandlerRole\w+\/1)$/;
  const nowSeconds = () => Math.floor(clock.now() / 1_000);
  const channelsTable = () => app.outputs.ChannelsTableName;
  const text = (S: string) => ({ S });
  const number = (value: number) => ({ N: String(value) });
  const put = (TableName: string | undefined, Item: Record<string, object>) =>
    dynamodb.send(new PutItemCommand({ TableName, Item: Item as never }));
  const has = async (pk: string, sk: string): Promise<boolean> => {
    const Key = { pk: text(pk), sk: text(sk) };
    const answer = await dynamodb.send(new GetItemCommand({ TableName: channelsTable(), Key, ConsistentRead: true }));
    return answer.Item !== undefined;
  };
  const isSubscribed = async (channel: string, user: string): Promise<boolean> => {
    const { Count = 0 } = await dynamodb.send(
      new QueryCommand({
        TableName: channelsTable(),
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :user)',
        ExpressionAttributeValues: { ':pk': text(`sub#${channel}`), ':user': text(`${user}#`) },
      }),
    );
    return Count > 0;
  };
  /** A subscription of a connection that is gone without a $disconnect. */
  const leaveBehind = async (channel: string, connectionId: string, connectedAt = nowSeconds() - 3_600) => {
    const times = { connectedAt: number(connectedAt), ttl: number(nowSeconds() + 3_600) };
    const channels = { SS: [channel] };
    await put(app.outputs.ConnectionsTableName, { connectionId: text(connectionId), ...times });
    const limit = number(51);
    const item = { pk: text(`conn#${connectionId}`), sk: text('conn'), user: text('gone'), limit, channels };
    await put(channelsTable(), { ...item, ...times });
    await put(channelsTable(), { pk: text(`sub#${channel}`), sk: text(`gone#${connectionId}`), ...times });
  };
  const enqueue = (QueueUrl: string | undefined, MessageBody: string, MessageGroupId?: string) =>
    sqs.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody,
        ...(MessageGroupId && { MessageGroupId, MessageDeduplicationId: crypto.randomUUID() }),
      }),
    );
  /** Whether a record waits in the broadcast queue for its time. */
  const isDelaying = async (): Promise<boolean> => {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: app.outputs.BroadcastQueueUrl,
        AttributeNames: ['ApproximateNumberOfMessagesDelayed'],
      }),
    );
    return Attributes?.ApproximateNumberOfMessagesDelayed === '1';
  };
  const letterOf = async (part: string): Promise<string | undefined> => {
    const QueueUrl = app.run.ready.queues.find(({ name }) => name.includes(part))?.url;
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10 }));
    return Messages?.[0]?.Body;
  };

  it('are all needed: a session uses each action of each', async () => {
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    await subscribeTo(ann, 'room:2', { last: 10 });
    await subscribeTo(bob, 'room:2');
    await ask(bob, { action: 'sync', channels: [{ channel: 'room:2', after: 1 }] });
    await until(async () => (await ask(ann, { action: 'members', channel: 'room:2' })).result?.members?.length === 2);
    await ask(bob, { action: 'unsubscribe', channel: 'room:2' });
    expect(await isSubscribed('room:2', 'bob')).toBe(false);

    await leaveBehind('room:2', GONE);
    await enqueue(app.outputs.ChannelQueueUrl, '{"v":1,"channel":"room:2","data":{"text":"hi"}}', 'room:2');
    await until(async () => !(await app.rows()).some(({ connectionId }) => connectionId === GONE));
    expect(await isSubscribed('room:2', 'gone')).toBe(true);
    await clock.advance(31_000);
    await until(async () => !(await isSubscribed('room:2', 'gone')));
    await until(async () => !(await has(`conn#${GONE}`, 'conn')));

    await subscribeTo(bob, 'room:3');
    const [id] = (await app.rows()).flatMap(({ connectionId }) => connectionId ?? []);
    await enqueue(app.outputs.BroadcastQueueUrl, JSON.stringify({ v: 2, ended: [id], channel: 'room:9' }));
    await ann.close();
    await until(async () => (await app.rows()).length === 1 && (await isDelaying()));
    await clock.advance(31_000);
    await until(async () => !(await isSubscribed('room:2', 'ann')));

    await subscribeTo(bob, 'typing:1');
    await leaveBehind('typing:1', CONNECTING, nowSeconds());
    await sqs.send(new DeleteQueueCommand({ QueueUrl: app.outputs.BroadcastQueueUrl })); // it takes no segment
    await enqueue(app.outputs.ChannelQueueUrl, '{"v":1,"channel":"typing:1","data":{"user":"bob"}}', 'typing:1');
    expect(JSON.parse((await letterOf('BroadcastsDeadLetter')) ?? '{}')).toMatchObject({ reason: 'refused' });
    await enqueue(app.outputs.ChannelQueueUrl, 'not a record', 'room:1');
    expect(JSON.parse((await letterOf('ChannelsDeadLetter')) ?? '{}')).toMatchObject({ reason: 'unreadable' });
    await bob.close();

    expect(app.run.usage().unused.filter(({ statementId }) => !OF_EVERY_CHAT.test(statementId))).toEqual([]);
  });
});
