// `npm run publish`: publishes a message to a channel from the backend.
import { SqsChannelQueue } from '../aws/channels/sqs-channel-queue.ts';
import { createQueueClient } from '../aws/queue/broadcast-from-backend.ts';
import { runCommand, UsageError, wholeNumber } from '../packages/command-line/command.ts';
import { findLocalStack } from '../packages/local/cli/find-local-stack.ts';
import { isChannelName, MAX_CHANNEL_LENGTH } from '../schemas/channels/channel-name.ts';
import { createChannelRecord, type PublishRecord } from '../schemas/channels/create-channel-record.ts';
import { ClientError } from '../schemas/errors.ts';
import { askAws, fifoQueueUrl } from './ask-aws.ts';

/** Reads the data: JSON, or any other text as a string. */
const readData = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** The application's definitions are not known here, so only the name and the size are checked. */
const createRecord = async (channel: string, text: string): Promise<PublishRecord> => {
  if (!isChannelName(channel))
    throw new UsageError(
      `Expected a channel of 1 to ${MAX_CHANNEL_LENGTH} characters of A-Z a-z 0-9 _ . : - %, got ${JSON.stringify(channel)}.`,
    );
  const anyData = { message: (_data: unknown): _data is unknown => true };
  try {
    return await createChannelRecord({ definitions: { [channel]: anyData } }, channel, readData(text));
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    const { bytes, maxBytes } = error.details;
    if (bytes === undefined) throw new UsageError('Expected data that is not empty, got "".');
    throw new UsageError(`Expected data whose frame has at most ${maxBytes} bytes, got ${bytes}.`);
  }
};

const findQueue = async (port: number, example: string | undefined): Promise<string> => {
  const { ChannelQueueUrl } = await findLocalStack(port, example);
  if (ChannelQueueUrl !== undefined) return ChannelQueueUrl;
  throw new Error(
    `The stack on port ${port} has no channels. Stop it, then start one that has: npm start -- --example rooms --port ${port}`,
  );
};

const publish = (): Promise<void> =>
  runCommand(
    {
      usage: `npm run publish -- [options] room:42 '{"text":"hi"}'`,
      about: `Publishes data to a channel of a stack: the local run, or the deployed stack of --queue-url. Text that is not JSON is sent
as a string. The data is not checked against the schema of the channel.`,
      argument: ['channel', 'text'],
      options: {
        example: { type: 'text', value: 'NAME', help: 'fail if the local run is not this example' },
        port: { type: wholeNumber(1, 65_535), default: '3001', help: 'port of the local run' },
        'queue-url': {
          type: fifoQueueUrl,
          value: 'URL',
          help: 'output ChannelQueueUrl of a deployed stack; uses your AWS credentials',
        },
      },
    },
    async ({ queueUrl: given, port, example }, channel, text = '') => {
      if (given !== undefined && example !== undefined)
        throw new UsageError('--example and --queue-url exclude each other: an example runs on this machine.');
      const record = await createRecord(channel, text);
      const queueUrl = given ?? (await findQueue(port, example));
      const client = createQueueClient(queueUrl);
      try {
        await askAws(queueUrl, () => new SqsChannelQueue({ queueUrl, client }).send(record, record.id));
      } finally {
        client.destroy();
      }
    },
  );

// `npm publish` also runs the script of this name, after it has published the package.
if (process.env.npm_command !== 'publish') await publish();
