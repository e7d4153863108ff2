import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { broadcastFromBackend } from '../../../aws/queue/broadcast-from-backend.ts';
import { endWithSentence } from '../../../packages/local/cli/end-with-sentence.ts';
import { readLocalOutputs } from '../../../packages/local/cli/find-local-stack.ts';
import { UsageError } from '../../../packages/local/cli/usage-error.ts';
import { parseBroadcast, parseTranscript } from './parse-transcript.ts';
import { runTranscript } from './run-transcript.ts';

const HELP = `npm run transcript -- FILE [--url ws://127.0.0.1:3001/production]

Plays a terminal transcript (test/transcripts/README.md) with real WebSocket clients against a running stack, here or
deployed, and shows where what happens departs from it. Exit code 1 where it does.

  --url URL             default: ws://127.0.0.1:3001/production, where "npm start" listens
  --header "NAME: TEXT" header of the handshake; may be repeated
  --queue-url URL       where a line such as $ broadcast "text" sends it, with your AWS credentials. Default: the
                        queue of the local run at --url
  --help`;

const header = (given: string): [string, string] => {
  const [, name, value] = /^([^:\s]+):\s*(.*)$/.exec(given) ?? [];
  if (name !== undefined && value !== undefined) return [name, value];
  throw new UsageError(`--header is "${given}": give "NAME: TEXT"`);
};

const readTranscript = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}): give a transcript's path`);
  }
};

const queueUrlAt = async (url: string): Promise<string> => {
  const outputs = await readLocalOutputs(url.replace(/^ws/, 'http'));
  const queueUrl = Object.values(outputs ?? {}).find(({ BroadcastQueueUrl }) => BroadcastQueueUrl)?.BroadcastQueueUrl;
  if (queueUrl !== undefined) return queueUrl;
  throw new Error(`No queue is known for ${url}: give --queue-url, the output BroadcastQueueUrl of its stack`);
};

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      url: { type: 'string', default: 'ws://127.0.0.1:3001/production' },
      'queue-url': { type: 'string' },
      header: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return console.log(HELP);
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw new UsageError('Give one transcript: npm run transcript -- FILE');
  const steps = parseTranscript(readTranscript(file), file);
  const departure = await runTranscript({
    steps,
    url: values.url,
    headers: Object.fromEntries(values.header.map(header)),
    backend: async (command) =>
      broadcastFromBackend(values['queue-url'] ?? (await queueUrlAt(values.url)), parseBroadcast(command)),
  });
  if (departure) throw new Error(`${file}:${departure.line}: this is not what happened\n${departure.description}`);
  console.log(`${file}: as written, ${steps.length} lines`);
};

await main().catch(endWithSentence);
