// `npm run broadcast`: a message from the backend to every connection.
import { parseArgs } from 'node:util';
import { broadcastFromBackend } from '../aws/queue/broadcast-from-backend.ts';
import { endWithSentence } from '../packages/local/cli/end-with-sentence.ts';
import { findLocalStack } from '../packages/local/cli/find-local-stack.ts';
import { UsageError } from '../packages/local/cli/usage-error.ts';

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

const main = async (): Promise<void> => {
  const { values, positionals } = readArguments();
  if (values.help) return console.log(HELP);
  const [data, ...more] = positionals;
  if (data === undefined || more.length > 0) throw new UsageError('Give one text: npm run broadcast -- "Hello"');
  const given = values['queue-url'];
  if (given !== undefined && !URL.canParse(given))
    throw new UsageError(`Expected --queue-url to be a queue's URL, got "${given}"`);
  const queueUrl = given ?? (await findLocalStack(values.port, values.example)).BroadcastQueueUrl ?? '';
  await broadcastFromBackend(queueUrl, data);
};

await main().catch(endWithSentence);
