import type { ConnectionInfo, ConnectionManager } from '../aws/connections/connection-manager.ts';
import type { ConnectionPage, ConnectionTable } from '../aws/connections/connection-table.ts';
import type { ConnectionPoster, PostOutcome, PostResult } from '../aws/posting/connection-poster.ts';
import type { BroadcastQueue, SendOptions } from '../aws/queue/broadcast-queue.ts';
import type { Services } from '../aws/services.ts';
import { checkOptions } from '../middleware/support/check-options.ts';
import type { BroadcastRecord } from '../schemas/broadcast-record.ts';
import type { ConnectionRow } from '../schemas/connection-row.ts';
import type { DeadLetter } from '../schemas/dead-letter.ts';

/** A broadcast queue that keeps what it is sent, for tests. The real one passes the same tests. */
export class FakeBroadcastQueue implements BroadcastQueue {
  readonly sent: BroadcastRecord[] = [];
  /** One for each of `sent`, in seconds. */
  readonly delaysSeconds: number[] = [];
  readonly deadLetters: DeadLetter[] = [];
  /** While true, every call fails. */
  down = false;

  async send(record: BroadcastRecord, { delaySeconds = 0 }: SendOptions = {}): Promise<void> {
    this.#answer();
    this.sent.push(structuredClone(record)); // as it is now, whatever becomes of the caller's object
    this.delaysSeconds.push(delaySeconds);
  }

  async deadLetter(letter: DeadLetter): Promise<void> {
    this.#answer();
    this.deadLetters.push(structuredClone(letter));
  }

  #answer(): void {
    if (this.down) throw new Error('The broadcast queue is down (a fake was told so)');
  }
}

/** Knows and ends the connections it is told of, for tests. The real one passes the same tests. */
export class FakeConnectionManager implements ConnectionManager {
  /** By connection id. One that is not in it is gone. */
  readonly connections: Map<string, ConnectionInfo>;
  /** What was asked to be closed, in order. */
  readonly disconnected: string[] = [];
  /** While true, every call fails. */
  down = false;

  constructor(connections: Readonly<Record<string, ConnectionInfo>> = {}) {
    this.connections = new Map(Object.entries(connections));
  }

  async inspect(connectionId: string): Promise<ConnectionInfo | undefined> {
    this.#answer();
    return this.connections.get(connectionId);
  }

  async disconnect(connectionId: string): Promise<void> {
    this.#answer();
    this.disconnected.push(connectionId);
    this.connections.delete(connectionId);
  }

  #answer(): void {
    if (this.down) throw new Error('API Gateway is down (a fake was told so)');
  }
}

export interface Post {
  connectionId: string;
  data: string;
}

/** Keeps what it posts, for tests. Tell it what is to happen: `poster.outcomes.set('c2', 'gone')`. */
export class FakeConnectionPoster implements ConnectionPoster {
  /** What arrived, in order. */
  readonly posted: Post[] = [];
  /** What was tried, in order, whatever came of it. */
  readonly attempted: Post[] = [];
  /** By connection id. Default `delivered`. */
  readonly outcomes: Map<string, PostOutcome>;
  /** While true, every post is `failed`, unless its connection has another outcome. */
  down = false;

  constructor(outcomes: Readonly<Record<string, PostOutcome>> = {}) {
    this.outcomes = new Map(Object.entries(outcomes));
  }

  async post(connectionId: string, data: string): Promise<PostResult> {
    const outcome = this.outcomes.get(connectionId) ?? (this.down ? 'failed' : 'delivered');
    this.attempted.push({ connectionId, data });
    if (outcome === 'delivered') this.posted.push({ connectionId, data });
    return outcome === 'delivered' ? { outcome } : { outcome, detail: 'a fake was told so' };
  }
}

export interface FakeConnectionTableOptions {
  rows?: readonly ConnectionRow[];
  /** Rows of a page. Default 1000. */
  pageSize?: number;
}

/** A connection table in memory, for tests. The real one passes the same tests. */
export class FakeConnectionTable implements ConnectionTable {
  /** What is in it now. */
  readonly rows: Map<string, ConnectionRow>;
  /** What was asked to be deleted, in order. */
  readonly deleted: string[] = [];
  /** How often a page was read. */
  scannedPages = 0;
  /** While true, every call fails. */
  down = false;
  readonly #pageSize: number;

  constructor({ rows = [], pageSize = 1_000 }: FakeConnectionTableOptions = {}) {
    this.rows = new Map(rows.map((row) => [row.connectionId, row]));
    this.#pageSize = pageSize;
  }

  async put(row: ConnectionRow): Promise<void> {
    this.#answer();
    this.rows.set(row.connectionId, row);
  }

  async delete(connectionId: string): Promise<void> {
    this.#answer();
    this.deleted.push(connectionId);
    this.rows.delete(connectionId);
  }

  async deleteMany(connectionIds: readonly string[]): Promise<readonly string[]> {
    if (this.down) return [...new Set(connectionIds)];
    for (const connectionId of new Set(connectionIds)) await this.delete(connectionId);
    return [];
  }

  async scanPage(cursor?: string): Promise<ConnectionPage> {
    this.#answer();
    this.scannedPages++;
    // In an order that does not change while rows come and go, as DynamoDB's does not.
    const left = [...this.rows.values()]
      .filter(({ connectionId }) => cursor === undefined || connectionId > cursor)
      .sort((a, b) => (a.connectionId < b.connectionId ? -1 : 1));
    const rows = left.slice(0, this.#pageSize);
    return { rows, cursor: left.length > rows.length ? rows.at(-1)?.connectionId : undefined };
  }

  #answer(): void {
    if (this.down) throw new Error('The connection table is down (a fake was told so)');
  }
}

export interface FakeServicesOptions {
  /** In the connection table at the start. Default none. */
  rows?: readonly ConnectionRow[];
  /** Connections that API Gateway answers 410 for. */
  gone?: readonly string[];
  /** Connections that API Gateway answers 429 for. */
  throttled?: readonly string[];
  /** Any other outcome of posts, by connection id. Default: delivered. */
  outcomes?: Readonly<Record<string, PostOutcome>>;
  /** What API Gateway knows of connections, by their id. */
  connections?: Readonly<Record<string, ConnectionInfo>>;
  /** What fails at every call. Default: nothing. */
  down?: readonly ('table' | 'queue' | 'poster' | 'manager')[];
}

export interface FakeServices extends Services {
  readonly connections: FakeConnectionTable;
  readonly queue: FakeBroadcastQueue;
  readonly poster: FakeConnectionPoster;
  readonly manager: FakeConnectionManager;
}

/**
 * AWS for a test: it keeps what was posted, queued, deleted and dead-lettered, and fails as it is told to.
 *
 * ```ts
 * import { aContext, aMessageEvent, fakeServices } from 'middy-fanout/testing';
 * import { handler } from './wave.ts';
 *
 * const services = fakeServices({ gone: ['c2'], down: ['table'] });
 * await handler(aMessageEvent({ body: { action: 'wave', name: 'Ada' } }), aContext({ services }));
 * console.log(services.queue.sent, services.poster.posted, services.connections.rows);
 * ```
 * @throws {TypeError} for an option that does not exist or is wrong.
 */
export const fakeServices = (options: FakeServicesOptions = {}): FakeServices => {
  checkOptions('fakeServices', RULES, options);
  const { rows = [], gone = [], throttled = [], outcomes = {}, connections: known = {}, down = [] } = options;
  const poster = new FakeConnectionPoster(outcomes);
  for (const connectionId of gone) poster.outcomes.set(connectionId, 'gone');
  for (const connectionId of throttled) poster.outcomes.set(connectionId, 'throttled');
  const connections = new FakeConnectionTable({ rows });
  const queue = new FakeBroadcastQueue();
  const manager = new FakeConnectionManager(known);
  const named = { table: connections, queue, poster, manager };
  for (const name of down) named[name].down = true;
  return { connections, queue, poster, manager };
};

const LIST = { type: 'array' } as const;
const BY_ID = { type: 'object', additionalProperties: true } as const;
const RULES = {
  rows: LIST,
  gone: LIST,
  throttled: LIST,
  outcomes: BY_ID,
  connections: BY_ID,
  down: { type: 'array', items: { enum: ['table', 'queue', 'poster', 'manager'] } },
} as const;
