// `npm run explain`: shows what happened to a broadcast, or what functions logged of a connection.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { explainBroadcast } from '../fan-out/operations/explain-broadcast.ts';
import { expecting, runCommand, UsageError } from '../packages/command-line/command.ts';
import { LOG_FILE } from '../packages/local/cli/find-local-stack.ts';
import { type BroadcastAccount, readAccount } from '../schemas/broadcast-account.ts';
import { connectionHash } from '../schemas/connections/connection-hash.ts';
import { askAws } from './ask-aws.ts';

const HOUR_MS = 3_600_000;
/** Ten years, the longest retention of CloudWatch Logs. */
const MOST_HOURS = 87_600;

/** Reads a log line by line, because it can be larger than memory. */
async function* readLog(file: string): AsyncGenerator<string> {
  try {
    yield* createInterface({ input: file === '-' ? process.stdin : createReadStream(file) });
  } catch (error) {
    throw new UsageError(`--log: expected a readable file, got ${file}: ${(error as Error).message}.`);
  }
}

const askLogGroup = async (logGroupName: string, broadcastId: string, hours: number): Promise<string[]> => {
  const { queryAccounts } = await import('../aws/query-accounts.ts');
  const to = Date.now();
  const query = { logGroupName, broadcastId, from: to - hours * HOUR_MS, to };
  return askAws(`Log group ${logGroupName}`, () => queryAccounts(query));
};

/** Prints the log lines of a connection, which have the hash of its id. */
const printConnectionLines = async (connectionId: string, log: string): Promise<void> => {
  const hash = connectionHash(connectionId);
  let count = 0;
  for await (const line of readLog(log)) {
    if (!line.includes(`"connection":"${hash}"`)) continue;
    if (count++ === 0) console.log(`In the log, this connection is ${hash}:`);
    console.log(line);
  }
  if (count === 0) throw new Error(`${nameOf(log)} has no line of this connection. Its name in logs is ${hash}`);
};

const nameOf = (log: string): string => (log === '-' ? 'The standard input' : log);

await runCommand(
  {
    usage: 'npm run explain -- BROADCAST_ID [options]',
    about: `Adds up what the fan-out logged about a broadcast. The broadcast id is in the log line of the message that was sent.
With --connection instead of BROADCAST_ID, it shows the log lines of a connection.`,
    argument: 'broadcast id',
    argumentDefault: '',
    options: {
      log: {
        type: 'text',
        value: 'FILE',
        help: `log file; default ${LOG_FILE}, the log of the last local run. - reads the standard input:
aws logs tail GROUP | npm run explain -- BROADCAST_ID --log -`,
      },
      'log-group': {
        type: 'text',
        value: 'NAME',
        help: 'log group of the fan-out function, to query with CloudWatch Logs Insights instead',
      },
      hours: {
        type: expecting(`a number of hours above 0, at most ${MOST_HOURS}`, (given) => {
          const hours = Number(given);
          return /^\d+(\.\d+)?$/.test(given) && hours > 0 && hours <= MOST_HOURS ? hours : undefined;
        }),
        default: '24',
        help: 'how far back to query the log group',
      },
      connection: {
        type: 'text',
        value: 'CONNECTION_ID',
        help: `the connectionId that a client or an error frame shows`,
      },
    },
  },
  async ({ log: given, logGroup, hours, connection }, broadcastId) => {
    if (given !== undefined && logGroup !== undefined) throw new UsageError('Give --log or --log-group, not both');
    const log = given ?? LOG_FILE;
    if (connection !== undefined) {
      if (broadcastId !== '') throw new UsageError('Give a broadcast id or --connection, not both');
      if (logGroup !== undefined)
        throw new UsageError(
          `--connection reads a log file. In CloudWatch Logs Insights, use: filter connection = "${connectionHash(connection)}"`,
        );
      return printConnectionLines(connection, log);
    }
    if (broadcastId === '') throw new UsageError('Give a broadcast id, or --connection with a connection id');
    const lines = logGroup === undefined ? readLog(log) : await askLogGroup(logGroup, broadcastId, hours);
    const accounts: BroadcastAccount[] = [];
    for await (const line of lines) {
      const account = readAccount(line)?.account;
      if (account?.id === broadcastId) accounts.push(account);
    }
    if (accounts.length === 0) throw new Error(`${logGroup ?? nameOf(log)} has no account of broadcast ${broadcastId}`);
    console.log(explainBroadcast(accounts));
  },
);
