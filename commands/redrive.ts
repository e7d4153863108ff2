// `npm run redrive`: sends dead letters back to the broadcast queue.
import { parseArgs } from 'node:util';
import { describeError } from '../aws/describe-error.ts';
import { createQueueClient } from '../aws/queue/broadcast-from-backend.ts';
import { SqsBroadcastQueue } from '../aws/queue/sqs-broadcast-queue.ts';
import { SqsDeadLetters } from '../aws/queue/sqs-dead-letters.ts';
import { describeLetter } from '../fan-out/operations/describe-letter.ts';
import { type RedriveOutcome, redrive } from '../fan-out/operations/redrive.ts';
import { endWithSentence } from '../packages/local/cli/end-with-sentence.ts';
import { findLocalStack } from '../packages/local/cli/find-local-stack.ts';
import { UsageError } from '../packages/local/cli/usage-error.ts';
import { DEAD_LETTER_REASONS } from '../schemas/dead-letter.ts';

const REASONS = ['unfinished', ...Object.keys(DEAD_LETTER_REASONS)];

const HELP = `npm run redrive -- [options]

Sends what is in the dead-letter queue back to the broadcast queue, with all its attempts and ten minutes to live: of the
stack that runs on this machine, or of the one whose queues are given.

  --port 3001                  where "npm start" listens
  --dead-letter-queue-url URL  output DeadLetterQueueUrl of a deployed stack; with your AWS credentials
  --queue-url URL              output BroadcastQueueUrl of the same stack
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
        port: { type: 'string', default: '3001' },
        'dead-letter-queue-url': { type: 'string' },
        'queue-url': { type: 'string' },
        reason: { type: 'string', multiple: true, default: REASONS },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
};

type Given = ReturnType<typeof readArguments>;

const findQueues = async (given: Given): Promise<{ deadLetters: string; queue: string }> => {
  const [deadLetters, queue] = [given['dead-letter-queue-url'], given['queue-url']];
  if (deadLetters === undefined && queue === undefined) {
    const { DeadLetterQueueUrl = '', BroadcastQueueUrl = '' } = await findLocalStack(given.port);
    return { deadLetters: DeadLetterQueueUrl, queue: BroadcastQueueUrl };
  }
  return {
    deadLetters: queueUrl('dead-letter-queue-url', deadLetters),
    queue: queueUrl('queue-url', queue),
  };
};

const queueUrl = (name: string, url = ''): string => {
  if (URL.canParse(url)) return url;
  throw new UsageError(`Expected --${name} to be a queue's URL, got "${url}"`);
};

const main = async (): Promise<void> => {
  const { help, reason, ...values } = readArguments();
  if (help) return console.log(HELP);
  const unknown = reason.find((one) => !REASONS.includes(one));
  if (unknown !== undefined)
    throw new UsageError(`Expected --reason to be one of ${REASONS.join(', ')}, got ${unknown}`);

  const queues = await findQueues({ help, reason, ...values });
  const counts = { sent: 0, left: 0, failed: 0 };
  const queueOf = (queueUrl: string) => ({ queueUrl, client: createQueueClient(queueUrl) });
  await redrive({
    deadLetters: new SqsDeadLetters(queueOf(queues.deadLetters)),
    queue: new SqsBroadcastQueue(queueOf(queues.queue)),
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
