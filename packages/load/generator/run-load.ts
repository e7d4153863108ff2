import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { QueueReading, Target } from '../workload/target.ts';
import { MAX_SETTLE_MS, type Phase, type Workload } from '../workload/workload.ts';
import type { MessageTimes } from './delivery-ledger.ts';
import { machineCpu, monotonicUs } from './machine.ts';
import { type Account, mergeTimes, settleAccount } from './settle-account.ts';
import { type Processes, startProcesses } from './start-processes.ts';
import { Timeline } from './timeline.ts';

export interface RunOptions {
  target: Target;
  workload: Workload;
  /** Generator processes, each with an equal share of connections and messages. */
  processes: number;
  /** The first abort stops sending and settles what is under way, see {@link hurry}. */
  stop?: AbortSignal;
  /** Ends the run without waiting for what is under way. */
  hurry?: AbortSignal;
  /** What the target tells of its queues at the moment. */
  queues?: () => readonly QueueReading[];
  /** Why the target's process has ended, once it has. */
  targetEnded?: () => string | undefined;
  /** Called about once a second. */
  onProgress?: (progress: Progress) => void;
}

export interface Progress {
  stage: 'connecting' | 'running' | 'settling';
  phase: Phase;
  elapsedMs: number;
  totalMs: number;
  timeline: Timeline;
  intervalSeconds: number;
}

export interface Measurements {
  target: Target;
  workload: Workload;
  processes: number;
  /** When the first phase started: wall clock, and shared clock. */
  startedAt: Date;
  startUs: number;
  endUs: number;
  rampMs: number;
  ended: { reason: 'finished' | 'interrupted' | 'target died' | 'generator died'; atUs: number; detail: string };
  intervalSeconds: number;
  timeline: Timeline;
  times: MessageTimes;
  account: Account;
  outages: readonly Outage[];
}

const POLL_MS = 50;
const PROGRESS_MS = 1_000;
/** So that all processes start together. */
const HEAD_START_US = 100_000;
/** On top of the ramp's own time: a handshake may take 29 seconds. */
const RAMP_GRACE_MS = 30_000;
/** Reports keep to so many intervals. */
const MAX_INTERVALS = 600;

/**
 * Runs a workload against a target and measures what its connections receive. It always ends: with a target that dies,
 * at most 5 seconds after its last connection closed; with a generator process that dies, with the figures of the others.
 */
export const runLoad = async (options: RunOptions): Promise<Measurements> => {
  const run = new Run(options);
  try {
    if (await run.connect()) {
      await run.perform();
      await run.settle();
    }
    return await run.account();
  } finally {
    await run.leave();
  }
};

class Run {
  readonly #options: RunOptions;
  readonly #totalMs: number;
  readonly #intervalSeconds: number;
  readonly #timeline: Timeline;
  readonly #processes: Processes;
  readonly #outages = new OutageWatch();
  readonly #progressTimer: NodeJS.Timeout;
  readonly #machineCpu = machineCpu();
  readonly #createdUs = monotonicUs();
  #stage: Progress['stage'] = 'connecting';
  #rampMs = 0;
  #startedAt = new Date();
  #startUs = Number.POSITIVE_INFINITY;
  #lastDeliveryUs = 0;
  #ended: Measurements['ended'] | undefined;

  constructor(options: RunOptions) {
    const { target, workload, processes, hurry } = options;
    this.#options = options;
    this.#totalMs = workload.phases.reduce((sum, { durationMs }) => sum + durationMs, 0);
    this.#intervalSeconds = Math.max(1, Math.ceil(this.#totalMs / 1_000 / MAX_INTERVALS));
    this.#timeline = new Timeline(this.#intervalSeconds, processes);
    const runId = randomBytes(4).toString('hex');
    this.#processes = startProcesses({
      tasks: Array.from({ length: processes }, (_, index) => ({ index, processes, runId, target, workload })),
      onSample: (index, { atUs, sample }) => {
        this.#timeline.add(index, atUs, sample);
        if (sample.deliveries > 0) this.#lastDeliveryUs = Math.max(this.#lastDeliveryUs, atUs);
        if (this.#stage !== 'connecting') this.#outages.note(atUs, this.#timeline.open);
      },
      onFailure: (how) => {
        const { detail, ...ended } = this.#ended ?? { reason: 'generator died', atUs: monotonicUs(), detail: '' };
        this.#ended = { ...ended, detail: [detail, how].filter(Boolean).join('; ') };
      },
      ...(hurry && { hurry }),
    });
    this.#progressTimer = setInterval(() => this.#progress(), PROGRESS_MS);
  }

  /** @returns whether there is a run after it. */
  async connect(): Promise<boolean> {
    const { phases, connectionsPerSecond } = this.#options.workload;
    const wanted = phases[0]?.connections ?? 0;
    const deadlineUs = this.#createdUs + (wanted / connectionsPerSecond) * 1e6 + RAMP_GRACE_MS * 1e3;
    await this.#until(() => this.#timeline.open >= wanted || monotonicUs() > deadlineUs);
    this.#rampMs = (monotonicUs() - this.#createdUs) / 1_000;
    return this.#ended === undefined;
  }

  async perform(): Promise<void> {
    this.#startUs = monotonicUs() + HEAD_START_US;
    this.#startedAt = new Date(Date.now() + HEAD_START_US / 1_000);
    this.#timeline.begin(this.#startUs);
    this.#processes.tell({ type: 'begin', atUs: this.#startUs });
    this.#stage = 'running';
    await this.#until(() => monotonicUs() >= this.#startUs + this.#totalMs * 1_000);
    // A process that is behind sends its last messages now: they settle from then on.
    await this.#processes.ask({ type: 'stop' }, 'stopped');
  }

  /** Waits until nothing has come for the settle time, and nothing is being worked on where the target tells. */
  async settle(): Promise<void> {
    if (this.#ended?.reason === 'target died') return;
    this.#stage = 'settling';
    this.#progress(); // it may be over before the next is due
    const stoppedUs = monotonicUs();
    const settleUs = this.#options.workload.settleMs * 1_000;
    let workedUs = stoppedUs;
    await this.#until(() => {
      const nowUs = monotonicUs();
      // Records that wait may wait for ever, in a dead-letter queue; those in flight are delivered or come back.
      if (this.#options.queues?.().some(({ inFlight }) => inFlight > 0)) workedUs = nowUs;
      const quiet = nowUs - Math.max(workedUs, this.#lastDeliveryUs) >= settleUs;
      return quiet || nowUs - stoppedUs > MAX_SETTLE_MS * 1_000 || this.#options.hurry?.aborted === true;
    });
  }

  async account(): Promise<Measurements> {
    const { target, workload, processes } = this.#options;
    const endUs = monotonicUs();
    const times = mergeTimes((await this.#processes.ask({ type: 'report' }, 'times')).map((answer) => answer.times));
    const settlement = { ...times, settleUs: workload.settleMs * 1_000, endUs };
    const answers = await this.#processes.ask({ type: 'account', settlement }, 'outcome');
    return {
      ...{ target, workload, processes, startedAt: this.#startedAt, startUs: this.#startUs, endUs, times },
      rampMs: this.#rampMs,
      ended: this.#ended ?? { reason: 'finished', atUs: this.#startUs + this.#totalMs * 1_000, detail: '' },
      intervalSeconds: this.#intervalSeconds,
      timeline: this.#timeline,
      account: settleAccount(
        answers.map(({ outcome }) => outcome),
        settlement,
      ),
      outages: this.#outages.outages,
    };
  }

  async leave(): Promise<void> {
    clearInterval(this.#progressTimer);
    await this.#processes.stop(this.#options.hurry?.aborted ? 0 : undefined);
  }

  /** Waits for `done`, or for the end of the run if that comes first. */
  async #until(done: () => boolean): Promise<void> {
    while (!this.#isOver() && !done()) await sleep(POLL_MS);
  }

  /** How it ended first is how it ended; a target that dies later is only no longer waited for. */
  #isOver(): boolean {
    const nowUs = monotonicUs();
    if (this.#options.stop?.aborted)
      this.#ended ??= { reason: 'interrupted', atUs: nowUs, detail: 'stopped by the user' };
    const died = this.#death(nowUs);
    if (died) this.#ended ??= { reason: 'target died', ...died };
    return died !== undefined || (this.#ended !== undefined && this.#stage !== 'settling');
  }

  #death(nowUs: number): { atUs: number; detail: string } | undefined {
    const detail = this.#options.targetEnded?.();
    if (detail !== undefined) return { atUs: nowUs, detail };
    if (!this.#outages.isDead(nowUs)) return undefined;
    const atUs = this.#outages.outages.at(-1)?.fromUs ?? nowUs;
    return { atUs, detail: 'every connection was closed and no new one was taken' };
  }

  #progress(): void {
    const { workload, queues, onProgress } = this.#options;
    const nowUs = monotonicUs();
    const startedUs = this.#stage === 'connecting' ? nowUs : this.#startUs;
    const elapsedMs = Math.max(0, (nowUs - startedUs) / 1_000);
    this.#timeline.observe({ queues: queues?.() ?? [], machineCpu: this.#machineCpu() });
    const phase = phaseAt(workload.phases, elapsedMs);
    onProgress?.({
      stage: this.#stage,
      phase,
      elapsedMs,
      totalMs: this.#totalMs,
      timeline: this.#timeline,
      intervalSeconds: this.#intervalSeconds,
    });
  }
}

const phaseAt = (phases: readonly Phase[], elapsedMs: number): Phase => {
  let endMs = 0;
  for (const phase of phases) {
    endMs += phase.durationMs;
    if (elapsedMs < endMs) return phase;
  }
  return phases.at(-1) as Phase;
};

/** A time at which no connection was open. Times are of the shared clock. */
export interface Outage {
  fromUs: number;
  /** `undefined` while it lasts. */
  toUs: number | undefined;
}

/** A target that takes no connection for so long is taken for dead. */
const DEAD_AFTER_US = 5_000_000;

/** Tells from the number of open connections when a target was away, and when it will not come back. */
export class OutageWatch {
  readonly outages: Outage[] = [];

  note(atUs: number, open: number): void {
    const last = this.outages.at(-1);
    const away = last !== undefined && last.toUs === undefined;
    if (open === 0 && !away) this.outages.push({ fromUs: atUs, toUs: undefined });
    else if (open > 0 && away) last.toUs = atUs;
  }

  isDead(nowUs: number): boolean {
    const last = this.outages.at(-1);
    return last !== undefined && last.toUs === undefined && nowUs - last.fromUs >= DEAD_AFTER_US;
  }
}
