import { type MessageToken, MessageTokens } from '../workload/message-token.ts';
import type { Phase } from '../workload/workload.ts';
import { ConnectionPool, type PooledConnection } from './connection-pool.ts';
import { DeliveryLedger, type LedgerConnection } from './delivery-ledger.ts';
import { monotonicUs } from './machine.ts';
import { countBy, type ProcessTask, type Sample } from './process-messages.ts';
import { Sampler } from './sampler.ts';

/** A message of this process and when it is due on the shared clock. */
interface Due {
  message: number;
  dueUs: number;
}

/** A connection with this much unsent is not given more: its target does not read. */
const MAX_BUFFERED_BYTES = 1_048_576;

/** What asks the process to stop or to end is heard after so many messages. */
const MAX_SENT_AT_ONCE = 500;
/** How long what a process was held up with is still sent at the end. */
const CATCH_UP_US = 500_000;
/** Node's timers go no further: https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
const MAX_TIMER_MS = 2_147_483_647;

/** The part of a run that one process takes: its connections, and every `processes`-th message of the schedule. */
export class LoadGenerator {
  readonly ledger: DeliveryLedger;
  readonly #task: ProcessTask;
  readonly #tokens: MessageTokens;
  readonly #frame: readonly [before: string, after: string];
  readonly #sampler = new Sampler();
  readonly #pool: ConnectionPool;
  readonly #timers = new Set<NodeJS.Timeout>();
  #beganUs = 0;
  #schedule: Iterator<Due> = [][Symbol.iterator]();
  #next: IteratorResult<Due> = { done: true, value: undefined };

  constructor(task: ProcessTask) {
    const { target, workload, index, processes } = task;
    const [before = '', after = ''] = target.frame.split('{{message}}');
    this.#task = task;
    this.#frame = [before, after];
    this.#tokens = new MessageTokens(task.runId);
    this.ledger = new DeliveryLedger(target.senderIncluded);
    this.#pool = new ConnectionPool({
      target,
      connectionsPerSecond: workload.connectionsPerSecond / processes,
      slowShare: workload.slowShare,
      spareUs: workload.settleMs * 1_000,
      ledger: this.ledger,
      sampler: this.#sampler,
      onFrame: (connection, text) => this.#receive(connection, text),
    });
    this.#hold(workload.phases[0] as Phase, 0, index);
  }

  /** Starts the phases at a time of the shared clock. */
  begin(atUs: number): void {
    const { workload, index } = this.#task;
    let startMs = 0;
    this.#beganUs = atUs;
    for (const phase of workload.phases) {
      this.#at(atUs + startMs * 1_000, () => this.#hold(phase, phase.churnPerSecond, index));
      startMs += phase.durationMs;
    }
    this.#at(atUs + startMs * 1_000, () => this.#pool.rest());
    this.#schedule = this.#ownMessages(atUs);
    this.#next = this.#schedule.next();
    this.#sendOnTime();
  }

  /**
   * Sends what is due by now, which a process that was held up has still before it, for half a second at most, and then
   * nothing more. What is left then is counted as unsent.
   */
  stop(): void {
    this.#clearTimers();
    const [nowUs, endUs] = [monotonicUs(), monotonicUs() + CATCH_UP_US];
    while (this.#sendDue() && monotonicUs() < endUs);
    this.#giveUp(nowUs);
    this.#pool.rest();
  }

  sample(): Sample {
    const overdue = this.ledger.overdue(monotonicUs(), this.#task.workload.settleMs * 1_000);
    return this.#sampler.take({ open: this.#pool.open.length, pending: this.#pool.pending, overdue });
  }

  async leave(timeoutMs: number): Promise<void> {
    this.#clearTimers();
    await this.#pool.leave(timeoutMs);
  }

  #hold(phase: Phase, churnPerSecond: number, index: number): void {
    this.#pool.hold({ connections: shareOf(phase.connections, index, this.#task.processes), churnPerSecond });
  }

  #at(us: number, callback: () => void): void {
    const waitMs = Math.max(0, (us - monotonicUs()) / 1_000);
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        if (waitMs > MAX_TIMER_MS) this.#at(us, callback);
        else callback();
      },
      Math.min(waitMs, MAX_TIMER_MS),
    );
    this.#timers.add(timer);
  }

  #clearTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  *#ownMessages(startUs: number): Generator<Due> {
    const { workload, index, processes } = this.#task;
    let message = 0;
    for (const offsetMs of sendTimes(workload.phases)) {
      if (message % processes === index) yield { message, dueUs: startUs + offsetMs * 1_000 };
      message++;
    }
  }

  #sendOnTime(): void {
    this.#sendDue();
    if (!this.#next.done) this.#at(this.#next.value.dueUs, () => this.#sendOnTime());
  }

  /** Sends some of what is due. @returns whether more is. */
  #sendDue(): boolean {
    const nowUs = monotonicUs();
    for (let sent = 0; !this.#next.done && this.#next.value.dueUs <= nowUs; this.#next = this.#schedule.next()) {
      if (++sent > MAX_SENT_AT_ONCE) return true;
      this.#send(this.#next.value);
    }
    return false;
  }

  /** Counts what is due and was not sent. */
  #giveUp(nowUs: number): void {
    if (this.#next.done || this.#next.value.dueUs > nowUs) return;
    const { workload, processes } = this.#task;
    const due = countDue(workload.phases, (nowUs - this.#beganUs) / 1_000);
    const left = Math.ceil((due - this.#next.value.message) / processes);
    if (left > 0) countBy(this.#sampler.counted.unsent, 'the generator is too slow', left);
  }

  #send({ message, dueUs }: Due): void {
    const { counted } = this.#sampler;
    const open = this.#pool.open;
    const connection = open[Math.floor(Math.random() * open.length)];
    if (!connection) {
      countBy(counted.unsent, 'no open connection');
      return;
    }
    if (connection.socket.bufferedAmount > MAX_BUFFERED_BYTES) {
      countBy(counted.unsent, 'the target does not read');
      return;
    }
    const sentAtUs = monotonicUs();
    const text = this.#tokens.write({ message, sentAtUs }, this.#task.workload.sizeBytes);
    this.ledger.send(connection.page, { message, sentAtUs });
    connection.lastSentUs = sentAtUs;
    connection.socket.send(this.#frame[0] + text + this.#frame[1]);
    counted.sent++;
    counted.behindMs = Math.max(counted.behindMs, (sentAtUs - dueUs) / 1_000);
  }

  #receive({ page }: PooledConnection, text: Buffer): void {
    const atUs = monotonicUs();
    const tokens = this.#tokens.read(text);
    for (const token of tokens) this.#deliver(page, token, atUs);
    if (tokens.length === 0) this.#receiveOther(page, text, atUs);
  }

  #deliver(page: LedgerConnection, token: MessageToken, atUs: number): void {
    const { counted, latency } = this.#sampler;
    const { receipt, outOfOrder } = this.ledger.receive(page, token, atUs);
    if (receipt === 'own') counted.own++;
    else if (receipt === 'duplicate') counted.duplicates++;
    else {
      counted.deliveries++;
      if (outOfOrder) counted.outOfOrder++;
      if (!page.slow) latency.recordValue(Math.max(1, atUs - token.sentAtUs));
    }
  }

  #receiveOther(page: LedgerConnection, text: Buffer, atUs: number): void {
    const { counted } = this.#sampler;
    const code = readErrorFrame(text);
    if (code === undefined) counted.otherFrames++;
    else {
      countBy(counted.errorFrames, code);
      this.ledger.refuse(page, atUs);
    }
  }
}

/** What process `index` of `processes` takes of `total` things: shares differ by at most one and add up to `total`. */
export const shareOf = (total: number, index: number, processes: number): number =>
  Math.floor(total / processes) + (index < total % processes ? 1 : 0);

/**
 * When each message of a run is sent, in milliseconds after the first phase starts, in order. The schedule does not wait
 * for the target: a slow target meets the same load as a fast one.
 */
export function* sendTimes(phases: readonly Phase[]): Generator<number> {
  let startMs = 0;
  for (const phase of phases) {
    for (let sent = 0; sent < phase.burst; sent++) yield startMs;
    const total = messagesAtRate(phase);
    for (let sent = 0; sent < total; sent++) yield startMs + secondsUntil(sent, phase) * 1_000;
    startMs += phase.durationMs;
  }
}

/** Of a phase without its burst. */
const messagesAtRate = ({ rateFrom, rateTo, durationMs }: Phase): number =>
  Math.ceil((((rateFrom + rateTo) / 2) * durationMs) / 1_000 - 1e-9);

/** How many of {@link sendTimes} have come at a time, in milliseconds after the first phase starts. */
export const countDue = (phases: readonly Phase[], atMs: number): number => {
  let startMs = 0;
  let due = 0;
  for (const phase of phases) {
    const { burst, rateFrom, rateTo, durationMs } = phase;
    const seconds = Math.min(atMs - startMs, durationMs) / 1_000;
    if (seconds < 0) break;
    const slope = ((rateTo - rateFrom) * 1_000) / durationMs;
    const sent = rateFrom * seconds + (slope * seconds * seconds) / 2;
    due += burst + Math.min(messagesAtRate(phase), Math.floor(sent + 1e-9) + 1);
    startMs += durationMs;
  }
  return due;
};

/** Solves `from·t + slope·t²/2 = sent` for t, in the form that also holds for a slope of zero. */
const secondsUntil = (sent: number, { rateFrom, rateTo, durationMs }: Phase): number => {
  if (sent === 0) return 0;
  const slope = ((rateTo - rateFrom) * 1_000) / durationMs;
  return (2 * sent) / (rateFrom + Math.sqrt(Math.max(0, rateFrom * rateFrom + 2 * slope * sent)));
};

/**
 * The code of an error frame: the keys of API Gateway's own error frames (`message`, `connectionId`, `requestId`), and
 * ours (`code`) where there is one.
 * @returns The code, or API Gateway's message where there is none; `undefined` for any other text.
 */
export const readErrorFrame = (text: Buffer): string | undefined => {
  if (text[0] !== 123) return undefined; // {
  let frame: Record<string, unknown>;
  try {
    frame = JSON.parse(text.toString());
  } catch {
    return undefined;
  }
  const { message, requestId, code } = frame;
  if (typeof message !== 'string' || typeof requestId !== 'string') return undefined;
  return typeof code === 'string' ? code : message;
};
