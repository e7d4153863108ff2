import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EXIT, Interrupted, runCommand, UsageError } from '../command-line/command.ts';
import { type Measurements, type RunOptions, runLoad } from './generator/run-load.ts';
import { checkOpenFiles, checkTarget } from './input/check-run.ts';
import type { FailCondition } from './input/fail-conditions.ts';
import { LOAD_OPTIONS, type Load, type LoadOptions, loadOf } from './input/load-options.ts';
import { ProgressDisplay } from './live-progress.ts';
import { awsProfile, type FanOutProfile, localProfile } from './plan/fan-out-profile.ts';
import { predictRun } from './plan/predict-run.ts';
import { PRICES_AND_QUOTAS } from './plan/prices-and-quotas.ts';
import { buildReport } from './report/build-report.ts';
import { reportPage } from './report/page/report-page.ts';
import { readReport } from './report/read-report.ts';
import { checkFolder, REPORT_FILES, type Report, writeAtomically } from './report/report.ts';
import { ENDINGS } from './report/report-facts.ts';
import { summaryTable } from './report/summary-table.ts';
import { startTargetProcess, type TargetProcess } from './target-process.ts';
import { withQuery } from './workload/target.ts';
import type { Phase } from './workload/workload.ts';

/**
 * `npm run load`.
 * @param chat The program to start if neither `--url` nor `--app` is given. `--example rooms` starts its example with
 * channels.
 * @see docs/load-testing.md
 */
export const loadCommand = (chat?: string): Promise<void> =>
  runCommand(
    {
      usage: 'npm run load -- [options]',
      about: `Sends messages over a WebSocket URL and checks what every client received. Without --url it starts the local run.
The exit code is 1 if a --fail-on condition is met or the target stops.`,
      options: LOAD_OPTIONS,
    },
    (options) => loadAndReport(options, chat),
  );

const loadAndReport = async (options: LoadOptions, chat?: string): Promise<void> => {
  const { url, fault, out, compare, failOn } = options;
  const localRun = url === undefined ? findLocalRun(options, chat) : [];
  const asked = loadOf(options);
  const old = compare === undefined ? undefined : await readReport(compare);
  const connections = Math.max(...asked.workload.phases.map((phase) => phase.connections));
  // The local run has the other end of every connection in one process.
  checkOpenFiles(url === undefined ? connections : Math.ceil(connections / asked.processes));
  await checkFolder(out);
  const display = new ProgressDisplay(process.stderr);
  const signals = listenForInterrupts(display);
  if (url === undefined) display.printLine('Starting the local run…');
  const local = url === undefined ? await startLocalRun(localRun, fault, signals.stop) : undefined;
  try {
    const report = await measure(options, asked, { display, signals }, local);
    // Before the files, so that the summary is printed even if they cannot be written.
    process.stdout.write(`${summaryTable(report, old)}\n`);
    process.exitCode = exitCodeOf(report, failOn.flat());
    await writeReports(out, report, old);
  } finally {
    await local?.stop(signals.endNow.aborted ? 0 : undefined);
  }
};

const writeReports = async (out: string, report: Report, old: Report | undefined): Promise<void> => {
  const [json, page] = [join(out, REPORT_FILES.json), join(out, REPORT_FILES.page)];
  let remainder = 'Only its summary was printed.';
  try {
    await writeAtomically(json, `${JSON.stringify(report, null, 1)}\n`);
    remainder = `${json} has the whole report.`;
    await writeAtomically(page, reportPage(report, old));
  } catch (error) {
    throw new Error(`The report could not be written to ${out}: ${(error as Error).message}. ${remainder}`);
  }
  process.stdout.write(`The report is in ${page} and ${REPORT_FILES.json}.\n`);
};

/** Longest time to write the report after the second interrupt, in milliseconds. */
const LAST_REPORT_MS = 5_000;

/**
 * The first CTRL+C stops sending. The second stops waiting for late deliveries. The third ends the process immediately.
 * A SIGTERM, and the end of the terminal or of npm, do what the second CTRL+C does.
 */
const listenForInterrupts = (display: ProgressDisplay): { stop: AbortSignal; endNow: AbortSignal } => {
  const stop = new AbortController();
  const endNow = new AbortController();
  const stopWaiting = (): void => {
    stop.abort();
    endNow.abort();
    setTimeout(() => process.exit(EXIT.interrupted), LAST_REPORT_MS).unref();
  };
  process.on('SIGINT', () => {
    if (endNow.signal.aborted) process.exit(EXIT.interrupted);
    if (stop.signal.aborted) return stopWaiting();
    display.printLine('Stopping: waiting for late deliveries. Press CTRL+C again to stop waiting.');
    stop.abort();
  });
  process.on('SIGTERM', stopWaiting);
  process.on('SIGHUP', stopWaiting);
  return { stop: stop.signal, endNow: endNow.signal };
};

/** Returns the program that runs the target on this machine, and its arguments. */
const findLocalRun = ({ app, channels }: LoadOptions, chat: string | undefined): readonly string[] => {
  if (app === undefined && chat === undefined)
    throw new UsageError(
      'Pass the URL of a stage with --url wss://…, or run an application here with --app "npx cdk synth"',
    );
  if (app !== undefined) return [findLocalPackage(), '--app', app];
  return [chat as string, ...(channels === undefined ? [] : ['--example', 'rooms'])];
};

/** @throws {UsageError} if the package of the local run is not installed. */
const findLocalPackage = (): string => {
  const require = createRequire(import.meta.url);
  try {
    const manifest = require.resolve('middy-fanout-local/package.json');
    const { bin } = require(manifest) as { bin: Record<string, string> };
    // In a checkout it is the source, because `dist/` may be old.
    const source = join(dirname(manifest), 'cli/main.ts');
    return existsSync(source) ? source : join(dirname(manifest), bin['middy-fanout-local'] ?? '');
  } catch (cause) {
    throw new UsageError('--app needs the local run. Install it: npm install --save-dev middy-fanout-local', { cause });
  }
};

const startLocalRun = async (
  program: readonly string[],
  faults: readonly string[],
  stop: AbortSignal,
): Promise<TargetProcess> => {
  const args = [
    ...program,
    '--json',
    '--port',
    '0',
    '--end-with-input',
    ...faults.flatMap((fault) => ['--fault', fault]),
  ];
  const starting = startTargetProcess({ file: process.execPath, args, signal: stop });
  return starting.catch((error) => {
    throw stop.aborted ? nothingMeasured() : error;
  });
};

const nothingMeasured = (): Interrupted =>
  new Interrupted('Interrupted before the first measurement. No report was written.');

interface RunControls {
  display: ProgressDisplay;
  signals: ReturnType<typeof listenForInterrupts>;
}

const measure = async (
  { url, query, cold, fault }: LoadOptions,
  { target, ...load }: Load,
  { display, signals }: RunControls,
  local: TargetProcess | undefined,
): Promise<Report> => {
  const run = { ...load, target: { ...target, url: withQuery(url ?? local?.url ?? '', query) }, ...signals };
  await checkTarget(run.target, local && 'The local run', signals.stop);
  // The planner predicts broadcasts.
  const isBroadcast = load.workload.channels === undefined;
  let profile = local || !isBroadcast ? undefined : stageProfile(run.target.url);
  if (local && isBroadcast && !cold && fault.length === 0 && !signals.stop.aborted) {
    display.printLine('Warming up…');
    profile = await warmUp({ ...run, endNow: signals.stop }, local);
  }
  if (signals.stop.aborted) throw nothingMeasured();
  const measured = await runLoad({
    ...run,
    ...(local && { queues: local.queues, targetEnded: local.ended }),
    onProgress: (progress) => display.show(progress),
  });
  display.end();
  if (!hasMeasured(measured)) throw emptyRunError(measured);
  const fanOut = local?.fanOut() ?? { batchSizes: {}, account: {} };
  const report = buildReport(measured, { local: local !== undefined, fanOut });
  return { ...report, predictions: profile ? predictRun(report, profile) : [] };
};

const hasMeasured = ({ timeline: { totals, intervals } }: Measurements): boolean =>
  totals.sent > 0 || intervals.length > 0;

/** A run without measurements writes no report, so that the report of the last run stays. */
const emptyRunError = ({ ended: { reason, detail } }: Measurements): Error =>
  reason === 'interrupted' || reason === 'finished'
    ? nothingMeasured()
    : new Error(`${ENDINGS[reason]} before the first measurement: ${detail}. No report was written.`);

const WARM_UP_MS = 6_000;
const WARM_UP_SETTLE_MS = 1_000;
/** So low that each message is delivered before the next one is sent. */
const WARM_UP_POSTS_PER_SECOND = 2_000;
const [MIN_PER_SECOND, MAX_PER_SECOND] = [0.5, 10];

/**
 * Sends messages to a local run before the measurement, with the same connections and message size, one message at a
 * time. Afterwards its functions are warm.
 * @returns The speed of the fan-out. `undefined` if no message was delivered.
 */
const warmUp = async (run: RunOptions, local: TargetProcess): Promise<FanOutProfile | undefined> => {
  const [{ connections }] = run.workload.phases as readonly [Phase];
  const workload = { ...run.workload, phases: [warmUpPhase(connections)], slowShare: 0, settleMs: WARM_UP_SETTLE_MS };
  const { times } = await runLoad({ ...run, workload, queues: local.queues, targetEnded: local.ended });
  if (!run.endNow?.aborted) await local.untilQuiet(); // afterwards $disconnect has deleted all rows of the warm-up
  local.resetFanOut();
  return localProfile(times, connections, PRICES_AND_QUOTAS);
};

const warmUpPhase = (connections: number): Phase => {
  const rate = Math.min(MAX_PER_SECOND, Math.max(MIN_PER_SECOND, WARM_UP_POSTS_PER_SECOND / connections));
  return {
    ...{ name: 'warm-up', durationMs: WARM_UP_MS, rateFrom: rate, rateTo: rate, burst: 0 },
    ...{ connections, churnPerSecond: 0 },
  };
};

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** The planner's assumptions for `--url`: the defaults of the stack on AWS. A local target has none. */
const stageProfile = (url: string): FanOutProfile | undefined => {
  if (LOOPBACK.includes(new URL(url).hostname)) return undefined;
  const { requestsPerSecond, concurrency } = PRICES_AND_QUOTAS;
  return awsProfile({ requestsPerSecond: requestsPerSecond.value, concurrency: concurrency.value }, PRICES_AND_QUOTAS);
};

const exitCodeOf = (report: Report, conditions: readonly FailCondition[]): number => {
  const met = conditions.filter((condition) => condition.isMet(report));
  for (const { text, value } of met) process.stdout.write(`Failed: ${text} (measured ${value(report)})\n`);
  if (report.ended.reason === 'interrupted') return EXIT.interrupted;
  return met.length > 0 || report.ended.reason !== 'finished' ? EXIT.failed : EXIT.done;
};
