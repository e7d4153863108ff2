import type { ChannelTable } from '../../../../aws/channels/channel-table.ts';
import type { PostResult } from '../../../../aws/posting/connection-poster.ts';
import type { Services } from '../../../../aws/services.ts';
import type { BroadcastRecord } from '../../../../schemas/broadcast-record.ts';
import type { ChannelRules } from '../../../../schemas/channels/channel-rules.ts';
import type { EndedRecord } from '../../../../schemas/channels/ended-record.ts';
import { type ChannelState, textOf } from '../../../../schemas/channels/frames.ts';
import { readChannelRecord } from '../../../../schemas/channels/read-channel-record.ts';
import { FakeChannelTable } from '../../../../testing/fake-channel-table.ts';
import { VirtualTime } from '../../simulation/virtual-time.ts';
import { SimulatedClient } from './client.ts';
import { FifoQueue } from './fifo-queue.ts';

export const START = 1_795_000_000_000;
export const CHANNEL = 'room:1';
export const RULES: ChannelRules = { 'room:{room}': { history: { seconds: 3_600 }, presence: true } };

/** The parts of the framework that the simulation runs. A planted fault is in a copy of them. */
export interface ChannelEngine {
  fanOutChannels: typeof import('../../../../fan-out/channels/fan-out-channels.ts').fanOutChannels;
  endConnections: typeof import('../../../../fan-out/channels/end-connections.ts').endConnections;
  subscribe: (
    caller: { connectionId: string; channel: string; after?: number },
    services: { channels: ChannelTable; channelQueue: FifoQueue; now: () => number },
  ) => Promise<ChannelState>;
  endedDelaySeconds: number;
}

/** The behaviour of one run, each from 0 to 1, or a planted fault. */
export interface Plan {
  seed: number;
  clients: number;
  messages: number;
  /** Chance that a call of the table or a queue never answers: the function is killed there. */
  kills: number;
  /** Chance that a call answers after the visibility timeout. */
  lates: number;
  /** Chance that a call fails. */
  failures: number;
  /** Chance that a post is lost, or is repeated although it arrived. */
  lostPosts: number;
  /** Chance that an end of a connection sends no `$disconnect`. */
  lostDisconnects: number;
  /** How often each client changes its connection. */
  reconnects: number;
  /** Chance that the right of a client is revoked for a while. */
  revocations: number;
  /** The queue is replaced in the middle of the run. */
  replacesQueue: boolean;
  movesBack?: boolean;
  staleIndex?: boolean;
  unconditionalHead?: boolean;
}

interface SimulatedConnection {
  id: string;
  client: SimulatedClient;
  isOpen: boolean;
  /** When its `$disconnect` ran. */
  endedAt?: number;
}

const TIMEOUT_MS = 10_000;

/** Rooms, their clients and the functions between them, on virtual time. */
export class ChannelWorld {
  readonly time: VirtualTime;
  readonly table: FakeChannelTable;
  readonly clients: SimulatedClient[] = [];
  /** The ids of the messages that a queue has taken, in the order of their publisher. */
  readonly published: string[][] = [];
  readonly connections = new Map<string, SimulatedConnection>();
  /** Connections whose subscriptions outlived their `$disconnect`. */
  readonly leftBehind = new Set<string>();
  readonly #plan: Plan;
  readonly #engine: ChannelEngine;
  #queue: FifoQueue;
  #queueName = 'first.fifo';
  #made = 0;
  #calm = false;
  #running = 0;
  /** Functions that went on after their visibility timeout, or may do so. */
  #late = 0;

  constructor(plan: Plan, engine: ChannelEngine) {
    this.#plan = plan;
    this.#engine = engine;
    this.time = new VirtualTime(START, plan.seed);
    this.table = new FakeChannelTable({ now: () => this.time.now(), pageSize: 3 });
    this.#queue = new FifoQueue(this.time);
    if (plan.unconditionalHead)
      this.table.moveHead = async (channel, _from, to) => {
        this.table.heads.set(channel, to);
        return true;
      };
  }

  /** Whether the functions and the posts of the plan are never disturbed. */
  get isFaultless(): boolean {
    const { kills, lates, failures, lostPosts, revocations, replacesQueue } = this.#plan;
    return kills + lates + failures + lostPosts + revocations === 0 && !replacesQueue;
  }

  get deadLetters(): number {
    return this.#queue.deadLetters.length;
  }

  /** Runs the plan, then lets everything settle without faults. The code under test reads the virtual time. */
  async run(): Promise<void> {
    const { now } = Date;
    Date.now = () => Math.floor(this.time.now());
    await this.#run().finally(() => {
      Date.now = now;
    });
  }

  async #run(): Promise<void> {
    const { clients, messages } = this.#plan;
    for (let index = 0; index < clients; index++) this.#startClient(index);
    for (let index = 0; index < messages; index++) this.#publishLater(index % 3, index);
    if (this.#plan.replacesQueue) this.#replaceQueueLater();
    this.#poll();
    for (let second = 0; second < 400; second += 5) this.time.after(second * 1_000, () => this.#findLeftBehind());
    await this.time.run(START + 400_000);
    this.#calm = true;
    // A connection whose `$disconnect` was lost is found by the next post.
    this.#publish(0, this.#plan.messages);
    // Every client asks once more, as its keep-alive does.
    for (let round = 0; round < 4; round++) {
      await this.time.run(START + 500_000 + round * 100_000);
      for (const client of this.clients) void client.sync();
    }
    await this.time.run(START + 1_000_000);
  }

  connectionOf(client: SimulatedClient): SimulatedConnection | undefined {
    return [...this.connections.values()].find((connection) => connection.client === client && connection.isOpen);
  }

  #startClient(index: number): void {
    const client: SimulatedClient = new SimulatedClient({
      user: `user${index % Math.max(1, this.#plan.clients - 1)}`, // two connections may have one user
      channel: CHANNEL,
      time: this.time,
      movesBack: this.#plan.movesBack ?? false,
      ask: (after) => this.#ask(client, after),
    });
    this.clients.push(client);
    const { random, after } = this.#chance();
    after(random() * 20_000, () => this.#connect(client, this.#plan.reconnects));
    for (let second = 60; second < 400; second += 60)
      after(second * 1_000 + random() * 5_000, () => void client.sync());
  }

  #chance() {
    return {
      random: () => this.time.random(),
      after: (delayMs: number, callback: () => void) => this.time.after(delayMs, callback),
    };
  }

  #connect(client: SimulatedClient, again: number): void {
    const id = `c${++this.#made}`;
    const connection: SimulatedConnection = { id, client, isOpen: true };
    this.connections.set(id, connection);
    const connectedAt = Math.floor(this.time.now() / 1_000);
    void this.table
      .openConnection({ connectionId: id, user: client.user, connectedAt, ttl: connectedAt + 7_500, protocol: true })
      .then(() => client.sync(true));
    if (again === 0) return;
    const isShort = this.time.random() < 0.3;
    this.time.after(isShort ? this.time.random() * 500 : 20_000 + this.time.random() * 40_000, () => {
      this.#disconnect(connection);
      this.time.after(this.time.random() * 5_000, () => this.#connect(client, again - 1));
    });
  }

  #disconnect(connection: SimulatedConnection): void {
    connection.isOpen = false;
    if (this.time.random() < this.#plan.lostDisconnects && !this.#calm) return;
    connection.endedAt = this.time.now();
    void this.#end(connection.id);
  }

  async #end(connectionId: string): Promise<void> {
    if (await this.table.endConnection(connectionId)) this.#sendEnded({ v: 2, ended: [connectionId] });
  }

  #sendEnded(record: EndedRecord): void {
    this.time.after(this.#engine.endedDelaySeconds * 1_000, () => void this.#runEnded(record));
  }

  /** SQS repeats the record until it is done. */
  async #runEnded(record: EndedRecord): Promise<void> {
    const tools = { ...this.#invocation(), rules: RULES };
    try {
      const ended = this.#engine.endConnections(record, tools);
      await this.#orTimeout(ended);
    } catch {
      this.time.after(30_000, () => void this.#runEnded(record));
    }
  }

  async #ask(client: SimulatedClient, after: number | undefined): Promise<ChannelState> {
    const connection = this.connectionOf(client);
    if (!connection) throw new Error('closed');
    if (this.time.random() < this.#plan.revocations && !this.#calm) {
      await this.#revoke(connection);
      throw new Error('FORBIDDEN');
    }
    const caller = { connectionId: connection.id, channel: CHANNEL, ...(after !== undefined && { after }) };
    const state = await this.#engine.subscribe(caller, { ...this.#invocation(), now: () => this.time.now() });
    await this.time.sleep(this.time.random() * 300);
    if (!connection.isOpen) throw new Error('closed');
    return state;
  }

  /** The server unsubscribes the connection, now and again after the time in which a `subscribe` may still run. */
  async #revoke({ id, client }: SimulatedConnection): Promise<void> {
    await this.table.deleteSubscription(CHANNEL, client.user, id);
    await this.table.removeChannel(id, CHANNEL);
    await this.#queue.send({ v: 1, channel: CHANNEL, look: client.user });
    this.#sendEnded({ v: 2, ended: [id], channel: CHANNEL });
  }

  /** Finds subscriptions of connections that ended 40 seconds ago, with a `$disconnect`. */
  #findLeftBehind(): void {
    const before = this.time.now() - 40_000;
    for (const { connectionId } of this.table.subscriptions.get(CHANNEL)?.values() ?? [])
      if ((this.connections.get(connectionId)?.endedAt ?? Infinity) < before) this.leftBehind.add(connectionId);
  }

  #publishLater(publisher: number, index: number): void {
    const delayMs = (index / this.#plan.messages) * 300_000 + this.time.random() * 500;
    this.time.after(delayMs, () => this.#publish(publisher, index));
  }

  #publish(publisher: number, index: number): void {
    const id = `p${publisher}-${index}`;
    const record = { v: 1, channel: CHANNEL, data: { publisher, index }, id, at: this.time.now() } as const;
    void this.#queue.send(record, id);
    if (this.time.random() < 0.1) void this.#queue.send(record, id); // a client repeats it
    this.published[publisher] = [...(this.published[publisher] ?? []), id];
  }

  /** A deployment replaces the queue: the old one is drained first. */
  #replaceQueueLater(): void {
    this.time.after(150_000, () => {
      const old = this.#queue;
      const drained = () => {
        if (!old.isEmpty || this.#running + this.#late > 0) return this.time.after(1_000, drained);
        this.#queue = new FifoQueue(this.time);
        this.#queueName = 'second.fifo';
        return undefined;
      };
      drained();
    });
  }

  #poll(): void {
    const { receipt, messages } = this.#queue.receive();
    if (messages.length > 0) void this.#runFunction(this.#queue, this.#queueName, receipt, messages);
    if (this.time.now() < START + 990_000) this.time.after(20 + this.time.random() * 200, () => this.#poll());
  }

  async #runFunction(
    queue: FifoQueue,
    queueName: string,
    receipt: number,
    messages: ReturnType<FifoQueue['receive']>['messages'],
  ): Promise<void> {
    this.#running++;
    const records = messages.flatMap((message) => {
      const { group, sentAt, ...rest } = message;
      return readChannelRecord({ ...rest, queueName, groupId: group, receivedAt: sentAt }) ?? [];
    });
    const invocation = this.#invocation({ mayBeLate: true });
    const services = { ...invocation, connections: this.#rows(), queue: this.#broadcasts(), poster: this.#poster() };
    const options = { rules: RULES, postsPerSecond: 1_000, endsAt: this.time.now() + TIMEOUT_MS, onProblem: () => {} };
    try {
      const running = this.#engine.fanOutChannels(records, services, { ...options, timekeeper: this.time });
      const { failed } = await this.#orTimeout(running);
      const done = messages.map(({ messageId }) => messageId).filter((messageId) => !failed.includes(messageId));
      queue.finish(receipt, done);
    } catch {
      // killed: SQS delivers the records again after the visibility timeout
    }
    this.#running--;
  }

  #orTimeout<T>(running: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = this.time.after(TIMEOUT_MS, () => reject(new Error('Lambda ended the function')));
      running.finally(cancel).then(resolve, reject);
    });
  }

  /** The table and the queue of one invocation. Each call takes time, and may fail, come late, or kill the function. */
  #invocation({ mayBeLate = false } = {}): { channels: ChannelTable; channelQueue: FifoQueue } {
    let isKilled = false;
    const call =
      (target: object, name: string | symbol) =>
      async (...parameters: unknown[]) => {
        const { kills, lates, failures } = this.#plan;
        const dice = this.#calm ? 1 : this.time.random();
        const isLate = mayBeLate && !this.#calm && this.time.random() < lates;
        if (isKilled || dice < kills) isKilled = true;
        if (isKilled && this.time.random() < 0.5) return new Promise(() => {});
        if (isLate) this.#late++;
        const isSlow = !mayBeLate && this.time.random() < 0.03;
        const pauseMs = this.time.random() * (isSlow ? 5_000 : 30);
        await this.time.sleep(isLate ? 61_000 + this.time.random() * 5_000 : pauseMs);
        if (isLate) this.time.after(20_000, () => this.#late--);
        if (dice < kills + failures) throw new Error('simulated failure');
        const effect = this.#effect(target, name, parameters);
        if (isKilled) return new Promise(() => {});
        const result = await effect;
        await this.time.sleep(this.time.random() * 30);
        return result;
      };
    const wrap = <T extends object>(target: T): T =>
      new Proxy(target, { get: (object, name) => (name === 'then' ? undefined : call(object, name)) });
    return { channels: wrap(this.table as ChannelTable), channelQueue: wrap(this.#queue) };
  }

  #effect(target: object, name: string | symbol, parameters: unknown[]): unknown {
    const method = Reflect.get(target, name) as (...parameters: unknown[]) => unknown;
    if (this.#plan.staleIndex && name === 'subscriptionPage' && this.time.random() < 0.5)
      return this.#staleSubscriptions();
    return method.apply(target, parameters);
  }

  /** An index that lacks the newest subscriptions. */
  async #staleSubscriptions() {
    const { subscriptions } = await this.table.subscriptionPage(CHANNEL);
    const second = Math.floor(this.time.now() / 1_000);
    return { subscriptions: subscriptions.filter(({ connectedAt }) => connectedAt < second - 2), cursor: undefined };
  }

  #rows(): Services['connections'] {
    return {
      put: async () => {},
      delete: async () => {},
      deleteMany: async () => [],
      scanPage: async () => ({ rows: [], cursor: undefined }),
    };
  }

  /** The broadcast queue: its fan-out is simulated by itself, so here it only posts. */
  #broadcasts(): Services['queue'] {
    return {
      send: async (record, { delaySeconds = 0 } = {}) => {
        if ('ended' in record) this.#sendEnded(record);
        else this.time.after(delaySeconds * 1_000 + 100, () => void this.#postSegment(record));
      },
      deadLetter: async () => {},
    };
  }

  async #postSegment(record: BroadcastRecord): Promise<void> {
    const poster = this.#poster();
    for (const [connectionId, [, , protocol]] of Object.entries(record.connections ?? {}) as [string, number[]][]) {
      const text = protocol ? (record.frame as string) : textOf(record.data);
      for (let tries = 0; tries < 5; tries++) {
        const { outcome } = await poster.post(connectionId, text, { timeoutMs: 1_000 });
        if (outcome === 'gone') await this.#end(connectionId);
        if (outcome === 'delivered' || outcome === 'gone') break;
      }
    }
  }

  #poster(): Services['poster'] {
    return {
      post: async (connectionId, text): Promise<PostResult> => {
        await this.time.sleep(5 + this.time.random() * 40);
        const connection = this.connections.get(connectionId);
        if (!connection?.isOpen) return { outcome: 'gone' };
        const dice = this.#calm ? 1 : this.time.random();
        const { lostPosts } = this.#plan;
        if (dice < lostPosts / 2) return { outcome: 'delivered' }; // API Gateway took it, and the socket lost it
        connection.client.receive(text);
        return dice < lostPosts ? { outcome: 'unknown' } : { outcome: 'delivered' };
      },
    };
  }
}
