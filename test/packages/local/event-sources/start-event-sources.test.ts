import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ReceiveMessageCommand, SendMessageBatchCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type EventSources, startEventSources } from '../../../../packages/local/event-sources/start-event-sources.ts';
import { type Functions, startFunctions } from '../../../../packages/local/functions/start-functions.ts';
import type { Authority, EventSource, LambdaFunction } from '../../../../packages/local/model/application.ts';
import type { FunctionLogEvent } from '../../../../packages/local/model/local-event.ts';
import { createMovableClock } from '../../../../packages/local/runtime/clock.ts';
import { until } from '../../../support/until.ts';
import { queueArn, STARTING_MS, startEnginesForTest, type TestEngines } from '../engines/start-engines-for-test.ts';
import { aFunction } from '../functions/a-function.ts';

const clock = createMovableClock();
let engines: TestEngines;
let running: { functions: Functions; sources: EventSources } | undefined;
/** The queues of the running test. */
let jobs = '';
let dead = '';
let tests = 0;
beforeAll(async () => {
  engines = await startEnginesForTest({ clock });
}, STARTING_MS);
beforeEach(async () => {
  tests += 1;
  jobs = `jobs-${tests}`;
  dead = `dead-${tests}`;
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: queueArn(dead), maxReceiveCount: 2 });
  await engines.deploy(undefined, [
    { name: jobs, attributes: { RedrivePolicy, VisibilityTimeout: '60' } },
    { name: dead, attributes: {} },
  ]);
});
afterEach(async () => {
  await running?.sources.stop();
  await running?.functions.stop();
  running = undefined;
});
afterAll(() => engines.stop());

const allowAll: Authority = { decide: () => ({ allowed: true }) };
/** Prints the body of each record, then runs `code`. */
const handlerOf = (code: string) =>
  `export const handler = async (event) => { for (const record of event.Records) console.log(record.body); ${code} };`;

const start = (
  code: string,
  source: Partial<EventSource> = {},
  { authority = allowAll, ...definition }: Partial<LambdaFunction> & { authority?: Authority } = {},
) => {
  const events: FunctionLogEvent[] = [];
  const lines: string[] = [];
  const consumer = aFunction({ code, ...definition });
  const functions = startFunctions({
    functions: [consumer],
    keyring: engines.keyring,
    environment: { AWS_ENDPOINT_URL_SQS: engines.engines.sqsUrl, QUEUE_URL: engines.url(jobs) },
    clock,
    log: (event) => events.push(event),
  });
  const sources = startEventSources({
    eventSources: [
      {
        ...{ logicalId: 'Mapping', queueArn: queueArn(jobs), functionName: 'echo', batchSize: 10 },
        ...{ batchingWindowSeconds: 0, reportBatchItemFailures: true, enabled: true, ...source },
      },
    ],
    functions: () => [consumer],
    invoker: functions,
    queues: engines.engines.queues,
    authority,
    log: (line) => lines.push(line),
  });
  running = { functions, sources };
  return {
    lines,
    printed: () => events.flatMap((event) => (event.type === 'log' ? [event.line] : [])),
    invocations: () => events.filter(({ type }) => type === 'invocation').length,
  };
};
const send = (...bodies: string[]) =>
  engines.sqs().send(
    new SendMessageBatchCommand({
      QueueUrl: engines.url(jobs),
      Entries: bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody })),
    }),
  );
/** Answers the calls when this many wait. */
const startMeeting = async (size: number) => {
  const waiting: ServerResponse[] = [];
  const server = createServer((_, response) => {
    waiting.push(response);
    if (waiting.length === size) for (const each of waiting.splice(0)) each.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
const depthOf = async (name: string) => (await engines.engines.queueDepths()).find((depth) => depth.name === name);
const isEmpty = async (name: string) => {
  const depth = await depthOf(name);
  return depth?.visible === 0 && depth.inFlight === 0;
};

describe('an event source', () => {
  it('invokes the function with records that have every field of Lambda, then deletes them', async () => {
    const { printed } = start('export const handler = async (event) => console.log(JSON.stringify(event));');
    await engines.sqs().send(
      new SendMessageCommand({
        QueueUrl: engines.url(jobs),
        MessageBody: 'hello',
        MessageAttributes: {
          text: { DataType: 'String', StringValue: 'x' },
          bytes: { DataType: 'Binary', BinaryValue: Buffer.from('y') },
        },
      }),
    );
    await until(() => printed().length > 0);
    expect(JSON.parse(printed()[0] as string)).toEqual({
      Records: [
        {
          messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          receiptHandle: expect.any(String),
          body: 'hello',
          attributes: {
            ApproximateReceiveCount: '1',
            SentTimestamp: expect.stringMatching(/^\d{13}$/),
            SenderId: '123456789012',
            ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
          },
          messageAttributes: {
            text: { stringValue: 'x', stringListValues: [], binaryListValues: [], dataType: 'String' },
            bytes: { binaryValue: 'eQ==', stringListValues: [], binaryListValues: [], dataType: 'Binary' },
          },
          md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
          md5OfBody: '5d41402abc4b2a76b9719d911017c592',
          eventSource: 'aws:sqs',
          eventSourceARN: queueArn(jobs),
          awsRegion: 'eu-central-1',
        },
      ],
    });
    await until(() => isEmpty(jobs));
  });

  it('delivers only failed messages again, after the visibility timeout, then moves them to the dead-letter queue', async () => {
    const code = handlerOf(
      `return { batchItemFailures: event.Records.filter(({ body }) => body === 'bad').map(({ messageId }) => ({ itemIdentifier: messageId })) };`,
    );
    const { printed, invocations, lines } = start(code);
    await send('good', 'bad');
    await until(async () => invocations() === 1 && (await depthOf(jobs))?.inFlight === 1);
    expect(printed()).toEqual(['good', 'bad']);
    expect(lines).toEqual([
      `echo failed 1 of 2 messages of ${jobs}: the queue delivers them again or moves them to its dead-letter queue`,
    ]);
    await clock.advance(61_000);
    await until(() => invocations() === 2);
    expect(printed()).toEqual(['good', 'bad', 'bad']);
    await clock.advance(61_000);
    await until(async () => (await depthOf(dead))?.visible === 1);
    const { Messages } = await engines.sqs().send(new ReceiveMessageCommand({ QueueUrl: engines.url(dead) }));
    expect(Messages).toMatchObject([{ Body: 'bad' }]);
    expect(invocations()).toBe(2);
  });

  it('runs all batches, and at the same time no more than its maximum concurrency', async () => {
    const meeting = await startMeeting(2);
    const code = handlerOf(
      `await fetch('${meeting.url}'); console.log("after " + process.env.AWS_LAMBDA_LOG_STREAM_NAME);`,
    );
    await send('1', '2', '3', '4', '5', '6');
    const { printed } = start(code, { batchSize: 1, maximumConcurrency: 2 });
    await until(() => isEmpty(jobs));
    meeting.stop();
    const instances = new Set(printed().filter((line) => line.startsWith('after')));
    expect(printed()).toHaveLength(12);
    expect(instances.size).toBe(2);
  });

  it('gathers a batch in its window until it is full', async () => {
    await send('1');
    const { printed, invocations } = start(handlerOf(''), { batchingWindowSeconds: 20, batchSize: 3 });
    await until(async () => (await depthOf(jobs))?.inFlight === 1);
    await send('2');
    await until(async () => (await depthOf(jobs))?.inFlight === 2);
    await send('3');
    await until(() => isEmpty(jobs));
    expect(printed()).toEqual(['1', '2', '3']);
    expect(invocations()).toBe(1);
  });

  it('runs an incomplete batch when its window ends', async () => {
    await send('1', '2', '3', '4');
    const { printed } = start('export const handler = async (event) => console.log(event.Records.length);', {
      batchingWindowSeconds: 0.3,
      batchSize: 3,
    });
    await until(() => isEmpty(jobs));
    // Each batch runs in an instance of its own, and the second instance may be loaded first.
    expect(printed().sort()).toEqual(['1', '3']);
  });

  it('does not poll if the role is not allowed to, and logs one line', () => {
    const refusing: Authority = {
      decide: (_caller, action) =>
        action === 'sqs:DeleteMessage' ? { allowed: false, message: `no ${action}` } : { allowed: true },
    };
    const { lines } = start(handlerOf(''), {}, { authority: refusing });
    expect(lines).toEqual([
      `Mapping does not poll ${queueArn(jobs)}: the role of echo is not allowed to. no sqs:DeleteMessage`,
    ]);
  });

  it('receives no message after it is stopped', async () => {
    const { printed } = start(handlerOf(''));
    await send('before');
    await until(() => printed().length === 1);
    await running?.sources.stop();
    await send('after');
    const { Messages } = await engines.sqs().send(new ReceiveMessageCommand({ QueueUrl: engines.url(jobs) }));
    expect(Messages).toMatchObject([{ Body: 'after' }]);
    expect(printed()).toEqual(['before']);
  });

  it.each([
    ['stops a function that feeds its own queue after 16 rounds', 'Terminate', 16],
    ['does not stop it if the function allows the loop', 'Allow', 20],
  ] as const)('%s', async (_, recursiveLoop, rounds) => {
    const { printed, lines } = start(
      `import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'; const sqs = new SQSClient({});
       export const handler = async (event) => { console.log('round'); for (const { body } of event.Records) if (Number(body) > 1)
         await sqs.send(new SendMessageCommand({ QueueUrl: process.env.QUEUE_URL, MessageBody: String(Number(body) - 1) })); };`,
      {},
      { recursiveLoop },
    );
    await send('20');
    await until(async () => (await isEmpty(jobs)) && printed().length >= rounds);
    expect(printed()).toHaveLength(rounds);
    expect((await depthOf(dead))?.visible).toBe(recursiveLoop === 'Allow' ? 0 : 1);
    expect(lines).toEqual(
      recursiveLoop === 'Allow'
        ? []
        : [expect.stringMatching(/^echo was stopped in a recursive loop through .* sent to the dead-letter queue/)],
    );
  });
});

describe('an event source of a FIFO queue', () => {
  beforeEach(async () => {
    [jobs, dead] = [`${jobs}.fifo`, `${dead}.fifo`];
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: queueArn(dead), maxReceiveCount: 2 });
    await engines.deploy(undefined, [
      { name: jobs, attributes: { FifoQueue: 'true', RedrivePolicy, VisibilityTimeout: '60' } },
      { name: dead, attributes: { FifoQueue: 'true' } },
    ]);
  });
  let meeting: Awaited<ReturnType<typeof startMeeting>> | undefined;
  afterEach(() => meeting?.stop());
  /** The first letter of a body is its group. */
  const sendInGroups = async (...bodies: string[]) => {
    for (const MessageBody of bodies) {
      const MessageGroupId = MessageBody.charAt(0);
      const message = { MessageBody, MessageGroupId, MessageDeduplicationId: MessageBody.slice(0, 9) };
      await engines.sqs().send(new SendMessageCommand({ QueueUrl: engines.url(jobs), ...message }));
    }
  };

  it('passes records with the fields that a FIFO queue adds', async () => {
    const { printed } = start('export const handler = async (event) => console.log(JSON.stringify(event));');
    await sendInGroups('a1');
    await until(() => printed().length > 0);
    expect(JSON.parse(printed()[0] as string).Records[0]).toMatchObject({
      eventSourceARN: queueArn(jobs),
      attributes: {
        ApproximateReceiveCount: '1',
        MessageGroupId: 'a',
        MessageDeduplicationId: 'a1',
        SequenceNumber: expect.stringMatching(/^\d{20}$/),
      },
    });
  });

  it('runs groups at the same time, and each group in order, one batch after the other', async () => {
    meeting = await startMeeting(2);
    const code = `export const handler = async ({ Records: [{ body }] }) => {
      console.log('begin ' + body); await fetch('${meeting.url}'); console.log('end ' + body); };`;
    await sendInGroups('a1', 'a2', 'a3', 'b1', 'b2', 'b3');
    const { printed } = start(code, { batchSize: 1 });
    await until(() => isEmpty(jobs));
    const ofGroup = (group: string) => printed().filter((line) => line.includes(` ${group}`));
    for (const group of ['a', 'b']) {
      const expected = [1, 2, 3].flatMap((at) => [`begin ${group}${at}`, `end ${group}${at}`]);
      expect(ofGroup(group)).toEqual(expected);
    }
  });

  it('delivers messages that were not deleted again in order, before later ones', async () => {
    const code = handlerOf(
      `const at = event.Records.findIndex(({ body }) => body === 'a2');
       return { batchItemFailures: at < 0 ? [] : event.Records.slice(at).map(({ messageId }) => ({ itemIdentifier: messageId })) };`,
    );
    await sendInGroups('a1', 'a2', 'a3');
    const { printed, invocations } = start(code);
    await until(async () => invocations() === 1 && (await depthOf(jobs))?.inFlight === 2);
    await sendInGroups('a4');
    await clock.advance(61_000);
    await until(() => invocations() === 2);
    await clock.advance(61_000);
    await until(async () => (await depthOf(dead))?.visible === 2 && (await isEmpty(jobs)));
    expect(printed()).toEqual(['a1', 'a2', 'a3', 'a2', 'a3', 'a4', 'a4']);
    const { Messages } = await engines
      .sqs()
      .send(new ReceiveMessageCommand({ QueueUrl: engines.url(dead), MaxNumberOfMessages: 10 }));
    expect(Messages?.map(({ Body }) => Body)).toEqual(['a2', 'a3']);
  });

  it('leaves messages that do not fit into an event in the queue, uncounted, until the batch before them has ended', async () => {
    meeting = await startMeeting(2);
    const code = `export const handler = async ({ Records }) => {
      const all = Records.map(({ body, attributes }) => body.slice(0, 2) + ' x' + attributes.ApproximateReceiveCount).join();
      console.log('begin ' + all); if (Records.length > 1 || Records[0].body === 'b') await fetch('${meeting.url}'); console.log('end'); };`;
    await sendInGroups(...Array.from({ length: 9 }, (_, at) => `a${at}`.padEnd(750_000, '.')));
    const { printed } = start(code);
    await until(() => printed().length > 0);
    await sendInGroups('b'); // meets the first batch, which ends it
    await until(() => isEmpty(jobs));
    const begun = printed().filter((line) => line.startsWith('begin'));
    expect(begun).toEqual([
      `begin ${[0, 1, 2, 3, 4, 5, 6, 7].map((at) => `a${at} x1`).join()}`,
      'begin b x1',
      'begin a8 x1',
    ]);
  });
});
