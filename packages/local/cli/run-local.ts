import { once } from 'node:events';
import type { UsageReport } from '../iam/report-usage.ts';
import type { LocalLog } from '../model/local-event.ts';
import { type LocalRun, startLocal } from '../run/start-local.ts';
import type { LocalOptions } from './local-options.ts';
import { openPrinter } from './open-printer.ts';

export interface RunLocalOptions {
  options: LocalOptions;
  /** Gives the cloud assembly to run. */
  cdkOut: () => Promise<string>;
  /** A folder of static files that is served at `/`. */
  pages?: string;
  /** Keeps the run up with its sources. Returns what ends that. */
  watch?: (run: LocalRun, log: LocalLog) => Promise<() => Promise<void>>;
}

/** Runs an application until CTRL+C, and tells on stdout what happens. Resolves when everything has ended. */
export const runLocal = async ({ options, cdkOut, pages, watch }: RunLocalOptions): Promise<void> => {
  const log = openPrinter(options);
  // A reader that has enough (`| head`) is no reason to fail.
  process.stdout.on('error', () => process.exit(0));
  const run = await startLocal({ ...options, cdkOut: await cdkOut(), ...(pages !== undefined && { pages }), log });
  // Before anybody is told that it is ready: from then on it may be asked to end.
  const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  let endWatching: (() => Promise<void>) | undefined;
  try {
    log(run.ready);
    endWatching = await watch?.(run, log);
    await interrupted;
    // Whoever cannot wait presses it again.
    process.once('SIGINT', () => process.exit(130));
  } finally {
    await endWatching?.();
    await run.stop();
  }
  if (options.iamReport) process.stdout.write(`${report(run, options.json)}\n`);
};

const report = (run: LocalRun, json: boolean): string =>
  json ? JSON.stringify({ type: 'iam-report', ...run.usage() }) : describeUsage(run.usage()).join('\n');

/** The end of a run with `--iam-report`. */
export const describeUsage = ({ unused, notObserved }: UsageReport): readonly string[] => [
  ...(unused.length === 0
    ? ['Every grant was used.']
    : [
        'Grants that were never used in this run:',
        ...unused.map((grant) => `  ${grant.statementId}: ${grant.unused} ${grant.pattern}`),
      ]),
  ...(notObserved.length === 0 ? [] : [`Not observed here, so nothing is said of: ${notObserved.join(', ')}`]),
];
