// `npm run explain`: what became of a broadcast.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { explainBroadcast } from '../fan-out/operations/explain-broadcast.ts';
import { expecting, runCommand, UsageError } from '../packages/command-line/command.ts';
import { LOG_FILE } from '../packages/local/cli/find-local-stack.ts';
import { type BroadcastAccount, readAccount } from '../schemas/broadcast-account.ts';
import { askAws } from './ask-aws.ts';

const HOUR_MS = 3_600_000;
/** Ten years: the longest retention that CloudWatch Logs has. */
const MOST_HOURS = 87_600;

/** A line of a log at a time: a log may be larger than memory, what we look for in it is not. */
async function* readLog(file: string): AsyncGenerator<string> {
  try {
    yield* createInterface({ input: file === '-' ? process.stdin : createReadStream(file) });
  } catch (error) {
    throw new UsageError(`--log: expected a log, got ${file}: ${(error as Error).message}.`);
  }
}

const askLogGroup = async (logGroupName: string, broadcastId: string, hours: number): Promise<string[]> => {
  const { queryAccounts } = await import('../aws/query-accounts.ts');
  const to = Date.now();
  const query = { logGroupName, broadcastId, from: to - hours * HOUR_MS, to };
  return askAws(`Log group ${logGroupName}`, () => queryAccounts(query));
};

await runCommand(
  {
    usage: 'npm run explain -- BROADCAST_ID [options]',
    about: 'Sums what the fan-out logged of a broadcast. Its id is in the log line of the message that was sent.',
    argument: 'broadcast id',
    options: {
      log: {
        type: 'text',
        value: 'FILE',
        help: `a log; default: that of the last local run, ${LOG_FILE}. With -, what is piped in:
aws logs tail GROUP | npm run explain -- BROADCAST_ID --log -`,
      },
      'log-group': {
        type: 'text',
        value: 'NAME',
        help: 'of the fan-out function, asked by CloudWatch Logs Insights instead',
      },
      hours: {
        type: expecting(`a number of hours above 0, at most ${MOST_HOURS}`, (given) => {
          const hours = Number(given);
          return /^\d+(\.\d+)?$/.test(given) && hours > 0 && hours <= MOST_HOURS ? hours : undefined;
        }),
        default: '24',
        help: 'how far back to ask',
      },
    },
  },
  async ({ log: given, logGroup, hours }, broadcastId) => {
    if (given !== undefined && logGroup !== undefined)
      throw new UsageError('Give --log or --log-group, not both: one log is read');
    const log = given ?? LOG_FILE;
    const lines = logGroup === undefined ? readLog(log) : await askLogGroup(logGroup, broadcastId, hours);
    const accounts: BroadcastAccount[] = [];
    for await (const line of lines) {
      const account = readAccount(line)?.account;
      if (account?.id === broadcastId) accounts.push(account);
    }
    if (accounts.length === 0)
      throw new Error(
        `No account of broadcast ${broadcastId} in ${logGroup ?? (log === '-' ? 'what was piped in' : log)}`,
      );
    console.log(explainBroadcast(accounts));
  },
);
