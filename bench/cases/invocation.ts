import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type Engines, startEngines } from '../../packages/local/engines/start-engines.ts';
import { startEventSources } from '../../packages/local/event-sources/start-event-sources.ts';
import { DEVELOPER_CREDENTIALS, FunctionKeyring } from '../../packages/local/functions/function-keyring.ts';
import { type Functions, startFunctions } from '../../packages/local/functions/start-functions.ts';
import type { LambdaFunction, Queue } from '../../packages/local/model/application.ts';
import type { CaseReport } from '../report.ts';
import type { BenchOptions } from '../run-bench.ts';
import { median, timed } from '../timing.ts';

const ROUNDS = 1_000;
const MESSAGES = 100;
const COLD_STARTS = 10;
const COLD_NAMES = Array.from({ length: COLD_STARTS }, (_, index) => `cold-${index}`);
const ACCOUNT = { region: 'us-east-1', accountId: '123456789012' };
const AUTHORITY = { decide: () => ({ allowed: true as const }) };
const HANDLER = 'export const handler = async (event) => event.Records?.length ?? null;';

/**
 * Measures what the local run adds to an invocation, and how long a message waits in a queue. It needs no stack, only
 * empty functions, a queue and an event source. It takes seconds, so it ignores `quick`.
 */
export const invocation = async ({ onProgress }: Pick<BenchOptions, 'onProgress'>): Promise<CaseReport[]> => {
  const codePath = await mkdtemp(join(tmpdir(), 'invocation-bench-'));
  await writeFile(join(codePath, 'index.mjs'), HANDLER);
  const before = megabytes();
  const startedAt = performance.now();
  const engines = await startEngines();
  const queue = aQueue(engines);
  const keyring = new FunctionKeyring();
  await engines.deploy({ ...ACCOUNT, tables: [], queues: [queue], keyring, authority: AUTHORITY });
  const startedMs = (performance.now() - startedAt).toFixed(0);
  const started = megabytes();

  const handled = new EventEmitter();
  const definitions = ['warm', 'consumer', ...COLD_NAMES].map((name) => aFunction(name, codePath));
  const functions = startFunctions({
    functions: definitions,
    keyring,
    log: (event) => void (event.type === 'invocation' && handled.emit(event.functionName)),
  });
  try {
    onProgress('cold starts');
    const cold = await coldStarts(functions);
    onProgress('warm invocations');
    const warm = await warmOverheads(functions);
    onProgress('messages in a queue');
    const waits = await queueWaits(engines, queue, functions, definitions, handled);
    return [
      {
        title: 'A local invocation',
        columns: ['', 'median ms', 'p99 ms', 'least ms'],
        rows: [
          toRow('cold start of an empty function, until it answered', cold),
          toRow('overhead of a warm invocation (around the handler)', warm),
          toRow('from sending a message (SDK) to the end of its function', waits),
        ],
        figures: [],
      },
      {
        title: 'The local engines',
        columns: ['', 'measured'],
        rows: [
          ['start', `${startedMs} ms`],
          ['memory of the process', `${before} MB before their start, ${started} MB after`],
          [`memory with ${definitions.length} warm empty functions`, `${megabytes()} MB`],
        ],
        figures: [],
      },
    ];
  } finally {
    await functions.stop();
    await engines.stop();
    await rm(codePath, { recursive: true });
  }
};

const coldStarts = async (functions: Functions): Promise<number[]> => {
  const took: number[] = [];
  for (const name of COLD_NAMES) took.push(await timed(() => functions.invoke(name, {})));
  return took;
};

const warmOverheads = async (functions: Functions): Promise<number[]> => {
  await functions.invoke('warm', {});
  const overheads: number[] = [];
  for (let round = 1; round < ROUNDS; round += 1) {
    let insideMs = 0;
    const outsideMs = await timed(async () => {
      insideMs = (await functions.invoke('warm', { round })).durationMs;
    });
    overheads.push(outsideMs - insideMs);
  }
  return overheads;
};

/** Does not count the first message, because its function starts cold. */
const queueWaits = async (
  engines: Engines,
  queue: Queue,
  invoker: Functions,
  definitions: readonly LambdaFunction[],
  handled: EventEmitter,
): Promise<number[]> => {
  const mapping = { logicalId: 'Mapping', queueArn: queue.arn, functionName: 'consumer', batchSize: 10 };
  const sources = startEventSources({
    eventSources: [{ ...mapping, batchingWindowSeconds: 0, reportBatchItemFailures: true, enabled: true }],
    functions: () => definitions,
    ...{ invoker, queues: engines.queues, authority: AUTHORITY },
  });
  const client = new SQSClient({
    region: ACCOUNT.region,
    endpoint: engines.sqsUrl,
    credentials: DEVELOPER_CREDENTIALS,
  });
  const waits: number[] = [];
  for (let message = 0; message <= MESSAGES; message += 1) {
    const waitMs = await timed(async () => {
      const end = once(handled, 'consumer');
      await client.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: String(message) }));
      await end;
    });
    if (message > 0) waits.push(waitMs);
  }
  client.destroy();
  await sources.stop();
  return waits;
};

const aFunction = (functionName: string, codePath: string): LambdaFunction => ({
  ...{ logicalId: functionName, functionName, codePath, handler: 'index.handler', runtime: 'nodejs24.x' },
  arn: `arn:aws:lambda:${ACCOUNT.region}:${ACCOUNT.accountId}:function:${functionName}`,
  ...{ environment: {}, timeoutMs: 3_000, memoryMb: 128, recursiveLoop: 'Terminate' },
  roleArn: `arn:aws:iam::${ACCOUNT.accountId}:role/r`,
});

const aQueue = ({ sqsUrl }: Engines): Queue => ({
  ...{ logicalId: 'Jobs', queueName: 'jobs', attributes: {} },
  arn: `arn:aws:sqs:${ACCOUNT.region}:${ACCOUNT.accountId}:jobs`,
  url: `${sqsUrl}/${ACCOUNT.accountId}/jobs`,
});

const toRow = (name: string, took: readonly number[]): string[] => {
  const p99 = took.toSorted((a, b) => a - b)[Math.floor(0.99 * (took.length - 1))] ?? Number.NaN;
  return [name, ...[median(took), p99, Math.min(...took)].map((ms) => ms.toFixed(2))];
};

const megabytes = (): string => (process.memoryUsage.rss() / 1_000_000).toFixed(0);
