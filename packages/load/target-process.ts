import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AccountCounts, readAccount, sumCounts } from '../../schemas/broadcast-account.ts';
import { EXIT, UsageError } from '../command-line/command.ts';
import { type Counts, countBy } from './generator/process-messages.ts';
import type { FanOutSummary } from './report/report.ts';
import type { QueueReading } from './workload/target.ts';

/** A target that a run has started itself. */
export interface TargetProcess {
  url: string;
  /** The queues' last readings; a queue that says nothing for two seconds is empty. */
  queues(): QueueReading[];
  /** What its fan-out says it has done since it was last forgotten. */
  fanOut(): FanOutSummary;
  forgetFanOut(): void;
  /** Resolves when it has told nothing for a second, and so does nothing, or after ten seconds. */
  quiet(): Promise<void>;
  /** How it ended, once it has. */
  ended(): string | undefined;
  /** @param timeoutMs How long it may take to end when asked to, in milliseconds. Default 5000. */
  stop(timeoutMs?: number): Promise<void>;
}

export interface TargetCommand {
  file: string;
  args: readonly string[];
  /** Ends it while it starts. */
  signal?: AbortSignal;
}

/** A line of `npm start -- --json`. */
type TargetLine =
  | { type: 'ready'; apis: { name: string; webSocketUrl: string }[] }
  | ({ type: 'queue' } & QueueReading)
  | { type: 'log'; functionName: string; line: string }
  | { type: 'invocation' };

const QUIET_MS = 1_000;
const MAX_QUIET_MS = 10_000;
/** A queue is told of about once a second while it is not empty. */
const EMPTY_AFTER_MS = 2_000;
const STOP_TIMEOUT_MS = 5_000;
const LAST_WORDS = 20;

/**
 * Starts a command that tells in JSON lines where it listens (`{"type":"ready","apis":[{"webSocketUrl"}]}`) and how its
 * queues are (`{"type":"queue",…}`). It is asked to end by the end of its input, which it sees however this process ends.
 * It is in a process group of its own: a signal to ours does not end it before the report is written.
 * @throws {UsageError} with its own sentence if it cannot use what it was given; {Error} if it ends for another reason
 * before it is ready, with what it said last.
 */
export const startTargetProcess = async ({ file, args, signal }: TargetCommand): Promise<TargetProcess> => {
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  child.stdin.on('error', () => {}); // it has ended already
  const askToEnd = (): void => {
    child.stdin.end();
  };
  signal?.addEventListener('abort', askToEnd);
  const words: string[] = [];
  const readings = new Map<string, { reading: QueueReading; atMs: number }>();
  let fanOut = new FanOutLog();
  let toldAtMs = 0;
  let ending: string | undefined;
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', kill);
  child.once('exit', (code, signal) => {
    process.off('exit', kill);
    // What was said before a signal is no reason of it: a crash prints addresses last.
    const why = signal === null && words.length > 0 ? `: ${words.at(-1)}` : '';
    ending = `its process ended (${signal ?? `exit code ${code}`})${why}`;
  });
  createInterface({ input: child.stderr }).on('line', (line) => {
    words.push(line);
    if (words.length > LAST_WORDS) words.shift();
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    // Not at its exit: what it said last may still be on its way then.
    child.once('close', (code) => {
      const said = words.join('\n');
      if (code === EXIT.badInput && said) reject(new UsageError(said));
      else reject(new Error(`The target did not start: ${said || ending}`));
    });
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = parsed(text);
      toldAtMs = Date.now();
      if (line?.type === 'ready') resolve(line.apis[0]?.webSocketUrl ?? '');
      else if (line?.type === 'queue') readings.set(line.name, { reading: line, atMs: Date.now() });
      else if (line?.type === 'log') fanOut.note(line.line);
      else if (!line) words.push(text);
    });
  });
  signal?.removeEventListener('abort', askToEnd); // from now on it is needed until the report is written
  return {
    url,
    queues: () =>
      [...readings.values()].map(({ reading: { name, visible, inFlight, oldestAgeMs }, atMs }) =>
        Date.now() - atMs > EMPTY_AFTER_MS
          ? { name, visible: 0, inFlight: 0, oldestAgeMs: 0 }
          : { name, visible, inFlight, oldestAgeMs },
      ),
    fanOut: () => fanOut.summary(),
    forgetFanOut: () => {
      fanOut = new FanOutLog();
    },
    quiet: async () => {
      const deadlineMs = Date.now() + MAX_QUIET_MS;
      while (ending === undefined && Date.now() < Math.min(toldAtMs + QUIET_MS, deadlineMs)) await sleep(QUIET_MS / 10);
    },
    ended: () => ending,
    stop: async (timeoutMs = STOP_TIMEOUT_MS) => {
      if (ending !== undefined) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      const timer = setTimeout(kill, timeoutMs);
      askToEnd();
      await gone;
      clearTimeout(timer);
    },
  };
};

/** What the fan-out says of itself, from the accounts in its log. */
class FanOutLog {
  readonly #records: Counts = {};
  #account: AccountCounts | undefined;

  note(line: string): void {
    const logged = readAccount(line);
    if (!logged) return;
    countBy(this.#records, String(logged.requestId));
    this.#account = sumCounts(this.#account ? [this.#account, logged.account] : [logged.account]);
  }

  summary(): FanOutSummary {
    const batchSizes: Counts = {};
    for (const size of Object.values(this.#records)) countBy(batchSizes, String(size));
    return { batchSizes, account: { ...this.#account } };
  }
}

const parsed = (text: string): TargetLine | undefined => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
