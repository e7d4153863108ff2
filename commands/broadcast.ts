// `npm run broadcast`: sends a message from the backend to every connection.
import { broadcastFromBackend } from '../aws/queue/broadcast-from-backend.ts';
import { runCommand, UsageError, wholeNumber } from '../packages/command-line/command.ts';
import { findLocalStack } from '../packages/local/cli/find-local-stack.ts';
import { askAws, queueUrl } from './ask-aws.ts';

await runCommand(
  {
    usage: 'npm run broadcast -- [options] "Hello from server"',
    about: 'Sends text to every connection of a stack: the local run, or the deployed stack of --queue-url.',
    argument: 'text',
    options: {
      example: { type: 'text', value: 'NAME', help: 'fail if the local run is not this example' },
      port: { type: wholeNumber(1, 65_535), default: '3001', help: 'port of the local run' },
      'queue-url': {
        type: queueUrl,
        value: 'URL',
        help: 'output BroadcastQueueUrl of a deployed stack; uses your AWS credentials',
      },
    },
  },
  async ({ queueUrl: given, port, example }, text) => {
    if (given !== undefined && example !== undefined)
      throw new UsageError('--example and --queue-url exclude each other: an example runs on this machine.');
    const { BroadcastQueueUrl = '' } = given === undefined ? await findLocalStack(port, example) : {};
    const queue = given ?? BroadcastQueueUrl;
    await askAws(queue, () => broadcastFromBackend(queue, text));
  },
);
