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
import { checkFolder, REPORT_FILES, type Report, writeWhole } from './report/report.ts';
import { ENDINGS } from './report/report-facts.ts';
import { summaryTable } from './report/summary-table.ts';
import { startTargetProcess, type TargetProcess } from './target-process.ts';
import { withQuery } from './workload/target.ts';
import type { Phase } from './workload/workload.ts';

/** `npm run load`. See docs/load-testing.md. @param chat The program to start if neither `--url` nor `--app` is given. */
export const loadCommand = (chat?: string): Promise<void> =>
  runCommand(
    {
      usage: 'npm run load -- [options]',
      about: `Sends messages over a WebSocket URL and checks what every client received. Without --url it starts the local run.
It fails if a --fail-on condition is met or the target dies.`,
      options: LOAD_OPTIONS,
    },
    (options) => loadAndReport(options, chat),
  );

const loadAndReport = async (options: LoadOptions, chat?: string): Promise<void> => {
  const { url, fault, out, compare, failOn } = options;
  const localRun = url === undefined ? findLocalRun(options.app, chat) : [];
  const asked = loadOf(options);
  const old = compare === undefined ? undefined : await readReport(compare);
  const connections = Math.max(...asked.workload.phases.map((phase) => phase.connections));
  // A local run holds the other end of every connection in one process.
  checkOpenFiles(url === undefined ? connections : Math.ceil(connections / asked.processes));
  await checkFolder(out);
  const display = new ProgressDisplay(process.stderr);
  const signals = listenForInterrupts(display);
  if (url === undefined) display.say('Starting the local run…');
  const local = url === undefined ? await startLocalRun(localRun, fault, signals.stop) : undefined;
  try {
    const report = await measure(options, asked, { display, signals }, local);
    // First: nothing that is wrong with a file takes it away.
    process.stdout.write(`${summaryTable(report, old)}\n`);
    process.exitCode = exitCodeOf(report, failOn.flat());
    await writeReports(out, report, old);
  } finally {
    await local?.stop(signals.hurry.aborted ? 0 : undefined);
  }
};

const writeReports = async (out: string, report: Report, old: Report | undefined): Promise<void> => {
  const [json, page] = [join(out, REPORT_FILES.json), join(out, REPORT_FILES.page)];
  let left = 'Its summary is all there is.';
  try {
    await writeWhole(json, `${JSON.stringify(report, null, 1)}\n`);
    left = `${json} holds all of it.`;
    await writeWhole(page, reportPage(report, old));
  } catch (error) {
    throw new Error(`The report could not be written to ${out}: ${(error as Error).message}. ${left}`);
  }
  process.stdout.write(`${page} and ${REPORT_FILES.json} hold it all.\n`);
};

/** How long the report may take of a run that has to end now. */
const LAST_MS = 5_000;

/**
 * The first CTRL+C stops sending, the second waits for nothing, the third ends at once. A SIGTERM, and the end of the
 * terminal or of npm, are the second.
 */
const listenForInterrupts = (display: ProgressDisplay): { stop: AbortSignal; hurry: AbortSignal } => {
  const stop = new AbortController();
  const hurry = new AbortController();
  const waitForNothing = (): void => {
    stop.abort();
    hurry.abort();
    setTimeout(() => process.exit(EXIT.interrupted), LAST_MS).unref();
  };
  process.on('SIGINT', () => {
    if (hurry.signal.aborted) process.exit(EXIT.interrupted);
    if (stop.signal.aborted) return waitForNothing();
    display.say('Stopping: waiting for what is under way. CTRL+C again does not wait.');
    stop.abort();
  });
  process.on('SIGTERM', waitForNothing);
  process.on('SIGHUP', waitForNothing);
  return { stop: stop.signal, hurry: hurry.signal };
};

/** The program that runs the target on this machine, with its arguments. */
const findLocalRun = (app: string | undefined, chat: string | undefined): readonly string[] => {
  if (app === undefined && chat === undefined)
    throw new UsageError('Give --url wss://… of a stage, or --app "npx cdk synth" of an application to run here');
  return app === undefined ? [chat as string] : [findLocalPackage(), '--app', app];
};

/** @throws {UsageError} if the local run, a package of its own, is not installed. */
const findLocalPackage = (): string => {
  const require = createRequire(import.meta.url);
  try {
    const manifest = require.resolve('middy-fanout-local/package.json');
    const { bin } = require(manifest) as { bin: Record<string, string> };
    const packed = join(dirname(manifest), bin['middy-fanout-local'] ?? '');
    return existsSync(packed) ? packed : join(dirname(manifest), 'main.ts');
  } catch (cause) {
    throw new UsageError('--app needs the local run: npm install --save-dev middy-fanout-local', { cause });
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
  new Interrupted('Interrupted before anything was measured: nothing is written.');

/** What a run is watched and stopped by. */
interface Watch {
  display: ProgressDisplay;
  signals: ReturnType<typeof listenForInterrupts>;
}

const measure = async (
  { url, query, cold, fault }: LoadOptions,
  { target, ...load }: Load,
  { display, signals }: Watch,
  local: TargetProcess | undefined,
): Promise<Report> => {
  const run = { ...load, target: { ...target, url: withQuery(url ?? local?.url ?? '', query) }, ...signals };
  await checkTarget(run.target, local && 'The local run', signals.stop);
  let profile = local ? undefined : stageProfile(run.target.url);
  if (local && !cold && fault.length === 0 && !signals.stop.aborted) {
    display.say('Warming up…');
    profile = await warmUp({ ...run, hurry: signals.stop }, local);
  }
  if (signals.stop.aborted) throw nothingMeasured();
  const measured = await runLoad({
    ...run,
    ...(local && { queues: local.queues, targetEnded: local.ended }),
    onProgress: (progress) => display.show(progress),
  });
  display.end();
  if (!hasMeasured(measured)) throw endOf(measured);
  const fanOut = local?.fanOut() ?? { batchSizes: {}, account: {} };
  const report = buildReport(measured, { local: local !== undefined, fanOut });
  return { ...report, predictions: profile ? predictRun(report, profile) : [] };
};

const hasMeasured = ({ timeline: { totals, intervals } }: Measurements): boolean =>
  totals.sent > 0 || intervals.length > 0;

/** A run that has measured nothing leaves the report of the run before it. */
const endOf = ({ ended: { reason, detail } }: Measurements): Error =>
  reason === 'interrupted' || reason === 'finished'
    ? nothingMeasured()
    : new Error(`${ENDINGS[reason]} before anything was measured: ${detail}. Nothing is written.`);

const WARM_UP_MS = 6_000;
const WARM_UP_SETTLE_MS = 1_000;
/** Few enough that a message is through before the next is sent. */
const WARM_UP_POSTS_PER_SECOND = 2_000;
const [LEAST_PER_SECOND, MOST_PER_SECOND] = [0.5, 10];

/**
 * Gives a local run, before it is measured, as many connections and as large messages, one message at a time. Its
 * functions have started then.
 * @returns how fast they are; `undefined` if nothing was delivered.
 */
const warmUp = async (run: RunOptions, local: TargetProcess): Promise<FanOutProfile | undefined> => {
  const [{ connections }] = run.workload.phases as readonly [Phase];
  const workload = { ...run.workload, phases: [lightPhase(connections)], slowShare: 0, settleMs: WARM_UP_SETTLE_MS };
  const { times } = await runLoad({ ...run, workload, queues: local.queues, targetEnded: local.ended });
  if (!run.hurry?.aborted) await local.quiet(); // $disconnect has taken all rows of the warm-up then
  local.forgetFanOut();
  return localProfile(times, connections, PRICES_AND_QUOTAS);
};

const lightPhase = (connections: number): Phase => {
  const rate = Math.min(MOST_PER_SECOND, Math.max(LEAST_PER_SECOND, WARM_UP_POSTS_PER_SECOND / connections));
  return {
    ...{ name: 'warm-up', durationMs: WARM_UP_MS, rateFrom: rate, rateTo: rate, burst: 0 },
    ...{ connections, churnPerSecond: 0 },
  };
};

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** The planner's assumptions for `--url`: the stack's defaults on AWS, nothing for a local target. */
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
