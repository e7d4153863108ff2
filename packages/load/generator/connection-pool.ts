import type { WebSocket } from 'ws';
import { openConnection, type Target } from '../workload/target.ts';
import type { DeliveryLedger, LedgerConnection } from './delivery-ledger.ts';
import { monotonicUs } from './machine.ts';
import { countBy } from './process-messages.ts';
import type { Sampler } from './sampler.ts';

export interface PooledConnection {
  readonly socket: WebSocket;
  readonly page: LedgerConnection;
  lastSentUs: number;
}

/** What a pool holds at the moment. */
export interface Holding {
  connections: number;
  /** Share killed each second. */
  churnPerSecond: number;
}

export interface ConnectionPoolOptions {
  target: Target;
  connectionsPerSecond: number;
  slowShare: number;
  /** How long a sender is spared from being killed, so that churn does not cut off what it has just sent. */
  spareUs: number;
  ledger: DeliveryLedger;
  sampler: Sampler;
  onFrame(connection: PooledConnection, text: Buffer): void;
}

const TICK_MS = 10;
/** Handshakes under way at once: a target that does not answer is not buried. */
const MAX_PENDING = 256;
/** No new handshake for so long after a failed one, times the failures since the last that succeeded. */
const FAILURE_WAIT_US = 100_000;
const MAX_FAILURE_WAIT_US = 1_000_000;
/** Of each second, how long a slow connection reads. */
const SLOW_READ_MS = 50;
const SECOND_MS = 1_000;

/** Holds a number of connections: opens them at a bounded rate, kills some, replaces what closed. */
export class ConnectionPool {
  readonly #options: ConnectionPoolOptions;
  readonly #open: PooledConnection[] = [];
  readonly #places = new Map<PooledConnection, number>();
  readonly #slow = new Set<PooledConnection>();
  readonly #timers: NodeJS.Timeout[];
  #holding: Holding = { connections: 0, churnPerSecond: 0 };
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

  hold(holding: Holding): void {
    this.#holding = holding;
  }

  /** Opens, kills and replaces nothing from now on; slow connections read like the others, so that nothing is left unread. */
  rest(): void {
    for (const timer of this.#timers) clearInterval(timer);
    for (const { socket } of this.#slow) socket.resume();
    this.#slow.clear();
  }

  /** Closes every connection as a leaving client does, and for certain within `timeoutMs`. */
  async leave(timeoutMs: number): Promise<void> {
    this.rest();
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
    // At most a tenth of a second is caught up, so that a busy process does not connect in bursts above the rate.
    const rate = this.#options.connectionsPerSecond;
    this.#mayOpen = Math.min(this.#mayOpen + seconds * rate, Math.max(1, rate / 10));
    while (
      nowUs >= this.#waitUntilUs &&
      this.#mayOpen >= 1 &&
      this.#pending < MAX_PENDING &&
      this.#open.length + this.#pending < this.#holding.connections
    ) {
      this.#mayOpen--;
      this.#connect();
    }
    while (this.#open.length > this.#holding.connections)
      this.#remove(this.#promptOne(nowUs) ?? this.#anyOne())?.socket.close(1000);
  }

  #kill(nowUs: number, seconds: number): void {
    this.#mustKill += this.#open.length * this.#holding.churnPerSecond * seconds;
    for (; this.#mustKill >= 1; this.#mustKill--) {
      const connection = this.#remove(this.#promptOne(nowUs));
      if (!connection) continue;
      connection.socket.terminate();
      this.#options.sampler.counted.killed++;
    }
  }

  /**
   * Any connection that reads promptly, rather one that has not sent lately. A slow one would take what it has not read
   * yet with it, and nobody could tell that from a loss.
   */
  #promptOne(nowUs: number): PooledConnection | undefined {
    let chosen: PooledConnection | undefined;
    for (let attempt = 0; attempt < 8; attempt++) {
      const connection = this.#anyOne();
      if (!connection || connection.page.slow) continue;
      chosen = connection;
      if (nowUs - connection.lastSentUs > this.#options.spareUs) break;
    }
    return chosen;
  }

  #anyOne(): PooledConnection | undefined {
    return this.#open[Math.floor(Math.random() * this.#open.length)];
  }

  /** Takes a connection out of the pool and closes its page: what happens to it from now on is nobody's loss. */
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
    this.#options.ledger.close(connection.page, monotonicUs());
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
    const connection = { socket, page: this.#options.ledger.open(monotonicUs(), slow), lastSentUs: 0 };
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
