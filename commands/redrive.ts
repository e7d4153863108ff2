// `npm run redrive`: sends dead letters back to the broadcast queue.
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
import { askAws, queueUrl } from './ask-aws.ts';

const REASONS = ['unfinished', ...Object.keys(DEAD_LETTER_REASONS)];

const OPTIONS = {
  port: { type: wholeNumber(1, 65_535), default: '3001', help: 'port of the local run' },
  'dead-letter-queue-url': {
    type: queueUrl,
    value: 'URL',
    help: 'output DeadLetterQueueUrl of a deployed stack; uses your AWS credentials',
  },
  'queue-url': { type: queueUrl, value: 'URL', help: 'output BroadcastQueueUrl of the same stack' },
  reason: {
    type: expecting(`one of ${REASONS.join(', ')}`, (given) => (REASONS.includes(given) ? given : undefined)),
    repeated: true,
    value: 'REASON',
    help: `redrive only dead letters with this reason:\n${REASONS.join(', ')}`,
  },
  'dry-run': { type: 'flag', help: 'show the dead letters and their reasons, send none' },
} as const satisfies Options;

const findQueues = async ({
  port,
  ...given
}: Values<typeof OPTIONS>): Promise<{ deadLetters: string; queue: string }> => {
  const { deadLetterQueueUrl: deadLetters, queueUrl: queue } = given;
  if (deadLetters !== undefined && deadLetters === queue)
    throw new UsageError(`--queue-url: expected a different queue than --dead-letter-queue-url, got ${queue}.`);
  if (deadLetters !== undefined && queue !== undefined) return { deadLetters, queue };
  if (deadLetters !== undefined || queue !== undefined)
    throw new UsageError('Give both --dead-letter-queue-url and --queue-url, or neither to use the local run');
  const { DeadLetterQueueUrl = '', BroadcastQueueUrl = '' } = await findLocalStack(port);
  return { deadLetters: DeadLetterQueueUrl, queue: BroadcastQueueUrl };
};

const SENT: readonly RedriveOutcome[] = ['sent', 'would-be-sent'];
const FAILED: readonly RedriveOutcome[] = ['refused', 'sent-not-deleted'];

await runCommand(
  {
    usage: 'npm run redrive -- [options]',
    about: `Sends dead letters back to the broadcast queue. Each has all its attempts again and expires after ten minutes. The stack
is the local run, or the deployed stack of --dead-letter-queue-url and --queue-url.`,
    options: OPTIONS,
  },
  async (options) => {
    const { reason, dryRun } = options;
    const queues = await findQueues(options);
    const counts = { sent: 0, left: 0, failed: 0 };
    const queueOf = (url: string) => ({ queueUrl: url, client: createQueueClient(url) });
    const run = {
      deadLetters: new SqsDeadLetters(queueOf(queues.deadLetters)),
      queue: new SqsBroadcastQueue(queueOf(queues.queue)),
      dryRun,
      reasons: new Set(reason.length === 0 ? REASONS : reason),
      now: Date.now,
      onLetter: (letter: RedrivenLetter) => {
        counts[SENT.includes(letter.outcome) ? 'sent' : FAILED.includes(letter.outcome) ? 'failed' : 'left'] += 1;
        console.log(describeLetter(letter));
        if (letter.error !== undefined) console.log(`  ${describeError(letter.error).message}`);
      },
    };
    await askAws(queues.deadLetters, () => redrive(run));
    console.log(`${counts.sent} ${dryRun ? 'would be sent' : 'sent'}, ${counts.left} left, ${counts.failed} failed`);
    if (counts.failed > 0) process.exitCode = EXIT.failed;
  },
);
