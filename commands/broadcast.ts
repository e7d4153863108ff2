// `npm run broadcast`: a message from the backend to every connection.
import { parseArgs } from 'node:util';
import { broadcastFromBackend } from '../aws/broadcast-from-backend.ts';
import type { StackOutputs } from '../local/application.ts';
import { endWithSentence } from '../local/cli/end-with-sentence.ts';
import { UsageError } from '../local/cli/usage-error.ts';
import { readLocalOutputs } from '../local/read-local-outputs.ts';

const HELP = `npm run broadcast -- [options] "Hello from server"

Sends a text to every connection of a stack: the one that runs on this machine, or the one whose queue is given.

  --example NAME        the example that runs here, to be sure that it is this one
  --port 3001           where "npm start" listens
  --queue-url URL       output BroadcastQueueUrl of a deployed stack; with your AWS credentials
  --help`;

const readArguments = () => {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        example: { type: 'string' },
        port: { type: 'string', default: '3001' },
        'queue-url': { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('. ')[0]}. --help lists the options`);
  }
};

/** `ChatRoom` is the stack of `chat-room`. */
const exampleOf = (stackName: string): string => stackName.replace(/\B[A-Z]/g, '-$&').toLowerCase();

const localQueueUrl = async (port: string, example: string | undefined): Promise<string> => {
  if (!/^\d{1,5}$/.test(port)) throw new UsageError(`--port is "${port}": give a whole number from 1 to 65535`);
  const start = ['npm start --', ...(example === undefined ? [] : ['--example', example]), '--port', port].join(' ');
  const outputs = await readLocalOutputs(`http://127.0.0.1:${port}`);
  if (!outputs) throw new Error(`No stack runs on port ${port}: start one with ${start}`);
  const queueUrl = queueUrlOf(outputs, example);
  if (queueUrl !== undefined) return queueUrl;
  const running = Object.keys(outputs).join(', ');
  throw new Error(`What runs on port ${port} is ${running}: end it, and start what you mean with ${start}`);
};

const queueUrlOf = (outputs: StackOutputs, example: string | undefined): string | undefined =>
  Object.entries(outputs).find(
    ([name, { BroadcastQueueUrl }]) => BroadcastQueueUrl && (example === undefined || exampleOf(name) === example),
  )?.[1].BroadcastQueueUrl;

const main = async (): Promise<void> => {
  const { values, positionals } = readArguments();
  if (values.help) return console.log(HELP);
  const [data, ...more] = positionals;
  if (data === undefined || more.length > 0) throw new UsageError('Give one text: npm run broadcast -- "Hello"');
  const given = values['queue-url'];
  if (given !== undefined && !URL.canParse(given))
    throw new UsageError(`Expected --queue-url to be a queue's URL, got "${given}"`);
  await broadcastFromBackend(given ?? (await localQueueUrl(values.port, values.example)), data);
};

await main().catch(endWithSentence);
