// `npm run load`: load-tests a stage and writes a report. See docs/load-testing.md.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runLoad } from '../load/generator/run-load.ts';
import { checkOpenFiles } from '../load/input/check-open-files.ts';
import { checkTarget } from '../load/input/check-target.ts';
import { InputError } from '../load/input/input-error.ts';
import { LOAD_HELP } from '../load/input/load-help.ts';
import { readLoadArguments } from '../load/input/read-load-arguments.ts';
import { ProgressDisplay } from '../load/live/progress-display.ts';
import { buildReport } from '../load/report/build-report.ts';
import { reportPage } from '../load/report/page/report-page.ts';
import { readReport } from '../load/report/read-report.ts';
import type { Report } from '../load/report/report-schema.ts';
import { summaryTable } from '../load/report/summary-table.ts';
import { writeWhole } from '../load/report/write-whole.ts';
import { startTargetProcess } from '../load/target-process.ts';

const EXIT = { done: 0, failed: 1, badInput: 2, interrupted: 130 } as const;
const LOCAL_RUN = fileURLToPath(new URL('./start.ts', import.meta.url));

/** The first CTRL+C stops sending, the second waits for nothing, the third ends at once. */
const listenForInterrupts = (display: ProgressDisplay): { stop: AbortSignal; hurry: AbortSignal } => {
  const stop = new AbortController();
  const hurry = new AbortController();
  const interrupt = (): void => {
    if (hurry.signal.aborted) process.exit(EXIT.interrupted);
    if (stop.signal.aborted) hurry.abort();
    else display.say('Stopping: waiting for what is under way. CTRL+C again does not wait.');
    stop.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return { stop: stop.signal, hurry: hurry.signal };
};

const exitCodeOf = (report: Report, conditions: ReturnType<typeof readLoadArguments>['failOn']): number => {
  const met = conditions.filter((condition) => condition.isMet(report));
  for (const { text, value } of met) process.stdout.write(`Failed: ${text} (measured ${value(report)})\n`);
  if (report.ended.reason === 'interrupted') return EXIT.interrupted;
  return met.length > 0 || report.ended.reason === 'target died' ? EXIT.failed : EXIT.done;
};

const load = async (args: readonly string[]): Promise<number> => {
  const { url, target, workload, processes, out, compare, failOn } = readLoadArguments(args);
  const old = compare === undefined ? undefined : await readReport(compare);
  const connections = Math.max(...workload.phases.map((phase) => phase.connections));
  // A local run holds the other end of every connection in one process.
  checkOpenFiles(url === undefined ? connections : Math.ceil(connections / processes));
  const display = new ProgressDisplay(process.stderr);
  const signals = listenForInterrupts(display);
  if (url === undefined) display.say('Starting the local run…');
  const local =
    url === undefined
      ? await startTargetProcess({ file: process.execPath, args: [LOCAL_RUN, '--json', '--port', '0'] })
      : undefined;
  try {
    const place = { ...target, url: url ?? local?.url ?? '' };
    await checkTarget(place);
    const measured = await runLoad({
      ...{ target: place, workload, processes, ...signals },
      ...(local && { queues: local.queues, targetEnded: local.ended }),
      onProgress: (progress) => display.show(progress),
    });
    display.end();
    const report = buildReport(measured, {
      local: local !== undefined,
      fanOut: local?.fanOut() ?? { batchSizes: {}, account: {} },
    });
    await writeWhole(join(out, 'report.json'), `${JSON.stringify(report, null, 1)}\n`);
    await writeWhole(join(out, 'report.html'), reportPage(report, old));
    process.stdout.write(`${summaryTable(report, old)}\n${join(out, 'report.html')} and report.json hold it all.\n`);
    return exitCodeOf(report, failOn);
  } finally {
    await local?.stop();
  }
};

if (process.argv.includes('--help')) process.stdout.write(LOAD_HELP);
else {
  try {
    process.exitCode = await load(process.argv.slice(2));
  } catch (error) {
    process.exitCode = error instanceof InputError ? EXIT.badInput : EXIT.failed;
    process.stderr.write(`${(error as Error).message}\n`);
  }
}
