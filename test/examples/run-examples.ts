import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { broadcastFromBackend } from '../../aws/queue/broadcast-from-backend.ts';
import type { LocalEvent } from '../../packages/local/model/local-event.ts';
import { startLocal } from '../../packages/local/run/start-local.ts';
import type { StartLocalOptions } from '../../packages/local/run/start-options.ts';
import { PATIENCE_MS } from '../support/until.ts';
import { openTerminal, type Terminal } from '../transcripts/player/open-terminal.ts';
import { parseBroadcast, parseTranscript } from '../transcripts/player/parse-transcript.ts';
import { type Difference, runTranscript } from '../transcripts/player/run-transcript.ts';

export type RunningExample = Awaited<ReturnType<typeof runExample>>;

export interface RunExamplesOptions extends Pick<StartLocalOptions, 'clock' | 'faults' | 'port' | 'pages'> {
  /** The environment of the synthesis. */
  environment?: Readonly<Record<string, string>>;
}

/** Synthesizes the examples as `npm start -- --example NAME` does, and runs all of them. */
export const runExamples = async (
  names: readonly string[],
  { environment = {}, ...options }: RunExamplesOptions = {},
): Promise<ReadonlyMap<string, RunningExample>> => {
  const folder = mkdtempSync(join(tmpdir(), 'examples-'));
  const context = JSON.stringify({ 'aws:cdk:disable-asset-staging': true });
  await promisify(execFile)(process.execPath, ['test/examples/synthesize-examples.mjs', folder, ...names], {
    env: { ...process.env, ...environment, CDK_CONTEXT_JSON: context, CDK_VALIDATION: 'false' },
  });
  const running = names.map(
    async (name) => [name, await runExample({ ...options, cdkOut: join(folder, name) })] as const,
  );
  return new Map(await Promise.all(running));
};

const runExample = async (options: StartLocalOptions) => {
  const events: LocalEvent[] = [];
  const run = await startLocal({ pages: 'packages/local/console', ...options, log: (event) => events.push(event) });
  const dynamodb = new DynamoDBClient(run.sdk.dynamodb);
  const [TableName] = run.ready.tables;
  const url = run.ready.apis[0]?.webSocketUrl ?? '';
  const outputs = Object.values(run.outputs())[0] ?? {};
  const broadcast = (text: string) => broadcastFromBackend(outputs.BroadcastQueueUrl ?? '', text);
  const functionName = (part: string) => run.ready.functions.find((name) => name.includes(part)) as string;
  return {
    run,
    url,
    outputs,
    broadcast,
    events,
    open: (suffix = ''): Promise<Terminal> => openTerminal({ url: `${url}${suffix}`, timeoutMs: PATIENCE_MS }),
    /** Invokes the function whose name contains `part`. */
    invoke: (part: string, event: unknown) => run.invoke(functionName(part), event),
    /** The rows of the table: the text of each attribute by its name. */
    rows: async (): Promise<Record<string, string>[]> => {
      const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName, ConsistentRead: true }));
      return Items.map((item) =>
        Object.fromEntries(Object.entries(item).map(([name, { S, N }]) => [name, S ?? N ?? ''])),
      );
    },
    putRow: async ({ connectedAt, ttl, ...key }: Record<string, string>) => {
      const numbers = { connectedAt: { N: connectedAt ?? '' }, ttl: { N: ttl ?? '' } };
      const keys = Object.fromEntries(Object.entries(key).map(([name, S]) => [name, { S }]));
      await dynamodb.send(new PutItemCommand({ TableName, Item: { ...keys, ...numbers } }));
    },
    /** Plays a transcript of `test/transcripts`. */
    play: (name: string): Promise<Difference | undefined> => {
      const file = `test/transcripts/${name}.txt`;
      return runTranscript({
        steps: parseTranscript(readFileSync(file, 'utf8'), file),
        url,
        timeoutMs: PATIENCE_MS,
        quietMs: 200,
        backend: (command) => broadcast(parseBroadcast(command)),
      });
    },
    stop: async () => {
      await run.stop();
      dynamodb.destroy();
    },
  };
};
