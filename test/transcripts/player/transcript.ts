import { readFileSync } from 'node:fs';
import { broadcastFromBackend } from '../../../aws/queue/broadcast-from-backend.ts';
import { expecting, pair, runCommand, UsageError, url } from '../../../packages/command-line/command.ts';
import { readLocalOutputs } from '../../../packages/local/cli/find-local-stack.ts';
import { parseBroadcast, parseTranscript } from './parse-transcript.ts';
import { runTranscript } from './run-transcript.ts';

const readTranscript = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(
      `Cannot read ${file} (${(error as NodeJS.ErrnoException).code}): give the path of a transcript`,
    );
  }
};

const queueUrlAt = async (url: string): Promise<string> => {
  const outputs = await readLocalOutputs(url.replace(/^ws/, 'http'));
  const queueUrl = Object.values(outputs ?? {}).find(({ BroadcastQueueUrl }) => BroadcastQueueUrl)?.BroadcastQueueUrl;
  if (queueUrl !== undefined) return queueUrl;
  throw new Error(`The queue of ${url} is unknown: pass the stack's output BroadcastQueueUrl with --queue-url`);
};

await runCommand(
  {
    usage: 'npm run transcript -- FILE [options]',
    about: `Plays a terminal transcript (test/transcripts/README.md) with real WebSocket clients against a running stack, local or
deployed. Fails at the first difference and shows it.`,
    argument: 'transcript',
    options: {
      url: {
        type: expecting('a URL that starts with ws:// or wss://', (given) =>
          /^wss?:$/.test(URL.parse(given)?.protocol ?? '') ? given : undefined,
        ),
        value: 'URL',
        default: 'ws://127.0.0.1:3001/production',
        help: 'default: ws://127.0.0.1:3001/production, the URL of "npm start"',
      },
      header: {
        type: pair(/^([^:\s]+):\s*(.*)$/, '"NAME: TEXT"'),
        repeated: true,
        value: '"NAME: TEXT"',
        help: 'header of the handshake',
      },
      'queue-url': {
        type: url("a queue's URL"),
        value: 'URL',
        help: `queue for lines such as $ broadcast "text", sent with your AWS credentials. Default: the
queue of the local run at --url`,
      },
    },
  },
  async ({ url, header, queueUrl }, file) => {
    const steps = parseTranscript(readTranscript(file), file);
    if (steps.length === 0) throw new UsageError(`${file}: expected a transcript, got a file without steps.`);
    const difference = await runTranscript({
      steps,
      url,
      headers: Object.fromEntries(header),
      backend: async (command) => broadcastFromBackend(queueUrl ?? (await queueUrlAt(url)), parseBroadcast(command)),
    });
    if (difference) throw new Error(`${file}:${difference.line}: the session differs here\n${difference.description}`);
    console.log(`${file}: all ${steps.length} lines match`);
  },
);
