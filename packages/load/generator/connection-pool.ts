import type { WebSocket } from 'ws';
import { openConnection, type Target } from '../workload/target.ts';
import type { DeliveryLedger, Ledger, LedgerConnection } from './delivery-ledger.ts';
import { monotonicUs } from './machine.ts';
import { countBy } from './process-messages.ts';
import type { Sampler } from './sampler.ts';

export interface PooledConnection {
  readonly socket: WebSocket;
  readonly entry: LedgerConnection;
  lastSentUs: number;
}

/** The connections that a pool opens and replaces. */
export interface PoolTarget {
  connections: number;
  /** Share of the connections that is killed each second. */
  churnPerSecond: number;
}

/** The connections of a process, and how they send. */
export interface Traffic {
  readonly ledger: Ledger;
  /** Number of open connections. */
  readonly open: number;
  /** Number of connections that are being opened. */
  readonly pending: number;
  /** Whether this process sends the message. */
  owns(message: number): boolean;
  /** Sends a message, or counts why it could not. */
  send(message: number, dueUs: number): void;
  setTarget(target: PoolTarget): void;
  /** Stops opening and killing connections. */
  freeze(): void;
  close(timeoutMs: number): Promise<void>;
}

export interface ConnectionPoolOptions {
  target: Target;
  connectionsPerSecond: number;
  slowShare: number;
  /** Churn does not kill a sender for this long, so that its last message is not cut off. */
  senderGraceUs: number;
  ledger: DeliveryLedger;
  sampler: Sampler;
  onFrame(connection: PooledConnection, text: Buffer): void;
}

const TICK_MS = 10;
/** Most handshakes at the same time, so that a target that does not answer is not overloaded. */
const MAX_PENDING = 256;
/** Wait after a failed handshake, multiplied by the number of failures since the last success. */
const FAILURE_WAIT_US = 100_000;
const MAX_FAILURE_WAIT_US = 1_000_000;
/** Time that a slow connection reads in each second, in milliseconds. */
const SLOW_READ_MS = 50;
const SECOND_MS = 1_000;

/** Keeps a number of connections open: opens them at a limited rate, kills some, and replaces closed ones. */
export class ConnectionPool {
  readonly #options: ConnectionPoolOptions;
  readonly #open: PooledConnection[] = [];
  readonly #places = new Map<PooledConnection, number>();
  readonly #slow = new Set<PooledConnection>();
  readonly #timers: NodeJS.Timeout[];
  #goal: PoolTarget = { connections: 0, churnPerSecond: 0 };
  #pending = 0;
  #mayOpen = 0;
  #mustKill = 0;
  #slowDue = 0;
  #failures = 0;
  #waitUntilUs = 0;
  #tickedUs = monotonicUs();

  constructor(options: ConnectionPoolOptions) {
    this.#options = options;
    this.#timers = [setInterval(() => this.#tick(), TICK_MS)];
    if (options.slowShare > 0) this.#timers.push(setInterval(() => this.#letSlowRead(), SECOND_MS));
  }

  get open(): readonly PooledConnection[] {
    return this.#open;
  }

  get pending(): number {
    return this.#pending;
  }

  setTarget(target: PoolTarget): void {
    this.#goal = target;
  }

  /**
   * Stops opening, killing and replacing connections. Slow ones now read at full speed, so that they receive
   * everything.
   */
  freeze(): void {
    for (const timer of this.#timers) clearInterval(timer);
    for (const { socket } of this.#slow) socket.resume();
    this.#slow.clear();
  }

  /** Closes every connection with close code 1000. A connection that is open after `timeoutMs` is terminated. */
  async close(timeoutMs: number): Promise<void> {
    this.freeze();
    const closing = [...this.#open].map(
      ({ socket }) => new Promise<void>((resolve) => socket.once('close', () => resolve()).close(1000)),
    );
    const late = new Promise<void>((resolve) => setTimeout(resolve, timeoutMs).unref());
    await Promise.race([Promise.all(closing), late]);
    for (const { socket } of this.#open) socket.terminate();
  }

  #tick(): void {
    const nowUs = monotonicUs();
    const seconds = (nowUs - this.#tickedUs) / 1e6;
    this.#tickedUs = nowUs;
    this.#kill(nowUs, seconds);
    // After a process was blocked, it catches up on at most a tenth of a second, so that no burst exceeds the rate.
    const rate = this.#options.connectionsPerSecond;
    this.#mayOpen = Math.min(this.#mayOpen + seconds * rate, Math.max(1, rate / 10));
    while (
      nowUs >= this.#waitUntilUs &&
      this.#mayOpen >= 1 &&
      this.#pending < MAX_PENDING &&
      this.#open.length + this.#pending < this.#goal.connections
    ) {
      this.#mayOpen--;
      this.#connect();
    }
    while (this.#open.length > this.#goal.connections)
      this.#remove(this.#pickPrompt(nowUs) ?? this.#pickAny())?.socket.close(1000);
  }

  #kill(nowUs: number, seconds: number): void {
    this.#mustKill += this.#open.length * this.#goal.churnPerSecond * seconds;
    for (; this.#mustKill >= 1; this.#mustKill--) {
      const connection = this.#remove(this.#pickPrompt(nowUs));
      if (!connection) continue;
      connection.socket.terminate();
      this.#options.sampler.counted.killed++;
    }
  }

  /**
   * Picks a random connection that is not slow, and prefers one that has not sent lately. Messages that a slow
   * connection has not read yet would be lost with it, and would look like losses of the target.
   */
  #pickPrompt(nowUs: number): PooledConnection | undefined {
    let chosen: PooledConnection | undefined;
    for (let attempt = 0; attempt < 8; attempt++) {
      const connection = this.#pickAny();
      if (!connection || connection.entry.slow) continue;
      chosen = connection;
      if (nowUs - connection.lastSentUs > this.#options.senderGraceUs) break;
    }
    return chosen;
  }

  #pickAny(): PooledConnection | undefined {
    return this.#open[Math.floor(Math.random() * this.#open.length)];
  }

  /** Removes a connection from the pool and the ledger. From now on, it is not expected to receive messages. */
  #remove(connection: PooledConnection | undefined): PooledConnection | undefined {
    const place = connection && this.#places.get(connection);
    if (!connection || place === undefined) return undefined;
    const last = this.#open.pop() as PooledConnection;
    if (last !== connection) {
      this.#open[place] = last;
      this.#places.set(last, place);
    }
    this.#places.delete(connection);
    this.#slow.delete(connection);
    this.#options.ledger.close(connection.entry, monotonicUs());
    return connection;
  }

  #connect(): void {
    const { target, sampler } = this.#options;
    const startedUs = monotonicUs();
    const socket = openConnection(target);
    let failure: string | undefined;
    let connection: PooledConnection | undefined;
    this.#pending++;
    socket.on('error', (error: NodeJS.ErrnoException) => {
      failure ??= error.code ?? error.message;
    });
    socket.on('unexpected-response', (_request, response) => {
      failure = `HTTP ${response.statusCode}`;
      socket.terminate();
    });
    socket.once('open', () => {
      this.#pending--;
      this.#failures = 0;
      sampler.counted.opened++;
      sampler.handshake.recordValue(monotonicUs() - startedUs);
      connection = this.#add(socket);
    });
    socket.on('message', (data: Buffer) => {
      if (connection) this.#options.onFrame(connection, data);
    });
    socket.once('close', (code) => {
      if (!connection) {
        this.#pending--;
        this.#waitUntilUs = monotonicUs() + Math.min(++this.#failures * FAILURE_WAIT_US, MAX_FAILURE_WAIT_US);
        countBy(sampler.counted.connectFailures, failure ?? `closed with ${code}`);
      } else if (this.#remove(connection)) countBy(sampler.counted.closes, String(code));
    });
  }

  #add(socket: WebSocket): PooledConnection {
    this.#slowDue += this.#options.slowShare;
    const slow = this.#slowDue >= 1;
    if (slow) this.#slowDue--;
    const connection = { socket, entry: this.#options.ledger.open(monotonicUs(), slow), lastSentUs: 0 };
    this.#places.set(connection, this.#open.push(connection) - 1);
    if (slow) {
      this.#slow.add(connection);
      socket.pause();
    }
    return connection;
  }

  #letSlowRead(): void {
    const reading = [...this.#slow];
    for (const { socket } of reading) socket.resume();
    setTimeout(() => {
      for (const connection of reading) if (this.#slow.has(connection)) connection.socket.pause();
    }, SLOW_READ_MS);
  }
}
