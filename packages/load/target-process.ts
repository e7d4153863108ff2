import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AccountCounts, readAccount, sumCounts } from '../../schemas/broadcast-account.ts';
import { EXIT, UsageError } from '../command-line/command.ts';
import { type Counts, countBy } from './generator/process-messages.ts';
import type { FanOutSummary } from './report/report.ts';
import type { QueueReading } from './workload/target.ts';

/** A target that the load test has started. */
export interface TargetProcess {
  url: string;
  /** The last reading of each queue. A queue without a reading for two seconds is empty. */
  queues(): QueueReading[];
  /** The accounts that the fan-out has logged since the start or the last reset. */
  fanOut(): FanOutSummary;
  resetFanOut(): void;
  /** Resolves when the target has printed no line for a second, or after ten seconds. */
  untilQuiet(): Promise<void>;
  /** How the process ended. `undefined` while it runs. */
  ended(): string | undefined;
  /** @param timeoutMs Longest time to end, in milliseconds. After it, the process is killed. Default 5000. */
  stop(timeoutMs?: number): Promise<void>;
}

export interface TargetCommand {
  file: string;
  args: readonly string[];
  /** Ends the process, but only while it starts. */
  signal?: AbortSignal;
}

/** A line of the local run's `--json`. */
type TargetLine =
  | { type: 'ready'; apis: { name: string; webSocketUrl: string }[] }
  | ({ type: 'queue' } & QueueReading)
  | { type: 'log'; functionName: string; line: string }
  | { type: 'invocation' };

const QUIET_MS = 1_000;
const MAX_QUIET_MS = 10_000;
/** The local run prints a reading about once a second while a queue is not empty. */
const EMPTY_AFTER_MS = 2_000;
const STOP_TIMEOUT_MS = 5_000;
const MAX_LAST_LINES = 20;

/**
 * Starts a command that prints JSON lines: its URL (`{"type":"ready","apis":[{"webSocketUrl"}]}`) and the readings of
 * its queues (`{"type":"queue",…}`). The command must end when its standard input closes, which happens even if this
 * process is killed. It has its own process group, so that a signal to this group does not end it before the report is
 * written.
 * @throws {UsageError} if the command exits with 2. The message is the command's own.
 * @throws {Error} if the command ends for another reason before it is ready. The message has its last lines.
 */
export const startTargetProcess = async ({ file, args, signal }: TargetCommand): Promise<TargetProcess> => {
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  child.stdin.on('error', () => {}); // it has ended already
  const askToEnd = (): void => {
    child.stdin.end();
  };
  signal?.addEventListener('abort', askToEnd);
  const lastLines: string[] = [];
  const readings = new Map<string, { reading: QueueReading; atMs: number }>();
  let fanOut = new FanOutLog();
  let lastLineAtMs = 0;
  let ending: string | undefined;
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', kill);
  child.once('exit', (code, signal) => {
    process.off('exit', kill);
    // After a signal, the last line does not give the reason: a crash prints addresses last.
    const why = signal === null && lastLines.length > 0 ? `: ${lastLines.at(-1)}` : '';
    ending = `its process ended (${signal ?? `exit code ${code}`})${why}`;
  });
  createInterface({ input: child.stderr }).on('line', (line) => {
    lastLines.push(line);
    if (lastLines.length > MAX_LAST_LINES) lastLines.shift();
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    // At `exit` the last lines may not have arrived yet.
    child.once('close', (code) => {
      const printed = lastLines.join('\n');
      if (code === EXIT.badInput && printed) reject(new UsageError(printed));
      else reject(new Error(`The target did not start: ${printed || ending}`));
    });
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = parseLine(text);
      lastLineAtMs = Date.now();
      if (line?.type === 'ready') resolve(line.apis[0]?.webSocketUrl ?? '');
      else if (line?.type === 'queue') readings.set(line.name, { reading: line, atMs: Date.now() });
      else if (line?.type === 'log') fanOut.record(line.line);
      else if (!line) lastLines.push(text);
    });
  });
  signal?.removeEventListener('abort', askToEnd); // from now on the target runs until the report is written
  return {
    url,
    queues: () =>
      [...readings.values()].map(({ reading: { name, visible, inFlight, oldestAgeMs }, atMs }) =>
        Date.now() - atMs > EMPTY_AFTER_MS
          ? { name, visible: 0, inFlight: 0, oldestAgeMs: 0 }
          : { name, visible, inFlight, oldestAgeMs },
      ),
    fanOut: () => fanOut.summary(),
    resetFanOut: () => {
      fanOut = new FanOutLog();
    },
    untilQuiet: async () => {
      const deadlineMs = Date.now() + MAX_QUIET_MS;
      while (ending === undefined && Date.now() < Math.min(lastLineAtMs + QUIET_MS, deadlineMs))
        await sleep(QUIET_MS / 10);
    },
    ended: () => ending,
    stop: async (timeoutMs = STOP_TIMEOUT_MS) => {
      if (ending !== undefined) return;
      const exited = new Promise((resolve) => child.once('exit', resolve));
      const timer = setTimeout(kill, timeoutMs);
      askToEnd();
      await exited;
      clearTimeout(timer);
    },
  };
};

/** Adds up the accounts that the fan-out logs. */
class FanOutLog {
  readonly #records: Counts = {};
  #account: AccountCounts | undefined;

  record(line: string): void {
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

const parseLine = (text: string): TargetLine | undefined => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
