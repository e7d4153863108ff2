import type { ConnectionPoster, PostOptions, PostResult } from '../../aws/posting/connection-poster.ts';
import { Pace } from '../pacing/pace.ts';
import type { Delivery } from '../records/delivery.ts';
import type { HandOverReason, Setback } from '../records/hand-over.ts';
import { POST_TIMEOUT_MS } from '../time/plan-time.ts';
import type { Timekeeper } from '../time/timekeeper.ts';
import { ConnectionBacklog, type ConnectionGroup } from './connection-backlog.ts';
import { judgePost, Refusals, retryDelayMs } from './judge-post.ts';
import { PendingConnection } from './pending-connection.ts';
import type { StaleRows } from './stale-rows.ts';

const POST_OPTIONS: PostOptions = { timeoutMs: POST_TIMEOUT_MS };

export interface PostingOptions {
  poster: ConnectionPoster;
  staleRows: StaleRows;
  timekeeper: Timekeeper;
  /** The rate that is never exceeded. */
  postsPerSecond: number;
  /** How many posts are taken on, but for the rest of a connection's. More than 0. */
  capacity: number;
}

/**
 * Posts to the connections it is given: each one's messages in order, different connections at once. What it does not come
 * to, it hands over. Every connection ends in exactly one count of each account.
 */
export class Posting {
  readonly #poster: ConnectionPoster;
  readonly #staleRows: StaleRows;
  readonly #timekeeper: Timekeeper;
  readonly #pace: Pace;

  readonly #backlog = new ConnectionBacklog();
  readonly #refusals = new Refusals();
  #capacity: number;
  #inFlight = 0;
  #stopped: HandOverReason | undefined;
  #cancelPause: (() => void) | undefined;
  #onIdle: (() => void) | undefined;

  constructor({ poster, staleRows, timekeeper, postsPerSecond, capacity }: PostingOptions) {
    this.#poster = poster;
    this.#staleRows = staleRows;
    this.#timekeeper = timekeeper;
    this.#pace = new Pace(postsPerSecond, timekeeper.now(), timekeeper);
    this.#capacity = capacity;
  }

  /** Why nothing is posted any more, if so. */
  get stopped(): HandOverReason | undefined {
    return this.#stopped;
  }

  /** What API Gateway answered 403 with, if it did. */
  get forbidden(): string | undefined {
    return this.#refusals.detail;
  }

  /** Takes rows on, as many as there is capacity for, and hands the others over. */
  admit({ rows, deliveries }: ConnectionGroup): void {
    const most = this.#stopped ? 0 : Math.max(0, Math.ceil(this.#capacity / deliveries.length));
    const taken = most < rows.length ? rows.slice(0, most) : rows;
    this.#capacity -= taken.length * deliveries.length;
    this.#backlog.add({ rows: taken, deliveries });
    const now = this.#timekeeper.now();
    for (const row of rows.slice(taken.length)) {
      new PendingConnection(row, deliveries).handOver(this.#stopped ?? 'untried', now);
    }
    this.#pump();
  }

  /** Resolves when more rows may be admitted. */
  room(): Promise<void> {
    return this.#backlog.room();
  }

  /** Resolves when every connection that was admitted is through or handed over. */
  async idle(): Promise<void> {
    if (this.#isIdle()) return;
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
  }

  /** Begins no more posts and hands over what is left. Posts in flight still count. */
  stop(reason: HandOverReason = 'untried'): void {
    if (this.#stopped) return;
    this.#stopped = reason;
    this.#cancelPause?.();
    for (const connection of this.#backlog.drain()) this.#handOver(connection);
    this.#reportIdle();
  }

  /** Waits for no post any longer: what is in flight counts as unknown and is handed over. */
  abandon(): void {
    this.stop();
    for (const connection of this.#backlog.drainInFlight()) {
      connection.abandon();
      this.#handOver(connection);
    }
    this.#inFlight = 0;
    this.#reportIdle();
  }

  #pump(): void {
    while (this.#inFlight < this.#pace.inFlightLimit) {
      const connection = this.#take();
      if (!connection) break;
      void this.#post(connection, connection.current as Delivery);
    }
    this.#reportIdle();
  }

  /** The next connection to post to, if the rate allows a post. */
  #take(): PendingConnection | undefined {
    if (this.#backlog.isIdle) return undefined;
    const now = this.#timekeeper.now();
    if (this.#pace.mayPost(now)) return this.#backlog.next(now);
    this.#cancelPause ??= this.#timekeeper.after(this.#pace.pauseMs(), () => {
      this.#cancelPause = undefined;
      this.#pump();
    });
    return undefined;
  }

  async #post(connection: PendingConnection, delivery: Delivery): Promise<void> {
    const postedAt = this.#timekeeper.now();
    this.#inFlight++;
    this.#pace.spend();
    if (connection.posts++ === 0) connection.firstPostedAt = postedAt;
    delivery.ledger.posted();
    let result: PostResult;
    try {
      result = await this.#poster.post(connection.connectionId, delivery.broadcast.data, POST_OPTIONS);
    } catch {
      result = { outcome: 'unknown' }; // a poster that breaks its promise costs a repeated post, not the broadcast
    }
    if (connection.abandoned) return;
    this.#inFlight--;
    this.#settle(connection, delivery, result, postedAt);
    this.#pump();
  }

  #settle(connection: PendingConnection, { ledger }: Delivery, result: PostResult, postedAt: number): void {
    const now = this.#timekeeper.now();
    const { outcome } = result;
    this.#pace.note(connection, outcome, now - postedAt, now);
    if (outcome === 'unknown') ledger.unanswered();
    if (outcome === 'throttled') ledger.throttled();
    if (this.#refusals.note(result)) this.stop('forbidden');
    const verdict = judgePost(outcome, connection.connectedAt, postedAt);
    if (verdict === 'delivered') {
      connection.delivered(now);
      this.#goOn(connection);
    } else if (verdict === 'stale') {
      connection.gone(now);
      this.#staleRows.add(connection.connectionId);
      this.#backlog.end(connection);
    } else if (verdict === 'too-large') {
      connection.tooLarge();
      this.#goOn(connection);
    } else this.#retry(connection, verdict);
  }

  #retry(connection: PendingConnection, setback: Setback): void {
    connection.setback = setback;
    const elapsedMs = this.#timekeeper.now() - connection.firstPostedAt;
    const delayMs = retryDelayMs(setback, connection.posts, elapsedMs, this.#timekeeper.random());
    if (this.#stopped || delayMs === undefined) this.#leave(connection);
    else this.#backlog.rest(connection, delayMs, this.#timekeeper, () => this.#pump());
  }

  #goOn(connection: PendingConnection): void {
    if (this.#stopped) this.#leave(connection);
    else this.#backlog.putBack(connection);
  }

  /** A connection that was posted to is left to other functions. */
  #leave(connection: PendingConnection): void {
    this.#backlog.end(connection);
    this.#handOver(connection);
  }

  #handOver(connection: PendingConnection): void {
    const reason = connection.setback === 'untried' ? (this.#stopped ?? 'untried') : connection.setback;
    connection.handOver(reason, this.#timekeeper.now());
  }

  #isIdle(): boolean {
    return this.#inFlight === 0 && this.#backlog.isEmpty;
  }

  #reportIdle(): void {
    if (this.#isIdle()) this.#onIdle?.();
  }
}
