// The door of the local run for commands.
import { isIP } from 'node:net';
import {
  EXIT,
  expecting,
  type Options,
  type Parse,
  pair,
  type Values,
  wholeNumber,
} from '../../command-line/command.ts';
import { parseFaults } from '../faults/parse-faults.ts';
import type { UsageReport } from '../iam/report-usage.ts';
import type { LocalLog } from '../model/local-event.ts';
import type { LocalRun } from '../run/start-local.ts';
import { keepInStep } from './keep-in-step.ts';
import { openPrinter } from './open-printer.ts';
import { type SynthesizeOptions, synthesize } from './synthesize.ts';

const fault: Parse<string> = (given) => {
  parseFaults([given]);
  return given;
};

/** An IPv6 address may stand in brackets, as in a URL. */
const host: Parse<string> = expecting('an address such as 127.0.0.1 or ::1, or a name', (given) => {
  const bare = given.replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) > 0 || /^\w[\w.-]*$/.test(bare) ? bare : undefined;
});

/** What every command that runs an application takes. */
export const LOCAL_OPTIONS = {
  port: {
    type: wholeNumber(0, 65_535),
    default: '3001',
    help: 'port of the first WebSocket API; further ones take the next. 0 takes free ones',
  },
  host: { type: host, default: '127.0.0.1', help: 'address to listen on' },
  stage: { type: 'text', value: 'NAME', help: 'the stage to run' },
  'cdk-out': { type: 'text', value: 'DIR', help: 'run this cloud assembly, without synthesizing' },
  json: { type: 'flag', help: 'print one JSON object a line' },
  verbose: { type: 'flag', help: 'show what functions log at level info too, beside keeping it in the log file' },
  'iam-report': { type: 'flag', help: 'list grants that were never used, at the end' },
  'log-file': {
    type: 'text',
    value: 'FILE',
    help: 'keep the lines that functions print in this file, those of the last run',
  },
  fault: {
    type: fault,
    repeated: true,
    value: 'SPEC',
    help: `break something on purpose: post:410=1%, post:429=1%, post:hang=1%,
post:delay=20ms±10ms, sqs:duplicate=1%, sqs:delay=2s±1s, dynamodb:throttle=1%,
function:crash=1%, function:crash=NAME@1%`,
  },
  'end-with-input': {
    type: 'flag',
    help: 'end with the standard input, and at no signal: for a program that runs it',
  },
  seed: { type: wholeNumber(0, 2 ** 32 - 1), default: '1', help: 'makes faults the same each time' },
  parameter: {
    type: pair(/^([^=]+)=(.*)$/s, 'NAME=VALUE'),
    repeated: true,
    value: 'NAME=VALUE',
    help: 'value of a template parameter',
  },
  ignore: {
    type: 'text',
    repeated: true,
    value: 'NAME',
    help: 'leave out a resource by logical id, or all of a type',
  },
} as const satisfies Options;

export interface RunnableApplication {
  /** Its cloud assembly, or what makes it. */
  assembly: string | SynthesizeOptions;
  /** A folder of static files that is served at `/`. */
  pages?: string;
  /** Sources whose changes call for another synthesis. Default: none. */
  sources?: { folders: readonly string[]; ignored?: readonly string[]; synthesis: SynthesizeOptions };
  /** Watches the code of functions, which is swapped without another synthesis. Returns what ends that. */
  watchCode?: (run: Pick<LocalRun, 'reloadCode'>, notice: (line: string) => void) => Promise<() => Promise<void>>;
}

/**
 * Runs an application until it is asked to end, and tells on stdout what happens. Resolves when everything has ended.
 * @throws {Error} in a sentence, if it cannot be synthesized or run.
 */
export const runApplication = async (
  options: Values<typeof LOCAL_OPTIONS>,
  application: RunnableApplication,
): Promise<void> => {
  const askedToEnd = listenForEnd(options.endWithInput);
  // Only here: commands that look for a run that is there start in half the time without it.
  const { startLocal } = await import('../run/start-local.ts');
  const log = openPrinter(options);
  // A reader that has enough (`| head`) is no reason to fail. A terminal that is gone is none to end.
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => code === 'EPIPE' && process.exit(EXIT.done));
  const { assembly, pages } = application;
  process.env.TZ = 'UTC'; // Lambda's. A thread has the time zone of its process.
  const run = await startLocal({
    ...options,
    faults: options.fault,
    parameters: Object.fromEntries(options.parameter),
    cdkOut: typeof assembly === 'string' ? assembly : await synthesize(assembly),
    ...(pages !== undefined && { pages }),
    log,
  });
  const ended = askedToEnd();
  let endWatching: (() => Promise<void>) | undefined;
  try {
    log(run.ready);
    endWatching = await watch(application, run, log);
    await ended;
    if (options.iamReport) process.stdout.write(`${describeUsage(run.usage(), options.json)}\n`);
  } finally {
    await endWatching?.();
    await run.stop();
  }
};

/** How long everything may take to end, except at CTRL+C: whoever has pressed that waits, or presses it again. */
const END_WITHIN_MS = 700;

/**
 * Listens for what asks this process to end. Until there is anything to end well, it ends at once.
 * @returns what is called when there is: it resolves when the process has been asked.
 */
const listenForEnd = (withInput: boolean): (() => Promise<void>) => {
  const asked = Promise.withResolvers<void>();
  let end = (): void => process.exit(EXIT.interrupted);
  let isEnding = false;
  const endNow = (): void => {
    setTimeout(() => process.exit(), END_WITHIN_MS).unref();
    end();
  };
  if (withInput) process.stdin.on('end', endNow).on('error', endNow).resume();
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

const watch = async (
  { sources, watchCode }: RunnableApplication,
  run: LocalRun,
  log: LocalLog,
): Promise<() => Promise<void>> => {
  const ending = new AbortController();
  const again = sources && (() => synthesize({ ...sources.synthesis, signal: ending.signal }));
  const endSources = again && (await keepInStep({ run, log, ...sources, synthesize: again }));
  const endCode = await watchCode?.(run, (line) => log({ type: 'notice', line }));
  return async () => {
    ending.abort();
    await Promise.all([endSources?.(), endCode?.()]);
  };
};

const describeUsage = ({ unused, notObserved }: UsageReport, json: boolean): string => {
  if (json) return JSON.stringify({ type: 'iam-report', unused, notObserved });
  const grants = unused.map((grant) => `  ${grant.statementId}: ${grant.unused} ${grant.pattern}`);
  return [
    ...(unused.length === 0 ? ['Every grant was used.'] : ['Grants that were never used in this run:', ...grants]),
    ...(notObserved.length === 0 ? [] : [`Not observed here, so nothing is said of: ${notObserved.join(', ')}`]),
  ].join('\n');
};
