import type { ConnectionInfo, ConnectionManager } from '../aws/connections/connection-manager.ts';
import type { ConnectionPage, ConnectionTable } from '../aws/connections/connection-table.ts';
import type { ConnectionPoster, PostOutcome, PostResult } from '../aws/posting/connection-poster.ts';
import type { BroadcastQueue, SendOptions } from '../aws/queue/broadcast-queue.ts';
import type { Services } from '../aws/services.ts';
import { checkOptions } from '../middleware/support/check-options.ts';
import type { BroadcastRecord } from '../schemas/broadcast-record.ts';
import type { EndedRecord } from '../schemas/channels/ended-record.ts';
import type { ConnectionRow } from '../schemas/connections/connection-row.ts';
import type { DeadLetter } from '../schemas/dead-letter.ts';
import { FakeChannelQueue, FakeChannelTable } from './fake-channel-table.ts';

/** A broadcast queue in memory, for tests. The real queue passes the same tests. */
export class FakeBroadcastQueue implements BroadcastQueue {
  readonly sent: BroadcastRecord[] = [];
  /** The delay of each record in `sent`, in seconds. */
  readonly delaysSeconds: number[] = [];
  /** Records of ended connections, with their delays in seconds. They are not in `sent`. */
  readonly ended: { record: EndedRecord; delaySeconds: number }[] = [];
  readonly deadLetters: DeadLetter[] = [];
  /** While true, every call fails. */
  down = false;

  async send(record: BroadcastRecord | EndedRecord, { delaySeconds = 0 }: SendOptions = {}): Promise<void> {
    this.#assertUp();
    const copy = structuredClone(record); // the caller may change its object
    if ('ended' in copy) this.ended.push({ record: copy, delaySeconds });
    else {
      this.sent.push(copy);
      this.delaysSeconds.push(delaySeconds);
    }
  }

  async deadLetter(letter: DeadLetter): Promise<void> {
    this.#assertUp();
    this.deadLetters.push(structuredClone(letter));
  }

  #assertUp(): void {
    if (this.down) throw new Error('The broadcast queue is down (set by the test)');
  }
}

/** A connection manager in memory, for tests. The real manager passes the same tests. */
export class FakeConnectionManager implements ConnectionManager {
  /** By connection id. Any other connection is gone. */
  readonly connections: Map<string, ConnectionInfo>;
  /** Ids of the connections to disconnect, in the order of the calls. */
  readonly disconnected: string[] = [];
  /** While true, every call fails. */
  down = false;

  constructor(connections: Readonly<Record<string, ConnectionInfo>> = {}) {
    this.connections = new Map(Object.entries(connections));
  }

  async inspect(connectionId: string): Promise<ConnectionInfo | undefined> {
    this.#assertUp();
    return this.connections.get(connectionId);
  }

  async disconnect(connectionId: string): Promise<void> {
    this.#assertUp();
    this.disconnected.push(connectionId);
    this.connections.delete(connectionId);
  }

  #assertUp(): void {
    if (this.down) throw new Error('API Gateway is down (set by the test)');
  }
}

export interface Post {
  connectionId: string;
  data: string;
}

/** A poster in memory, for tests. Set the outcome of a post with `poster.outcomes.set('c2', 'gone')`. */
export class FakeConnectionPoster implements ConnectionPoster {
  /** Delivered posts, in order. */
  readonly posted: Post[] = [];
  /** All posts, in order, with any outcome. */
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
    return outcome === 'delivered' ? { outcome } : { outcome, detail: 'set by the test' };
  }
}

export interface FakeConnectionTableOptions {
  rows?: readonly ConnectionRow[];
  /** Most rows of a page. Default 1000. */
  pageSize?: number;
}

/** A connection table in memory, for tests. The real table passes the same tests. */
export class FakeConnectionTable implements ConnectionTable {
  /** The current rows, by connection id. */
  readonly rows: Map<string, ConnectionRow>;
  /** Ids of the rows to delete, in the order of the calls. */
  readonly deleted: string[] = [];
  /** Number of pages that were read. */
  scannedPages = 0;
  /** While true, every call fails. */
  down = false;
  readonly #pageSize: number;

  constructor({ rows = [], pageSize = 1_000 }: FakeConnectionTableOptions = {}) {
    this.rows = new Map(rows.map((row) => [row.connectionId, row]));
    this.#pageSize = pageSize;
  }

  async put(row: ConnectionRow): Promise<void> {
    this.#assertUp();
    const { protocol } = { ...this.rows.get(row.connectionId), ...row };
    this.rows.set(row.connectionId, { ...row, ...(protocol && { protocol }) });
  }

  async delete(connectionId: string): Promise<void> {
    this.#assertUp();
    this.deleted.push(connectionId);
    this.rows.delete(connectionId);
  }

  async deleteMany(connectionIds: readonly string[]): Promise<readonly string[]> {
    if (this.down) return [...new Set(connectionIds)];
    for (const connectionId of new Set(connectionIds)) await this.delete(connectionId);
    return [];
  }

  async scanPage(cursor?: string): Promise<ConnectionPage> {
    this.#assertUp();
    this.scannedPages++;
    // As in DynamoDB, the order stays the same if rows are added or deleted.
    const remaining = [...this.rows.values()]
      .filter(({ connectionId }) => cursor === undefined || connectionId > cursor)
      .sort((a, b) => (a.connectionId < b.connectionId ? -1 : 1));
    const rows = remaining.slice(0, this.#pageSize);
    return { rows, cursor: remaining.length > rows.length ? rows.at(-1)?.connectionId : undefined };
  }

  #assertUp(): void {
    if (this.down) throw new Error('The connection table is down (set by the test)');
  }
}

export interface FakeServicesOptions {
  /** Rows of the connection table at the start. Default: no rows. */
  rows?: readonly ConnectionRow[];
  /** Connections that API Gateway answers 410 for. */
  gone?: readonly string[];
  /** Connections that API Gateway answers 429 for. */
  throttled?: readonly string[];
  /** Other outcomes of posts, by connection id. Default: `delivered`. */
  outcomes?: Readonly<Record<string, PostOutcome>>;
  /** API Gateway's info of connections, by connection id. */
  connections?: Readonly<Record<string, ConnectionInfo>>;
  /** Services that fail at every call. Default: no service. */
  down?: readonly ('table' | 'queue' | 'poster' | 'manager' | 'channels' | 'channelQueue')[];
}

export interface FakeServices extends Services {
  readonly connections: FakeConnectionTable;
  readonly queue: FakeBroadcastQueue;
  readonly poster: FakeConnectionPoster;
  readonly manager: FakeConnectionManager;
  readonly channels: FakeChannelTable;
  readonly channelQueue: FakeChannelQueue;
}

/**
 * Creates fakes of the AWS services for a test. They keep all posts, records, deleted rows and dead letters, and fail
 * if the options say so.
 *
 * ```ts
 * import { aContext, aMessageEvent, fakeServices } from 'middy-fanout/testing';
 * import { handler } from './wave.ts';
 *
 * const services = fakeServices({ gone: ['c2'], down: ['table'] });
 * await handler(aMessageEvent({ body: { action: 'wave', name: 'Ada' } }), aContext({ services }));
 * console.log(services.queue.sent, services.poster.posted, services.connections.rows);
 * ```
 * @throws {TypeError} if an option does not exist or is invalid.
 */
export const fakeServices = (options: FakeServicesOptions = {}): FakeServices => {
  checkOptions('fakeServices', RULES, options);
  const { rows = [], gone = [], throttled = [], outcomes = {}, connections: infos = {}, down = [] } = options;
  const poster = new FakeConnectionPoster(outcomes);
  for (const connectionId of gone) poster.outcomes.set(connectionId, 'gone');
  for (const connectionId of throttled) poster.outcomes.set(connectionId, 'throttled');
  const connections = new FakeConnectionTable({ rows });
  const queue = new FakeBroadcastQueue();
  const manager = new FakeConnectionManager(infos);
  const services = { queue, poster, manager, channels: new FakeChannelTable(), channelQueue: new FakeChannelQueue() };
  for (const name of down) ({ table: connections, ...services })[name].down = true;
  return { connections, ...services };
};

const LIST = { type: 'array' } as const;
const BY_ID = { type: 'object', additionalProperties: true } as const;
const RULES = {
  rows: LIST,
  gone: LIST,
  throttled: LIST,
  outcomes: BY_ID,
  connections: BY_ID,
  down: { type: 'array', items: { enum: ['table', 'queue', 'poster', 'manager', 'channels', 'channelQueue'] } },
} as const;
