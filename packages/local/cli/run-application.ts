// Commands import this file to run an application.
import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  EXIT,
  expecting,
  type Options,
  type Parse,
  pair,
  UsageError,
  type Values,
  wholeNumber,
} from '../../command-line/command.ts';
import { parseFaults } from '../faults/parse-faults.ts';
import type { UsageReport } from '../iam/report-usage.ts';
import type { LocalLog } from '../model/local-event.ts';
import type { LocalRun } from '../run/start-local.ts';

import { openPrinter } from './open-printer.ts';
import { resynthesizeOnChange } from './resynthesize-on-change.ts';
import { type SynthesizeOptions, synthesize } from './synthesize.ts';
import type { WatchedSources } from './watched-sources.ts';

const fault: Parse<string> = (given) => {
  parseFaults([given]);
  return given;
};

const oneValue = pair(/^(\{\{[^{}]*\}\}|[^=]+)=(.*)$/s, 'NAME=VALUE or @FILE', true);

/**
 * `NAME=VALUE`, or `@FILE` with a JSON object of names and values. The values may be secrets, so no error shows them.
 */
const value: Parse<[name: string, value: string][]> = (given, option) => {
  if (!given.startsWith('@')) return [oneValue(given, option)];
  const values = readValues(given.slice(1));
  if (values !== undefined) return Object.entries(values);
  throw new UsageError(`${option}: expected a file with a JSON object of names and strings at ${given.slice(1)}.`);
};

const readValues = (file: string): Record<string, string> | undefined => {
  try {
    const values: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const isObject = typeof values === 'object' && values !== null && !Array.isArray(values);
    return isObject && Object.values(values).every((one) => typeof one === 'string') ? { ...values } : undefined;
  } catch {
    return undefined;
  }
};

/** An IPv6 address can have brackets, as in a URL. */
const host: Parse<string> = expecting('an address such as 127.0.0.1 or ::1, or a host name', (given) => {
  const bare = given.replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) > 0 || /^\w[\w.-]*$/.test(bare) ? bare : undefined;
});

const stage: Parse<string> = expecting('a stage name of letters, digits, "-" and "_"', (given) =>
  /^[\w-]{1,128}$/.test(given) ? given : undefined,
);

/** The options of every command that runs an application. */
export const LOCAL_OPTIONS = {
  port: {
    type: wholeNumber(0, 65_535),
    default: '3001',
    help: 'port of the first WebSocket API; the others use the next ports. 0: any free ports',
  },
  host: { type: host, default: '127.0.0.1', help: 'address to listen on' },
  stage: { type: stage, value: 'NAME', help: 'the stage in the URLs; default the first stage of each API' },
  'cdk-out': { type: 'text', value: 'DIR', help: 'run this cloud assembly without a synthesis' },
  json: { type: 'flag', help: 'print events as JSON, one object a line' },
  verbose: { type: 'flag', help: 'show lines that functions log at level info too' },
  'iam-report': { type: 'flag', help: 'at the end, list the grants that were never used' },
  'log-file': {
    type: 'text',
    value: 'FILE',
    help: 'file for the lines that functions print in this run',
  },
  fault: {
    type: fault,
    repeated: true,
    value: 'SPEC',
    help: `inject a fault: post:410=1%, post:429=1%, post:hang=1%,
post:delay=20ms±10ms, sqs:duplicate=1%, sqs:delay=2s±1s, dynamodb:throttle=1%,
function:crash=1%, function:crash=NAME@1%`,
  },
  'end-with-input': {
    type: 'flag',
    help: 'end when the standard input ends, and ignore signals: for a program that starts this one',
  },
  seed: {
    type: wholeNumber(0, 2 ** 32 - 1),
    default: '1',
    help: 'seed of the injected faults: the same seed gives the same faults',
  },
  parameter: {
    type: pair(/^([^=]+)=(.*)$/s, 'NAME=VALUE'),
    repeated: true,
    value: 'NAME=VALUE',
    help: 'value of a template parameter',
  },
  value: {
    type: value,
    repeated: true,
    value: 'NAME=VALUE',
    help: `what a deployment would find in an account: NAME is {{resolve:ssm:/my/param}}, a resource
(UserPool, UserPool.Arn), a parameter or an export; @FILE has a JSON object of them`,
  },
  'issue-tokens': {
    type: 'flag',
    help: "issue tokens of the application's Cognito user pools, at /token?sub=NAME&use=access",
  },
  ignore: {
    type: 'text',
    repeated: true,
    value: 'NAME',
    help: 'leave out a resource by its logical id, or all resources of a type',
  },
} as const satisfies Options;

export interface RunnableApplication {
  /** The folder of its cloud assembly, or the command that makes it. */
  assembly: string | SynthesizeOptions;
  /** The folder of the page at `/`. Default: the page that can talk to any application. */
  pages?: string | undefined;
  /** Sources to watch. A change starts a synthesis, or reads the assembly again. Default: no sources. */
  sources?: WatchedSources & { synthesis: string | SynthesizeOptions };
  /** Watches the code of functions, which is reloaded without a synthesis. Returns a function that stops the watch. */
  watchCode?: (run: Pick<LocalRun, 'reloadCode'>, notice: (line: string) => void) => Promise<() => Promise<void>>;
}

/**
 * Runs an application until a signal ends it, and prints its events to stdout. Resolves when every part has stopped.
 * @throws {UsageError} if an option does not fit the application.
 * @throws {Error} if the application cannot be synthesized or run. The message is for the developer.
 */
export const runApplication = async (
  options: Values<typeof LOCAL_OPTIONS>,
  application: RunnableApplication,
): Promise<void> => {
  checkCdkOut(options.cdkOut);
  const askedToEnd = listenForEnd(options.endWithInput);
  // A lazy import: commands that only look for a local run start twice as fast without it.
  const { startLocal } = await import('../run/start-local.ts');
  const log = openPrinter(options);
  // A closed pipe (`| head`) ends the run without a failure. A closed terminal does not end it.
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => code === 'EPIPE' && process.exit(EXIT.done));
  const { assembly } = application;
  process.env.TZ = 'UTC'; // Lambda's. A thread has the time zone of its process.
  const cdkOut = typeof assembly === 'string' ? assembly : await synthesize(assembly);
  const run = await startLocal({
    ...options,
    faults: options.fault,
    parameters: Object.fromEntries(options.parameter),
    values: Object.fromEntries(options.value.flat()),
    cdkOut,
    pages: application.pages ?? fileURLToPath(new URL('../console', import.meta.url)),
    log,
  });
  const ended = askedToEnd();
  const endings: (() => Promise<void>)[] = [];
  try {
    const { sources, watchCode } = application;
    if (sources) endings.push(await watchForSynthesis(sources, cdkOut, run, log));
    log({ ...run.ready, ...(sources && { reload: sources.description }) });
    if (watchCode) endings.push(await watchCode(run, (line) => log({ type: 'notice', line })));
    await ended;
    if (options.iamReport) process.stdout.write(`${describeUsage(run.usage(), options.json)}\n`);
  } finally {
    await Promise.all(endings.map((end) => end()));
    await run.stop();
  }
};

const checkCdkOut = (folder: string | undefined): void => {
  if (folder === undefined || existsSync(join(folder, 'manifest.json'))) return;
  throw new UsageError(
    `--cdk-out: expected a folder with a cloud assembly, got ${JSON.stringify(folder)} without a manifest.json. Run "npx cdk synth" first.`,
  );
};

/** Longest time to stop, in milliseconds. CTRL+C has no limit, because a second CTRL+C ends the run immediately. */
const STOP_TIMEOUT_MS = 700;

/**
 * Listens for signals, or for the end of the standard input. Until the run has started, they end the process
 * immediately.
 * @returns A function to call when the run has started. Its promise resolves at the next signal.
 */
const listenForEnd = (withInput: boolean): (() => Promise<void>) => {
  const asked = Promise.withResolvers<void>();
  let end = (): void => process.exit(EXIT.interrupted);
  let isEnding = false;
  const endNow = (): void => {
    setTimeout(() => process.exit(), STOP_TIMEOUT_MS).unref();
    end();
  };
  if (withInput) {
    process.stdin.on('end', endNow).on('error', endNow).resume();
    // If the run could not start, an open standard input does not keep the process alive.
    process.stdin.unref?.();
  }
  process.on('SIGINT', () => {
    if (withInput) return;
    if (isEnding) process.exit(EXIT.interrupted);
    end();
  });
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => withInput || endNow());
  return () => {
    end = () => {
      isEnding = true;
      asked.resolve();
    };
    return asked.promise;
  };
};

const watchForSynthesis = async (
  { synthesis, folders, ...sources }: NonNullable<RunnableApplication['sources']>,
  cdkOut: string,
  run: LocalRun,
  log: LocalLog,
): Promise<() => Promise<void>> => {
  const ending = new AbortController();
  const again = async (): Promise<string> =>
    typeof synthesis === 'string' ? synthesis : synthesize({ ...synthesis, signal: ending.signal });
  const end = await resynthesizeOnChange({ run, log, ...sources, folders: folders(cdkOut), synthesize: again });
  return async () => {
    ending.abort();
    await end();
  };
};

const describeUsage = ({ unused, notObserved }: UsageReport, json: boolean): string => {
  if (json) return JSON.stringify({ type: 'iam-report', unused, notObserved });
  const grants = unused.map((grant) => `  ${grant.statementId}: ${grant.unused} ${grant.pattern}`);
  return [
    ...(unused.length === 0 ? ['Every grant was used.'] : ['Grants that were never used in this run:', ...grants]),
    ...(notObserved.length === 0 ? [] : [`Not observed in a local run: ${notObserved.join(', ')}`]),
  ].join('\n');
};
