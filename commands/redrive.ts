// `npm run redrive`: sends dead letters back to the queue that they came from.
import { SqsChannelQueue } from '../aws/channels/sqs-channel-queue.ts';
import { describeError } from '../aws/describe-error.ts';
import { createQueueClient } from '../aws/queue/broadcast-from-backend.ts';
import { SqsBroadcastQueue } from '../aws/queue/sqs-broadcast-queue.ts';
import { SqsDeadLetters } from '../aws/queue/sqs-dead-letters.ts';
import { describeLetter } from '../fan-out/operations/describe-letter.ts';
import { type RedrivenLetter, type RedriveOutcome, redrive } from '../fan-out/operations/redrive.ts';
import {
  EXIT,
  expecting,
  type Options,
  runCommand,
  UsageError,
  type Values,
  wholeNumber,
} from '../packages/command-line/command.ts';
import { findLocalStack } from '../packages/local/cli/find-local-stack.ts';
import { DEAD_LETTER_REASONS } from '../schemas/dead-letter.ts';
import { askAws, isFifoUrl, queueUrl } from './ask-aws.ts';

const REASONS = ['unfinished', ...Object.keys(DEAD_LETTER_REASONS)];

const OPTIONS = {
  port: { type: wholeNumber(1, 65_535), default: '3001', help: 'port of the local run' },
  'dead-letter-queue-url': {
    type: queueUrl,
    value: 'URL',
    help: `output DeadLetterQueueUrl of a deployed stack, or ChannelDeadLetterQueueUrl;
uses your AWS credentials`,
  },
  'queue-url': {
    type: queueUrl,
    value: 'URL',
    help: 'output BroadcastQueueUrl of the same stack, or ChannelQueueUrl',
  },
  reason: {
    type: expecting(`one of ${REASONS.join(', ')}`, (given) => (REASONS.includes(given) ? given : undefined)),
    repeated: true,
    value: 'REASON',
    help: `redrive only dead letters with this reason:\n${REASONS.join(', ')}`,
  },
  'dry-run': { type: 'flag', help: 'show the dead letters and their reasons, send none' },
} as const satisfies Options;

/** A queue and its dead-letter queue. */
interface QueuePair {
  deadLetters: string;
  queue: string;
}

/** The queues of broadcasts, and the queues of channels if the stack has channels. */
const findQueues = async ({ port, ...given }: Values<typeof OPTIONS>): Promise<QueuePair[]> => {
  const { deadLetterQueueUrl: deadLetters, queueUrl: queue } = given;
  if (deadLetters !== undefined && queue !== undefined) return [checkPair({ deadLetters, queue })];
  if (deadLetters !== undefined || queue !== undefined)
    throw new UsageError('Give both --dead-letter-queue-url and --queue-url, or neither to use the local run');
  const outputs = await findLocalStack(port);
  const { DeadLetterQueueUrl = '', BroadcastQueueUrl = '', ChannelDeadLetterQueueUrl, ChannelQueueUrl } = outputs;
  const pairs = [{ deadLetters: DeadLetterQueueUrl, queue: BroadcastQueueUrl }];
  if (ChannelDeadLetterQueueUrl !== undefined && ChannelQueueUrl !== undefined)
    pairs.push({ deadLetters: ChannelDeadLetterQueueUrl, queue: ChannelQueueUrl });
  return pairs;
};

const checkPair = (pair: QueuePair): QueuePair => {
  const { deadLetters, queue } = pair;
  if (deadLetters === queue)
    throw new UsageError(`--queue-url: expected a different queue than --dead-letter-queue-url, got ${queue}.`);
  if (isFifoUrl(deadLetters) !== isFifoUrl(queue))
    throw new UsageError(
      `--queue-url: expected a queue of the same kind as --dead-letter-queue-url, both with .fifo at the end or neither, got ${queue}.`,
    );
  return pair;
};

const SENT: readonly RedriveOutcome[] = ['sent', 'would-be-sent'];
const queueOf = (url: string) => ({ queueUrl: url, client: createQueueClient(url) });

const FAILED: readonly RedriveOutcome[] = ['refused', 'sent-not-deleted'];

await runCommand(
  {
    usage: 'npm run redrive -- [options]',
    about: `Sends dead letters back to the queue that they came from. A broadcast has all its attempts again and expires after ten
minutes. A message of a channel is published anew. The stack is the local run, or the deployed stack of
--dead-letter-queue-url and --queue-url. URLs that end in .fifo are of the queues of channels.`,
    options: OPTIONS,
  },
  async (options) => {
    const { reason, dryRun } = options;
    const pairs = await findQueues(options);
    const counts = { sent: 0, left: 0, failed: 0 };
    const run = {
      dryRun,
      reasons: new Set(reason.length === 0 ? REASONS : reason),
      now: Date.now,
      onLetter: (letter: RedrivenLetter) => {
        counts[SENT.includes(letter.outcome) ? 'sent' : FAILED.includes(letter.outcome) ? 'failed' : 'left'] += 1;
        console.log(describeLetter(letter));
        if (letter.error !== undefined) console.log(`  ${describeError(letter.error).message}`);
      },
    };
    for (const pair of pairs) {
      const deadLetters = new SqsDeadLetters(queueOf(pair.deadLetters));
      const queue = isFifoUrl(pair.queue)
        ? { channels: new SqsChannelQueue(queueOf(pair.queue)) }
        : { broadcasts: new SqsBroadcastQueue(queueOf(pair.queue)) };
      await askAws(pair.deadLetters, () => redrive({ ...run, deadLetters, queue }));
    }
    console.log(`${counts.sent} ${dryRun ? 'would be sent' : 'sent'}, ${counts.left} left, ${counts.failed} failed`);
    if (counts.failed > 0) process.exitCode = EXIT.failed;
  },
);
