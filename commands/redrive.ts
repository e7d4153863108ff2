// `npm run redrive`: sends dead letters back to the broadcast queue.
import { parseArgs } from 'node:util';
import { createQueueClient } from '../aws/create-queue-client.ts';
import { describeError } from '../aws/describe-error.ts';
import { SqsBroadcastQueue } from '../aws/sqs-broadcast-queue.ts';
import { SqsDeadLetters } from '../aws/sqs-dead-letters.ts';
import { describeLetter } from '../fan-out/describe-letter.ts';
import { type RedriveOutcome, redrive } from '../fan-out/redrive.ts';
import { endWithSentence } from '../local/cli/end-with-sentence.ts';
import { UsageError } from '../local/cli/usage-error.ts';
import { DEAD_LETTER_REASONS } from '../schemas/dead-letter.ts';

const REASONS = ['unfinished', ...Object.keys(DEAD_LETTER_REASONS)];

const HELP = `npm run redrive -- [options]

Sends what is in the dead-letter queue back to the broadcast queue, with all its attempts and ten minutes to live.
Both URLs are outputs of the stack, and \`npm start\` prints those of a local run.

  --dead-letter-queue-url URL  default: DEAD_LETTER_QUEUE_URL of the environment
  --queue-url URL              default: BROADCAST_QUEUE_URL of the environment
  --reason REASON              only what died of this; may be repeated. One of ${REASONS.join(', ')}
  --dry-run                    only shows what would be sent, and why each died`;

const SENT: readonly RedriveOutcome[] = ['sent', 'would-be-sent'];
const FAILED: readonly RedriveOutcome[] = ['refused', 'sent-not-deleted'];

const readArguments = () => {
  try {
    return parseArgs({
      options: {
        help: { type: 'boolean', default: false },
        'dry-run': { type: 'boolean', default: false },
        'dead-letter-queue-url': { type: 'string', default: process.env.DEAD_LETTER_QUEUE_URL ?? '' },
        'queue-url': { type: 'string', default: process.env.BROADCAST_QUEUE_URL ?? '' },
        reason: { type: 'string', multiple: true, default: REASONS },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
};

const main = async (): Promise<void> => {
  const { help, reason, ...values } = readArguments();
  if (help) return console.log(HELP);
  for (const name of ['dead-letter-queue-url', 'queue-url'] as const) {
    if (!URL.canParse(values[name]))
      throw new UsageError(`Expected --${name} to be a queue's URL, got "${values[name]}"`);
  }
  const unknown = reason.find((one) => !REASONS.includes(one));
  if (unknown !== undefined)
    throw new UsageError(`Expected --reason to be one of ${REASONS.join(', ')}, got ${unknown}`);

  const counts = { sent: 0, left: 0, failed: 0 };
  const queueOf = (queueUrl: string) => ({ queueUrl, client: createQueueClient(queueUrl) });
  await redrive({
    deadLetters: new SqsDeadLetters(queueOf(values['dead-letter-queue-url'])),
    queue: new SqsBroadcastQueue(queueOf(values['queue-url'])),
    dryRun: values['dry-run'],
    reasons: new Set(reason),
    now: Date.now,
    onLetter: (letter) => {
      counts[SENT.includes(letter.outcome) ? 'sent' : FAILED.includes(letter.outcome) ? 'failed' : 'left'] += 1;
      console.log(describeLetter(letter));
      if (letter.error !== undefined) console.log(`  ${describeError(letter.error).message}`);
    },
  });
  console.log(
    `${counts.sent} ${values['dry-run'] ? 'would be sent' : 'sent'}, ${counts.left} left, ${counts.failed} failed`,
  );
  if (counts.failed > 0) process.exitCode = 1;
};

await main().catch(endWithSentence);
