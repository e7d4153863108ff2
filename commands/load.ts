// `npm run load`: load-tests a stage and writes a report. See docs/load-testing.md.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runLoad } from '../packages/load/generator/run-load.ts';
import { checkOpenFiles } from '../packages/load/input/check-open-files.ts';
import { checkTarget } from '../packages/load/input/check-target.ts';
import type { LoadArguments } from '../packages/load/input/load-arguments.ts';
import { LOAD_HELP } from '../packages/load/input/load-help.ts';
import { readLoadArguments } from '../packages/load/input/read-load-arguments.ts';
import { warmUp } from '../packages/load/input/warm-up.ts';
import { withQuery } from '../packages/load/input/with-query.ts';
import { ProgressDisplay } from '../packages/load/live-progress.ts';
import { awsProfile, type FanOutProfile, localProfile } from '../packages/load/plan/fan-out-profile.ts';
import { predictRun } from '../packages/load/plan/predict-run.ts';
import { PRICES_AND_QUOTAS } from '../packages/load/plan/prices-and-quotas.ts';
import { buildReport } from '../packages/load/report/build-report.ts';
import { reportPage } from '../packages/load/report/page/report-page.ts';
import { readReport } from '../packages/load/report/read-report.ts';
import type { Report } from '../packages/load/report/report-schema.ts';
import { summaryTable } from '../packages/load/report/summary-table.ts';
import { writeWhole } from '../packages/load/report/write-whole.ts';
import { startTargetProcess, type TargetProcess } from '../packages/load/target-process.ts';
import { InputError } from '../packages/load/workload/input-error.ts';
import type { Target } from '../packages/load/workload/target.ts';
import { parseFaults } from '../packages/local/faults/parse-faults.ts';

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

const exitCodeOf = (report: Report, conditions: LoadArguments['failOn']): number => {
  const met = conditions.filter((condition) => condition.isMet(report));
  for (const { text, value } of met) process.stdout.write(`Failed: ${text} (measured ${value(report)})\n`);
  if (report.ended.reason === 'interrupted') return EXIT.interrupted;
  return met.length > 0 || report.ended.reason === 'target died' ? EXIT.failed : EXIT.done;
};

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** What the planner takes a target for that was not started here: a stage with the defaults of the stack, or nothing it knows. */
const stageProfile = (url: string): FanOutProfile | undefined => {
  if (LOOPBACK.includes(new URL(url).hostname)) return undefined;
  const { requestsPerSecond, concurrency } = PRICES_AND_QUOTAS;
  return awsProfile({ requestsPerSecond: requestsPerSecond.value, concurrency: concurrency.value }, PRICES_AND_QUOTAS);
};

const checkFaults = (faults: readonly string[]): void => {
  try {
    parseFaults(faults);
  } catch (error) {
    throw new InputError((error as Error).message);
  }
};

const startLocalRun = (faults: readonly string[]): Promise<TargetProcess> =>
  startTargetProcess({
    file: process.execPath,
    args: [LOCAL_RUN, '--json', '--port', '0', ...faults.flatMap((fault) => ['--fault', fault])],
  });

/** What a run is watched and stopped by. */
interface Watch {
  display: ProgressDisplay;
  signals: ReturnType<typeof listenForInterrupts>;
}

const warmUpLocalRun = async (
  { workload, processes, cold, faults }: LoadArguments,
  target: Target,
  local: TargetProcess,
  { display, signals }: Watch,
): Promise<FanOutProfile | undefined> => {
  if (cold || faults.length > 0) return undefined;
  display.say('Warming up…');
  const options = { target, workload: warmUp(workload), processes, ...signals };
  const { times } = await runLoad({ ...options, queues: local.queues, targetEnded: local.ended });
  await local.quiet(); // $disconnect has taken all rows of the warm-up then
  local.forgetFanOut();
  return localProfile(times, workload.phases[0]?.connections ?? 0, PRICES_AND_QUOTAS);
};

const load = async (args: LoadArguments, local: TargetProcess | undefined, watch: Watch): Promise<Report> => {
  const { display, signals } = watch;
  const { url, query, workload, processes } = args;
  const target = { ...args.target, url: withQuery(url ?? local?.url ?? '', query) };
  await checkTarget(target);
  const profile = local ? await warmUpLocalRun(args, target, local, watch) : stageProfile(target.url);
  const measured = await runLoad({
    ...{ target, workload, processes, ...signals },
    ...(local && { queues: local.queues, targetEnded: local.ended }),
    onProgress: (progress) => display.show(progress),
  });
  display.end();
  const fanOut = local?.fanOut() ?? { batchSizes: {}, account: {} };
  const report = buildReport(measured, { local: local !== undefined, fanOut });
  return { ...report, predictions: profile ? predictRun(report, profile) : [] };
};

const main = async (args: LoadArguments): Promise<number> => {
  const { url, workload, processes, faults, out, compare, failOn } = args;
  const old = compare === undefined ? undefined : await readReport(compare);
  const connections = Math.max(...workload.phases.map((phase) => phase.connections));
  // A local run holds the other end of every connection in one process.
  checkOpenFiles(url === undefined ? connections : Math.ceil(connections / processes));
  checkFaults(faults);
  const display = new ProgressDisplay(process.stderr);
  const signals = listenForInterrupts(display);
  if (url === undefined) display.say('Starting the local run…');
  const local = url === undefined ? await startLocalRun(faults) : undefined;
  try {
    const report = await load(args, local, { display, signals });
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
    process.exitCode = await main(readLoadArguments(process.argv.slice(2)));
  } catch (error) {
    process.exitCode = error instanceof InputError ? EXIT.badInput : EXIT.failed;
    process.stderr.write(`${(error as Error).message}\n`);
  }
}
