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
  /** Stops sending. The run still waits for late deliveries. */
  stop?: AbortSignal;
  /** Ends the run without the wait for late deliveries. */
  endNow?: AbortSignal;
  /** The current state of the target's queues. */
  queues?: () => readonly QueueReading[];
  /** How the target's process ended. `undefined` while it runs. */
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
  /** Start of the first phase, on the wall clock. */
  startedAt: Date;
  /** Start of the first phase, on the shared clock. */
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
/** Time between the start message and the start, so that all processes start at the same time. */
const HEAD_START_US = 100_000;
/** Wait for handshakes after the ramp. A handshake can take 29 seconds. */
const RAMP_GRACE_MS = 30_000;
/** Most intervals of a report. */
const MAX_INTERVALS = 600;

/**
 * Runs a workload against a target and measures what the connections receive. It always ends. If the target dies, it
 * ends at most 5 seconds after the last connection closed. If a generator process dies, it ends with the figures of the
 * others.
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
    await run.stop();
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
    const { target, workload, processes, endNow } = options;
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
        if (this.#stage !== 'connecting') this.#outages.record(atUs, this.#timeline.open);
      },
      onFailure: (failure) => {
        const { detail, ...ended } = this.#ended ?? { reason: 'generator died', atUs: monotonicUs(), detail: '' };
        this.#ended = { ...ended, detail: [detail, failure].filter(Boolean).join('; ') };
      },
      ...(endNow && { endNow }),
    });
    this.#progressTimer = setInterval(() => this.#progress(), PROGRESS_MS);
  }

  /** @returns Whether the phases can start. */
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
    this.#processes.send({ type: 'begin', atUs: this.#startUs });
    this.#stage = 'running';
    await this.#until(() => monotonicUs() >= this.#startUs + this.#totalMs * 1_000);
    // A process that is behind sends its late messages now. The settle time starts after them.
    await this.#processes.ask({ type: 'stop' }, 'stopped');
  }

  /** Waits until no delivery has arrived for the settle time and no record of a known queue is in flight. */
  async settle(): Promise<void> {
    if (this.#ended?.reason === 'target died') return;
    this.#stage = 'settling';
    this.#progress(); // this stage can be shorter than PROGRESS_MS
    const stoppedUs = monotonicUs();
    const settleUs = this.#options.workload.settleMs * 1_000;
    let lastInFlightUs = stoppedUs;
    await this.#until(() => {
      const nowUs = monotonicUs();
      // Visible records may stay in a dead-letter queue. Records in flight are delivered or become visible again.
      if (this.#options.queues?.().some(({ inFlight }) => inFlight > 0)) lastInFlightUs = nowUs;
      const quiet = nowUs - Math.max(lastInFlightUs, this.#lastDeliveryUs) >= settleUs;
      return quiet || nowUs - stoppedUs > MAX_SETTLE_MS * 1_000 || this.#options.endNow?.aborted === true;
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

  async stop(): Promise<void> {
    clearInterval(this.#progressTimer);
    await this.#processes.stop(this.#options.endNow?.aborted ? 0 : undefined);
  }

  /** Waits for `done`, or for the end of the run if that comes first. */
  async #until(done: () => boolean): Promise<void> {
    while (!this.#isOver() && !done()) await sleep(POLL_MS);
  }

  /** The first reason is the one that counts. If the target dies later, the run only stops waiting. */
  #isOver(): boolean {
    const nowUs = monotonicUs();
    if (this.#options.stop?.aborted)
      this.#ended ??= { reason: 'interrupted', atUs: nowUs, detail: 'stopped by the user' };
    const died = this.#findDeath(nowUs);
    if (died) this.#ended ??= { reason: 'target died', ...died };
    return died !== undefined || (this.#ended !== undefined && this.#stage !== 'settling');
  }

  #findDeath(nowUs: number): { atUs: number; detail: string } | undefined {
    const detail = this.#options.targetEnded?.();
    if (detail !== undefined) return { atUs: nowUs, detail };
    if (!this.#outages.isDead(nowUs)) return undefined;
    const atUs = this.#outages.outages.at(-1)?.fromUs ?? nowUs;
    return { atUs, detail: 'every connection was closed and no new one was accepted' };
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

/** A period without an open connection, on the shared clock. */
export interface Outage {
  fromUs: number;
  /** `undefined` until it ends. */
  toUs: number | undefined;
}

/** A target without a connection for this long counts as dead. Our choice. */
const DEAD_AFTER_US = 5_000_000;

/** Finds outages of the target from the number of open connections. */
export class OutageWatch {
  readonly outages: Outage[] = [];

  record(atUs: number, open: number): void {
    const last = this.outages.at(-1);
    const isAway = last !== undefined && last.toUs === undefined;
    if (open === 0 && !isAway) this.outages.push({ fromUs: atUs, toUs: undefined });
    else if (open > 0 && isAway) last.toUs = atUs;
  }

  isDead(nowUs: number): boolean {
    const last = this.outages.at(-1);
    return last !== undefined && last.toUs === undefined && nowUs - last.fromUs >= DEAD_AFTER_US;
  }
}
