import type { PostResult } from '../../../aws/posting/connection-poster.ts';
import type { Services } from '../../../aws/services.ts';
import type { fanOutBatch } from '../../../fan-out/fan-out-batch.ts';
import type { Timekeeper } from '../../../fan-out/time/timekeeper.ts';
import type { BroadcastAccount } from '../../../schemas/broadcast-account.ts';
import type { Broadcast, BroadcastRecord, ReceivedBroadcast } from '../../../schemas/broadcast-record.ts';
import type { normalizeRow, StoredRow } from '../../../schemas/connections/connection-row.ts';
import type { DeadLetter } from '../../../schemas/dead-letter.ts';
import type { readBroadcast } from '../../../schemas/read-broadcast.ts';
import type { Scenario, ScenarioConnection, ScenarioFault } from './scenario.ts';
import { VirtualTime } from './virtual-time.ts';

/** The code under test: the fan-out, and the readers of rows and records. */
export interface Engine {
  fanOutBatch: typeof fanOutBatch;
  normalizeRow: typeof normalizeRow;
  readBroadcast: typeof readBroadcast;
}

export interface SimulatedConnection extends ScenarioConnection {
  connectionId: string;
  /** Epoch milliseconds when it connects. */
  from: number;
  /** Epoch milliseconds from which on it must receive no post. */
  until: number;
}

export interface SimulatedPost {
  invocation: number;
  connectionId: string;
  broadcastId: string;
  at: number;
  endedAt: number;
  outcome: PostResult['outcome'] | 'killed';
  arrived: boolean;
}

export interface SimulatedMessage {
  messageId: string;
  record: BroadcastRecord & { id: string };
  sentAt: number;
  /** Ids of the messages whose rest this message carries. */
  parents: readonly string[];
  visibleAt: number;
  received: number;
  /** How often a function has begun to work on it. Both deliveries of a duplicate count. */
  copies: number;
  deleted: boolean;
}

export interface SimulatedInvocation {
  number: number;
  messageIds: readonly string[];
  alive: boolean;
  killed: boolean;
  accounts: readonly BroadcastAccount[];
  failed: readonly string[];
  /** The time it was given, in milliseconds. */
  leftMs: number;
  /** The queues that refused a message. */
  refusals: ReadonlySet<string>;
  /** The error if the fan-out rejected, which it must never do. */
  error: unknown;
  /** The hand-overs that the queues took. */
  sent: SimulatedHandOver[];
}

export interface SimulatedHandOver {
  to: 'queue' | 'dead-letter';
  record: BroadcastRecord;
  /** When the queue was asked. */
  askedAt: number;
  /** When its answer came; `Infinity` if the function had ended by then. */
  answeredAt: number;
}

/** The events of a run. */
export interface Simulation {
  startedAt: number;
  endedAt: number;
  connections: readonly SimulatedConnection[];
  broadcasts: readonly Broadcast[];
  posts: readonly SimulatedPost[];
  messages: ReadonlyMap<string, SimulatedMessage>;
  invocations: readonly SimulatedInvocation[];
  deletions: readonly { connectionId: string; at: number }[];
  deadLetters: readonly DeadLetter[];
  /** Ids of broadcasts for which API Gateway always answers 413. */
  tooLarge: ReadonlySet<string>;
  drained: boolean;
}

const START = 1_800_000_000_000;
const FUNCTION_TIMEOUT_MS = 30_000;
const VISIBILITY_MS = 180_000;
const BATCH = 10;
const CONCURRENCY = 2;
const LONGEST_RUN_MS = 3_600_000;
const MOST_INVOCATIONS = 400;

/** Simulates API Gateway, DynamoDB, SQS and Lambda in virtual time, with the faults of a scenario. */
class World {
  readonly time: VirtualTime;
  readonly connections: SimulatedConnection[];
  readonly broadcasts: Broadcast[];
  readonly rows = new Map<string, StoredRow>();
  readonly posts: SimulatedPost[] = [];
  readonly messages = new Map<string, SimulatedMessage>();
  readonly invocations: SimulatedInvocation[] = [];
  readonly deletions: { connectionId: string; at: number }[] = [];
  readonly deadLetters: DeadLetter[] = [];
  readonly #scenario: Scenario;
  readonly #engine: Engine;
  readonly #byId: Map<string, SimulatedConnection>;
  #calls = 0;
  #running = 0;

  constructor(scenario: Scenario, engine: Engine) {
    this.#scenario = scenario;
    this.#engine = engine;
    this.time = new VirtualTime(START, scenario.seed);
    this.connections = scenario.connections.map((connection, index) => ({
      ...connection,
      connectionId: `c${index}`,
      from: START + connection.connectsAt,
      until: ttlOf(connection) * 1_000,
      // The age of such a row is unknown, so the fan-out cannot know whether a 410 means connecting.
      ...(connection.row === 'negative' && { handshakeMs: 0 }),
    }));
    this.#byId = new Map(this.connections.map((connection) => [connection.connectionId, connection]));
    this.broadcasts = scenario.broadcasts.map(({ sentAt, lifeMs, sender }, index) => ({
      id: `b${index}`,
      data: `b${index}`,
      sentAt: START + sentAt,
      expiresAt: START + sentAt + lifeMs,
      attempts: 0,
      except: `c${sender}`,
    }));
  }

  async run(): Promise<boolean> {
    for (const connection of this.connections) {
      const { connectionId, from } = connection;
      this.time.after(from - START, () => this.rows.set(connectionId, rowOf(connection)));
    }
    for (const broadcast of this.broadcasts) {
      this.time.after(broadcast.sentAt - START, () => this.#enqueue({ v: 1, ...broadcast }, [], 0));
    }
    await this.time.run(START + LONGEST_RUN_MS);
    return this.#running === 0 && [...this.messages.values()].every(({ deleted }) => deleted);
  }

  #enqueue(record: SimulatedMessage['record'], parents: readonly string[], delayMs: number): void {
    const number = this.messages.size;
    const late = this.#scenario.late.find(({ message }) => message === number)?.delayMs ?? 0;
    const message: SimulatedMessage = {
      messageId: `m${number}`,
      record,
      sentAt: this.time.now(),
      parents,
      visibleAt: this.time.now() + delayMs + late,
      received: 0,
      copies: 0,
      deleted: false,
    };
    this.messages.set(message.messageId, message);
    this.time.after(delayMs + late, () => this.#poll());
    const twice = this.#scenario.twice.find(({ message }) => message === number);
    if (twice) this.time.after(delayMs + late + twice.delayMs, () => this.#deliverAgain(message));
  }

  /** SQS delivers a message that a function is working on or has deleted. */
  #deliverAgain(message: SimulatedMessage): void {
    message.visibleAt = this.time.now();
    message.deleted = false;
    this.#poll();
  }

  #poll(): void {
    if (this.invocations.length >= MOST_INVOCATIONS) return;
    const now = this.time.now();
    const visible = [...this.messages.values()].filter((message) => !message.deleted && message.visibleAt <= now);
    if (visible.length === 0 || this.#running >= CONCURRENCY) return;
    const batch = visible.slice(0, BATCH);
    for (const message of batch) {
      message.received++;
      message.visibleAt = now + VISIBILITY_MS;
      this.time.after(VISIBILITY_MS, () => this.#poll());
    }
    void this.#invoke(batch);
    this.#poll();
  }

  async #invoke(batch: readonly SimulatedMessage[]): Promise<void> {
    const number = this.invocations.length;
    const leftMs =
      this.#scenario.starved.find(({ invocation: ordinal }) => ordinal === number)?.leftMs ?? FUNCTION_TIMEOUT_MS;
    const invocation: SimulatedInvocation = {
      number,
      messageIds: batch.map(({ messageId }) => messageId),
      alive: true,
      killed: false,
      accounts: [],
      failed: [],
      leftMs,
      refusals: new Set(),
      error: undefined,
      sent: [],
    };
    this.invocations.push(invocation);
    this.#running++;
    this.time.after(Math.max(leftMs, 1_000), () => this.#kill(invocation));
    const { postsPerSecond, targetMs } = this.#scenario;
    const timekeeper = this.#timekeeperOf(invocation);
    const options = { postsPerSecond, targetMs, endsAt: this.time.now() + leftMs, timekeeper };
    try {
      const { fanOutBatch } = this.#engine;
      const { accounts, failed } = await fanOutBatch(this.#read(batch), this.#servicesOf(invocation, batch), options);
      Object.assign(invocation, { accounts, failed });
    } catch (error) {
      Object.assign(invocation, { error });
    }
    if (!invocation.alive) return;
    invocation.alive = false; // Lambda freezes the function: work that was not awaited does not happen
    this.#running--;
    for (const message of batch) if (!invocation.failed.includes(message.messageId)) message.deleted = true;
    this.#poll();
  }

  #read(batch: readonly SimulatedMessage[]): ReceivedBroadcast[] {
    return batch.flatMap(({ messageId, received: receiveCount, record, sentAt }) => {
      const body = JSON.stringify(record);
      const broadcast = this.#engine.readBroadcast({ messageId, body, receivedAt: sentAt }, this.time.now());
      if (broadcast) return [{ messageId, receiveCount, broadcast }];
      this.deadLetters.push({ v: 1, reason: 'unreadable', diedAt: this.time.now(), record: body });
      return [];
    });
  }

  #kill(invocation: SimulatedInvocation): void {
    if (!invocation.alive) return;
    invocation.alive = false;
    invocation.killed = true;
    this.#running--;
    this.#poll();
  }

  #timekeeperOf(invocation: SimulatedInvocation): Timekeeper {
    return {
      now: () => this.time.now(),
      idleMs: () => this.time.idleMs(),
      random: () => this.time.random(),
      after: (delayMs, callback) => this.time.after(delayMs, () => invocation.alive && callback()),
    };
  }

  /** A call to AWS. Its effect happens halfway through its latency, even if the function has ended by then. */
  #call<T>(invocation: SimulatedInvocation, effect: () => T, latencyMs = this.#latencyMs()): Promise<T> {
    this.#calls++;
    const kill = this.#scenario.kills.find(({ call }) => call === this.#calls);
    return new Promise((resolve, reject) => {
      if (!invocation.alive) return;
      if (kill) this.#kill(invocation);
      if (kill && !kill.after) return;
      this.time.after(latencyMs / 2, () => {
        let settle: () => void;
        try {
          const result = effect();
          settle = () => resolve(result);
        } catch (error) {
          settle = () => reject(error);
        }
        this.time.after(latencyMs / 2, () => invocation.alive && settle());
      });
    });
  }

  #latencyMs(): number {
    return this.#scenario.latencyMs * (0.5 + this.time.random());
  }

  #strikes(kind: ScenarioFault['kind']): boolean {
    const now = this.time.now() - START;
    return this.#scenario.faults.some(
      (fault) =>
        fault.kind === kind && fault.from <= now && now < fault.from + fault.forMs && this.time.random() < fault.share,
    );
  }

  #servicesOf(
    invocation: SimulatedInvocation,
    batch: readonly SimulatedMessage[],
  ): Pick<Services, 'connections' | 'queue' | 'poster'> {
    const refuseIf = (kind: ScenarioFault['kind']): void => {
      if (!this.#strikes(kind)) return;
      (invocation.refusals as Set<string>).add(kind);
      throw new Error(`A fault of the scenario: ${kind}`);
    };
    const parentsOf = (record: BroadcastRecord): string[] =>
      batch.filter((message) => message.record.id === record.id).map(({ messageId }) => messageId);
    return {
      poster: { post: (connectionId, data) => this.#post(invocation, connectionId, data) },
      connections: {
        put: () => Promise.reject(new Error('The fan-out puts no rows')),
        delete: () => Promise.reject(new Error('The fan-out deletes rows in batches')),
        scanPage: (cursor) =>
          this.#call(invocation, () => {
            refuseIf('scan');
            const left = [...this.rows.values()]
              .filter(({ connectionId }) => cursor === undefined || connectionId > cursor)
              .sort((a, b) => (a.connectionId < b.connectionId ? -1 : 1));
            const rows = left
              .slice(0, this.#scenario.pageRows)
              .map((row) => this.#engine.normalizeRow(row, this.time.now()));
            return { rows, cursor: left.length > rows.length ? rows.at(-1)?.connectionId : undefined };
          }),
        deleteMany: (connectionIds) =>
          this.#call(invocation, () => {
            refuseIf('delete');
            for (const connectionId of connectionIds) {
              this.deletions.push({ connectionId, at: this.time.now() });
              this.rows.delete(connectionId);
            }
            return [];
          }),
      },
      queue: {
        send: (record, { delaySeconds = 0 } = {}) => {
          const copy = structuredClone(record) as BroadcastRecord; // no connection of a simulated broadcast has ended
          return this.#handOver(invocation, 'queue', copy, () => {
            refuseIf('send');
            this.#enqueue({ ...copy, id: copy.id as string }, parentsOf(copy), delaySeconds * 1_000);
          });
        },
        deadLetter: (letter) =>
          this.#handOver(invocation, 'dead-letter', JSON.parse(letter.record), () => {
            refuseIf('dead-letter');
            this.deadLetters.push(letter);
          }),
      },
    };
  }

  async #handOver(
    invocation: SimulatedInvocation,
    to: SimulatedHandOver['to'],
    record: BroadcastRecord,
    take: () => void,
  ): Promise<void> {
    const handOver: SimulatedHandOver = { to, record, askedAt: this.time.now(), answeredAt: Infinity };
    await this.#call(invocation, () => {
      take();
      invocation.sent.push(handOver);
    });
    handOver.answeredAt = this.time.now();
  }

  async #post(invocation: SimulatedInvocation, connectionId: string, data: string): Promise<PostResult> {
    const post: SimulatedPost = {
      invocation: invocation.number,
      connectionId,
      broadcastId: data,
      at: this.time.now(),
      endedAt: Infinity,
      outcome: 'killed',
      arrived: false,
    };
    if (invocation.alive) this.posts.push(post);
    const connection = this.#byId.get(connectionId) as SimulatedConnection;
    const tooLarge = this.#scenario.broadcasts[Number(data.slice(1))]?.tooLarge ?? false;
    let outcome: PostResult['outcome'] = 'delivered';
    let hangs = false;
    await this.#call(invocation, () => {
      const now = this.time.now();
      if (this.#strikes('forbidden')) outcome = 'forbidden';
      else if (tooLarge || connection.narrow) outcome = 'too-large';
      else if (connection.malformed || !isConnected(connection, now)) outcome = 'gone';
      else if (now < START + connection.slowUntil || this.#strikes('throttled')) outcome = 'throttled';
      else if (this.#strikes('failed')) outcome = 'failed';
      else {
        hangs = this.#strikes('hang');
        if (hangs || this.#strikes('reset')) outcome = 'unknown';
        post.arrived = outcome === 'delivered' || this.time.random() < 0.5;
      }
    });
    if (hangs) await this.#call(invocation, () => undefined, 2_000);
    post.outcome = outcome;
    post.endedAt = this.time.now();
    return outcome === 'delivered' ? { outcome } : { outcome, detail: 'simulated' };
  }
}

const isConnected = ({ from, handshakeMs, leavesAt }: SimulatedConnection, now: number): boolean =>
  now >= from + handshakeMs && now < START + leavesAt;

/** Epoch seconds. */
const ttlOf = ({ connectsAt, expiresAt }: ScenarioConnection): number =>
  Math.floor((START + Math.min(connectsAt + 7_500_000, expiresAt)) / 1_000);

const rowOf = ({ connectionId, from, until, row }: SimulatedConnection): StoredRow => {
  const [connectedAt, ttl] = [Math.floor(from / 1_000), until / 1_000];
  switch (row) {
    case 'milliseconds':
      return { connectionId, connectedAt: from, ttl: until };
    case 'fraction':
      return { connectionId, connectedAt: connectedAt + 0.453, ttl: ttl + 0.5 };
    case 'text':
      return { connectionId, connectedAt: `${connectedAt}.453`, ttl };
    case 'negative':
      return { connectionId, connectedAt: -1, ttl };
    default:
      return { connectionId, connectedAt, ttl };
  }
};

/** Runs a scenario until every message is done. */
export const simulate = async (scenario: Scenario, engine: Engine): Promise<Simulation> => {
  const world = new World(scenario, engine);
  const drained = await world.run();
  return {
    startedAt: START,
    endedAt: world.time.now(),
    connections: world.connections,
    broadcasts: world.broadcasts,
    posts: world.posts,
    messages: world.messages,
    invocations: world.invocations,
    deletions: world.deletions,
    deadLetters: world.deadLetters,
    tooLarge: new Set(scenario.broadcasts.flatMap(({ tooLarge }, index) => (tooLarge ? [`b${index}`] : []))),
    drained,
  };
};
