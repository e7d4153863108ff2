import type { ConnectionPoster, PostOptions, PostResult } from '../../aws/posting/connection-poster.ts';
import { Pace } from '../pacing/pace.ts';
import type { Delivery } from '../records/delivery.ts';
import type { FailureReason, HandOverReason } from '../records/hand-over.ts';
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
  /** Highest rate of posts. */
  postsPerSecond: number;
  /** How many posts are admitted, more than 0. The messages of the last connection may exceed it. */
  capacity: number;
}

/**
 * Posts to connections in parallel. Each connection receives its messages in order, one at a time. Connections for
 * which time or capacity runs out are handed over. Every connection ends in exactly one count of each account.
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

  /** Why posting has stopped; `undefined` while it continues. */
  get stopped(): HandOverReason | undefined {
    return this.#stopped;
  }

  /** The detail of API Gateway's first 403; `undefined` if there was no 403. */
  get forbidden(): string | undefined {
    return this.#refusals.detail;
  }

  /** Accepts as many rows as the capacity allows, and hands the others over. */
  admit({ rows, deliveries }: ConnectionGroup): void {
    const most = this.#stopped ? 0 : Math.max(0, Math.ceil(this.#capacity / deliveries.length));
    const taken = most < rows.length ? rows.slice(0, most) : rows;
    this.#capacity -= taken.length * deliveries.length;
    this.#backlog.add({ rows: taken, deliveries });
    this.decline({ rows: rows.slice(taken.length), deliveries });
    this.#pump();
  }

  /** Hands the connections over without a post. */
  decline({ rows, deliveries }: ConnectionGroup): void {
    const now = this.#timekeeper.now();
    for (const row of rows) new PendingConnection(row, deliveries).handOver(this.#stopped ?? 'untried', now);
  }

  /** Resolves when more rows may be admitted. */
  room(): Promise<void> {
    return this.#backlog.room();
  }

  /** Resolves when every admitted connection is done or handed over. */
  async idle(): Promise<void> {
    if (this.#isIdle()) return;
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
  }

  /** Begins no more posts and hands the rest over. Posts in flight still count. */
  stop(reason: HandOverReason = 'untried'): void {
    if (this.#stopped) return;
    this.#stopped = reason;
    this.#cancelPause?.();
    for (const connection of this.#backlog.drain()) this.#handOver(connection);
    this.#reportIdle();
  }

  /** Stops waiting for posts: each post in flight counts as unknown, and its connection is handed over. */
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
      result = await this.#poster.post(connection.connectionId, connection.textOf(delivery), POST_OPTIONS);
    } catch {
      result = { outcome: 'unknown' }; // if the poster throws, the post is repeated and the broadcast continues
    }
    if (connection.abandoned) return;
    this.#inFlight--;
    this.#settle(connection, delivery, result, postedAt);
    this.#pump();
  }

  #settle(connection: PendingConnection, { ledger }: Delivery, result: PostResult, postedAt: number): void {
    const now = this.#timekeeper.now();
    const { outcome } = result;
    this.#pace.record(connection, outcome, now - postedAt, now);
    if (outcome === 'unknown') ledger.unanswered();
    if (outcome === 'throttled') ledger.throttled();
    if (this.#refusals.record(result)) this.stop('forbidden');
    const verdict = judgePost(outcome, connection.connectedAt, postedAt);
    if (verdict === 'delivered') {
      connection.delivered(now);
      this.#continue(connection);
    } else if (verdict === 'stale') {
      connection.gone(now);
      this.#staleRows.add(connection.connectionId);
      this.#backlog.end(connection);
    } else if (verdict === 'too-large') {
      connection.tooLarge();
      this.#continue(connection);
    } else this.#retry(connection, verdict);
  }

  #retry(connection: PendingConnection, reason: FailureReason): void {
    connection.reason = reason;
    const elapsedMs = this.#timekeeper.now() - connection.firstPostedAt;
    const delayMs = retryDelayMs(reason, connection.posts, elapsedMs, this.#timekeeper.random());
    if (this.#stopped || delayMs === undefined) this.#leave(connection);
    else this.#backlog.rest(connection, delayMs, this.#timekeeper, () => this.#pump());
  }

  #continue(connection: PendingConnection): void {
    if (this.#stopped) this.#leave(connection);
    else this.#backlog.putBack(connection);
  }

  /** Removes a connection that was posted to, and hands it over. */
  #leave(connection: PendingConnection): void {
    this.#backlog.end(connection);
    this.#handOver(connection);
  }

  #handOver(connection: PendingConnection): void {
    const reason = connection.reason === 'untried' ? (this.#stopped ?? 'untried') : connection.reason;
    connection.handOver(reason, this.#timekeeper.now());
  }

  #isIdle(): boolean {
    return this.#inFlight === 0 && this.#backlog.isEmpty;
  }

  #reportIdle(): void {
    if (this.#isIdle()) this.#onIdle?.();
  }
}
