import { type MessageToken, MessageTokens } from '../workload/message-token.ts';
import type { Phase } from '../workload/workload.ts';
import { ChannelTraffic } from './channel-traffic.ts';
import { ConnectionPool, type PooledConnection, type PoolTarget, type Traffic } from './connection-pool.ts';
import { DeliveryLedger, type Ledger, type LedgerConnection } from './delivery-ledger.ts';
import { monotonicUs } from './machine.ts';
import { countBy, type ProcessTask, type Sample } from './process-messages.ts';
import { Sampler } from './sampler.ts';

/** A message of this process and its due time on the shared clock. */
interface Due {
  message: number;
  dueUs: number;
}

/** A connection with more unsent bytes is not used to send: its target does not read. */
const MAX_BUFFERED_BYTES = 1_048_576;

/** Messages sent in one turn of the event loop, so that the process can handle its own messages in between. */
const MAX_SENT_A_TURN = 500;
/** Longest time to send late messages at the end, in microseconds. */
const CATCH_UP_US = 500_000;
/** The longest delay of a timer in Node: https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
const MAX_TIMER_MS = 2_147_483_647;

/** The part of a run in one process: its connections, and its messages of the schedule. */
export class LoadGenerator {
  readonly #task: ProcessTask;
  readonly #sampler = new Sampler();
  readonly #traffic: Traffic;
  readonly #timers = new Set<NodeJS.Timeout>();
  #beganUs = 0;
  #schedule: Iterator<Due> = [][Symbol.iterator]();
  #next: IteratorResult<Due> = { done: true, value: undefined };

  constructor(task: ProcessTask) {
    const { workload, index } = task;
    const { channels } = workload;
    this.#task = task;
    this.#traffic = channels
      ? new ChannelTraffic(task, channels, this.#sampler)
      : new BroadcastTraffic(task, this.#sampler);
    this.#enterPhase(workload.phases[0] as Phase, 0, index);
  }

  get ledger(): Ledger {
    return this.#traffic.ledger;
  }

  /** Starts the phases at a time of the shared clock. */
  begin(atUs: number): void {
    const { workload, index } = this.#task;
    let startMs = 0;
    this.#beganUs = atUs;
    for (const phase of workload.phases) {
      this.#at(atUs + startMs * 1_000, () => this.#enterPhase(phase, phase.churnPerSecond, index));
      startMs += phase.durationMs;
    }
    this.#at(atUs + startMs * 1_000, () => this.#traffic.freeze());
    this.#schedule = this.#ownMessages(atUs);
    this.#next = this.#schedule.next();
    this.#sendOnTime();
  }

  /**
   * Stops the schedule. A process that is behind first sends the messages that are due, for half a second at most. The
   * others count as unsent.
   */
  stop(): void {
    this.#clearTimers();
    const [nowUs, endUs] = [monotonicUs(), monotonicUs() + CATCH_UP_US];
    while (this.#sendDue() && monotonicUs() < endUs);
    this.#countUnsent(nowUs);
    this.#traffic.freeze();
  }

  sample(): Sample {
    const overdue = this.ledger.overdue(monotonicUs(), this.#task.workload.settleMs * 1_000);
    return this.#sampler.take({ open: this.#traffic.open, pending: this.#traffic.pending, overdue });
  }

  async close(timeoutMs: number): Promise<void> {
    this.#clearTimers();
    await this.#traffic.close(timeoutMs);
  }

  #enterPhase(phase: Phase, churnPerSecond: number, index: number): void {
    this.#traffic.setTarget({ connections: shareOf(phase.connections, index, this.#task.processes), churnPerSecond });
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
    const { workload } = this.#task;
    let message = 0;
    for (const offsetMs of sendTimes(workload.phases)) {
      if (this.#traffic.owns(message)) yield { message, dueUs: startUs + offsetMs * 1_000 };
      message++;
    }
  }

  #sendOnTime(): void {
    this.#sendDue();
    if (!this.#next.done) this.#at(this.#next.value.dueUs, () => this.#sendOnTime());
  }

  /** Sends some of the messages that are due. @returns Whether more are due. */
  #sendDue(): boolean {
    const nowUs = monotonicUs();
    for (let sent = 0; !this.#next.done && this.#next.value.dueUs <= nowUs; this.#next = this.#schedule.next()) {
      if (++sent > MAX_SENT_A_TURN) return true;
      const { message, dueUs } = this.#next.value;
      this.#traffic.send(message, dueUs);
    }
    return false;
  }

  /** Counts the messages that are due and were not sent. */
  #countUnsent(nowUs: number): void {
    if (this.#next.done || this.#next.value.dueUs > nowUs) return;
    const { workload, processes } = this.#task;
    const due = countDue(workload.phases, (nowUs - this.#beganUs) / 1_000);
    const unsent = Math.ceil((due - this.#next.value.message) / processes);
    if (unsent > 0) countBy(this.#sampler.counted.unsent, 'the generator is too slow', unsent);
  }
}

/** Each message is sent by one connection, and every other one should receive it. */
class BroadcastTraffic implements Traffic {
  readonly ledger: DeliveryLedger;
  readonly #task: ProcessTask;
  readonly #tokens: MessageTokens;
  readonly #frame: readonly [before: string, after: string];
  readonly #sampler: Sampler;
  readonly #pool: ConnectionPool;

  constructor(task: ProcessTask, sampler: Sampler) {
    const { target, workload, processes } = task;
    const [before = '', after = ''] = target.frame.split('{{message}}');
    this.#task = task;
    this.#sampler = sampler;
    this.#frame = [before, after];
    this.#tokens = new MessageTokens(task.runId);
    this.ledger = new DeliveryLedger(target.senderIncluded);
    this.#pool = new ConnectionPool({
      target,
      connectionsPerSecond: workload.connectionsPerSecond / processes,
      slowShare: workload.slowShare,
      senderGraceUs: workload.settleMs * 1_000,
      ledger: this.ledger,
      sampler,
      onFrame: (connection, text) => this.#receive(connection, text),
    });
  }

  get open(): number {
    return this.#pool.open.length;
  }

  get pending(): number {
    return this.#pool.pending;
  }

  /** Every `processes`-th message of the schedule. */
  owns(message: number): boolean {
    return message % this.#task.processes === this.#task.index;
  }

  setTarget(target: PoolTarget): void {
    this.#pool.setTarget(target);
  }

  freeze(): void {
    this.#pool.freeze();
  }

  close(timeoutMs: number): Promise<void> {
    return this.#pool.close(timeoutMs);
  }

  send(message: number, dueUs: number): void {
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
    this.ledger.send(connection.entry, { message, sentAtUs });
    connection.lastSentUs = sentAtUs;
    connection.socket.send(this.#frame[0] + text + this.#frame[1]);
    counted.sent++;
    counted.behindMs = Math.max(counted.behindMs, (sentAtUs - dueUs) / 1_000);
  }

  #receive({ entry }: PooledConnection, text: Buffer): void {
    const atUs = monotonicUs();
    const tokens = this.#tokens.read(text);
    for (const token of tokens) this.#deliver(entry, token, atUs);
    if (tokens.length === 0) this.#receiveOther(entry, text, atUs);
  }

  #deliver(entry: LedgerConnection, token: MessageToken, atUs: number): void {
    const { counted, latency } = this.#sampler;
    const { receipt, outOfOrder } = this.ledger.receive(entry, token, atUs);
    if (receipt === 'own') counted.own++;
    else if (receipt === 'duplicate') counted.duplicates++;
    else {
      counted.deliveries++;
      if (outOfOrder) counted.outOfOrder++;
      if (!entry.slow) latency.recordValue(Math.max(1, atUs - token.sentAtUs));
    }
  }

  #receiveOther(entry: LedgerConnection, text: Buffer, atUs: number): void {
    const { counted } = this.#sampler;
    const code = readErrorFrame(text);
    if (code === undefined) counted.otherFrames++;
    else {
      countBy(counted.errorFrames, code);
      this.ledger.refuse(entry, atUs);
    }
  }
}

/** The share of process `index` in `total`. The shares differ by at most one and add up to `total`. */
export const shareOf = (total: number, index: number, processes: number): number =>
  Math.floor(total / processes) + (index < total % processes ? 1 : 0);

/**
 * Yields the send time of each message of a run in order, in milliseconds after the first phase starts. The schedule
 * does not wait for the target, so a slow target gets the same load as a fast one.
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

/** Number of messages of a phase without its burst. */
const messagesAtRate = ({ rateFrom, rateTo, durationMs }: Phase): number =>
  Math.ceil((((rateFrom + rateTo) / 2) * durationMs) / 1_000 - 1e-9);

/** Counts the {@link sendTimes} up to a time, in milliseconds after the first phase starts. */
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

/** Solves `from·t + slope·t²/2 = sent` for t. This form also works for a slope of zero. */
const secondsUntil = (sent: number, { rateFrom, rateTo, durationMs }: Phase): number => {
  if (sent === 0) return 0;
  const slope = ((rateTo - rateFrom) * 1_000) / durationMs;
  return (2 * sent) / (rateFrom + Math.sqrt(Math.max(0, rateFrom * rateFrom + 2 * slope * sent)));
};

/**
 * Reads an error frame: a JSON object with `message` and `requestId`, as API Gateway sends it. Frames of this framework
 * have a `code` too.
 * @returns The code, or the message of a frame without a code. `undefined` for any other text.
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
