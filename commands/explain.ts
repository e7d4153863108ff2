// `npm run explain`: what became of a broadcast.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { explainBroadcast } from '../fan-out/operations/explain-broadcast.ts';
import { readAccounts } from '../fan-out/operations/read-accounts.ts';
import { endWithSentence } from '../packages/local/cli/end-with-sentence.ts';
import { LOG_FILE } from '../packages/local/cli/log-file.ts';
import { UsageError } from '../packages/local/cli/usage-error.ts';
import { BROADCAST_ACCOUNT } from '../schemas/broadcast-account.ts';

const HELP = `npm run explain -- BROADCAST_ID [options]

Sums what the fan-out logged of a broadcast. Its id is in the log line of the message that was sent.

  --log FILE         a log; default: that of the last local run, ${LOG_FILE}. With -, what is piped in:
                     aws logs tail GROUP | npm run explain -- BROADCAST_ID --log -
  --log-group NAME   of the fan-out function, asked by CloudWatch Logs Insights instead
  --hours NUMBER     how far back to ask; default 24`;

const HOUR_MS = 3_600_000;

const readArguments = () => {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        help: { type: 'boolean', default: false },
        log: { type: 'string', default: LOG_FILE },
        'log-group': { type: 'string' },
        hours: { type: 'string', default: '24' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
};

const readLog = async (file: string): Promise<string[]> => {
  const lines: string[] = [];
  try {
    // One line at a time: a log may be larger than memory, what we look for in it is not.
    for await (const line of createInterface({ input: file === '-' ? process.stdin : createReadStream(file) })) {
      if (line.includes(BROADCAST_ACCOUNT)) lines.push(line);
    }
  } catch (error) {
    throw new UsageError(`Expected --log to be a log, got ${file}: ${(error as Error).message}`);
  }
  return lines;
};

const askLogGroup = async (logGroupName: string, broadcastId: string, hours: number): Promise<string[]> => {
  const { queryAccounts } = await import('../aws/query-accounts.ts');
  const to = Date.now();
  return queryAccounts({ logGroupName, broadcastId, from: to - hours * HOUR_MS, to });
};

const main = async (): Promise<void> => {
  const { positionals, values } = readArguments();
  if (values.help) return console.log(HELP);
  const [broadcastId, ...more] = positionals;
  if (broadcastId === undefined || more.length > 0) throw new UsageError(`Expected one broadcast id\n\n${HELP}`);
  const hours = Number(values.hours);
  if (!(hours > 0)) throw new UsageError(`Expected --hours to be a number above 0, got ${values.hours}`);
  const { log, 'log-group': group } = values;
  const lines = group === undefined ? await readLog(log) : await askLogGroup(group, broadcastId, hours);
  const accounts = readAccounts(lines, broadcastId);
  if (accounts.length === 0) throw new UsageError(`No account of broadcast ${broadcastId} in ${group ?? log}`);
  console.log(explainBroadcast(accounts));
};

await main().catch(endWithSentence);
