import type { ChannelState, MessageFrame } from '../../schemas/channels/frames.ts';
import { type CallOptions, Channel, type ClientChannel, type Message, type PublishOptions } from './channel/channel.ts';
import { SeenIds } from './channel/position.ts';
import { ClientError } from './client-error.ts';
import { Connection, type Frame } from './connection/connection.ts';
import { ANSWER_MS, Outbox, toError } from './connection/outbox.ts';
import type { BodyOf, Contract, DataOf, NameOf, ResultOf, RouteOf, WithoutAction } from './contract.ts';
import { Deadlines } from './deadlines.ts';
import { Emitter } from './emitter.ts';
import { createRuntime, type Runtime } from './runtime.ts';

/** `recovering`: the connection was lost, and the client opens another one. */
export type ClientState = 'connecting' | 'open' | 'recovering' | 'closed';

export interface ClientOptions {
  /** The URL of the stage, such as `wss://abc.execute-api.eu-west-1.amazonaws.com/prod`. */
  url: string;
  /**
   * Returns the token for a connection. It is called for each connection, has 10 s, and may throw. The token goes into
   * the handshake as the second subprotocol, so it has the characters of one, as a JWT does.
   */
  token?: () => string | Promise<string>;
  /** Most calls that wait for their answer. Default 100. */
  maxCalls?: number;
  runtime?: Partial<Runtime>;
}

export interface ClientEvents {
  state: ClientState;
  /** A broadcast to everybody. */
  message: Message;
  /** An error that belongs to no call, for example of a connection that cannot be opened. */
  error: ClientError;
}

export interface RouteCallOptions extends CallOptions {
  /** Time for the answer, in milliseconds. Default 10,000. */
  timeoutMs?: number;
  /** Whether the frame may be sent again after its connection was lost. Only for routes that may run twice. */
  repeats?: boolean;
}

export interface ChannelOptions {
  /** How many of the newest messages the channel begins with: 1 to 100. Default 0. It needs a history. */
  last?: number;
}

/** The longest wait before the next connection is tried: it doubles from half a second to 5 minutes. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 300_000;
/** API Gateway closes a connection after 10 minutes without a frame. */
const KEEP_ALIVE_MS = { from: 360_000, to: 480_000 };
/** The part of a connection's life after which the next one takes over. */
const HAND_OVER = { from: 0.6, to: 0.95 };
/** Both connections are used for this long in a hand-over. */
const OVERLAP_MS = 10_000;
/** The server knows a key for 5 minutes. */
const PUBLISH_LIFE_MS = 240_000;

/** A connection has at most 50 channels, and its user's. */
const MAX_SYNC_CHANNELS = 51;
const MAX_CONNECTION_SECONDS = 7_200;

/** The state of a channel, or the code of its refusal. */
type Answered = ChannelState & { code?: string };

interface SyncResult {
  channels: Answered[];
  expiresIn: number;
}

/** See {@link createClient}. */
export class Client<C extends Contract = Contract> extends Emitter<ClientEvents> {
  readonly #options: ClientOptions;
  readonly #runtime: Runtime;
  readonly #deadlines: Deadlines;
  readonly #outbox: Outbox;
  readonly #channels = new Map<string, Channel>();
  /** Unsubscriptions without an answer yet. */
  readonly #leaving = new Map<string, Promise<unknown>>();
  readonly #asking = new Set<Channel>();
  readonly #seen = new SeenIds();
  /** All that have not ended: one, or two in a hand-over. */
  readonly #connections = new Set<Connection>();
  /** Calls are sent on this one. */
  #serving: Connection | undefined;
  /** The next one, until it is level: from the question for its token to the answer to its first `sync`. */
  #opening: Connection | 'token' | undefined;
  #state: ClientState = 'connecting';
  #failures = 0;
  #cancelOpen = (): void => {};
  #cancelKeepAlive = (): void => {};
  readonly #stopListening: () => void;

  constructor(options: ClientOptions) {
    super();
    checkUrl(options.url);
    this.#options = options;
    this.#runtime = createRuntime(options.runtime);
    this.#deadlines = new Deadlines(this.#runtime, () => this.#wake());
    this.#outbox = new Outbox({
      deadlines: this.#deadlines,
      capacity: options.maxCalls ?? 100,
      connectionFor: (channel) => this.#connectionFor(channel),
      onSilence: () => void this.#sync(this.#serving),
    });
    this.#stopListening = listenForWake(() => this.#wake());
    void this.#open();
  }

  get state(): ClientState {
    return this.#state;
  }

  /**
   * Sends a frame to a route of the API.
   * @returns what the handler of the route returned.
   * @throws {ClientError} the code of the API; `OUTCOME_UNKNOWN`, `NOT_SENT`, `OUTBOX_FULL`, `CLOSED`.
   */
  async call<Route extends RouteOf<C>>(
    route: Route,
    ...[body, options]: BodyOf<C, Route> extends object
      ? [body: WithoutAction<BodyOf<C, Route>>, options?: RouteCallOptions]
      : [body?: object, options?: RouteCallOptions]
  ): Promise<ResultOf<C, Route>> {
    const { timeoutMs = ANSWER_MS, repeats = false, signal } = (options ?? {}) as RouteCallOptions;
    return this.#add({ frame: { ...(body as object), action: route }, lifeMs: timeoutMs, repeats, signal });
  }

  /** Subscribes to a channel. A channel that is subscribed already is returned as it is. */
  channel<Name extends NameOf<C>>(name: Name, { last }: ChannelOptions = {}): ClientChannel<DataOf<C, Name>> {
    const present = this.#channels.get(name);
    if (present) return present as ClientChannel<unknown> as ClientChannel<DataOf<C, Name>>;
    const channel = new Channel(name, last, {
      publish: (...parameters) => this.#publish(...parameters),
      askMembers: (own) =>
        this.#add({ frame: { action: 'members', channel: own }, lifeMs: ANSWER_MS, repeats: true, lane: own }),
      repair: (own) => this.#ask(own),
      leave: (own) => this.#leave(own),
      after: (delayMs, callback) => this.#deadlines.after(delayMs, callback),
      random: () => this.#runtime.random(),
    });
    this.#channels.set(name, channel);
    if (this.#state === 'closed') channel.end(closed());
    // Two frames of a connection may take effect in any order.
    else if (this.#leaving.has(name)) void this.#leaving.get(name)?.then(() => this.#ask(channel));
    else this.#ask(channel);
    return channel as ClientChannel<unknown> as ClientChannel<DataOf<C, Name>>;
  }

  /** Closes the connection. Calls without an answer fail as `CLOSED`, and loops over messages end. */
  close(): void {
    if (this.#state === 'closed') return;
    this.#setState('closed');
    this.#stopListening();
    for (const connection of this.#connections) connection.end('closed');
    this.#outbox.fail(closed());
    for (const channel of this.#channels.values()) channel.end();
    this.#deadlines.stop();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #add<Result>(request: Parameters<Outbox['add']>[0]): Promise<Result> {
    if (this.#state === 'closed') throw closed();
    return (await this.#outbox.add(request)) as Result;
  }

  async #publish(channel: string, data: unknown, { key = this.#newKey(), signal }: PublishOptions) {
    const frame = { action: 'publish', channel, data, key };
    return this.#add<{ channel: string; id: string }>({
      ...{ frame, lifeMs: PUBLISH_LIFE_MS, repeats: true, lane: channel, signal },
    });
  }

  #newKey(): string {
    const part = () => this.#runtime.random().toString(36).slice(2, 13);
    return `${part()}_${part()}`;
  }

  #leave(channel: Channel): void {
    const { name } = channel;
    if (this.#channels.get(name) !== channel) return;
    this.#channels.delete(name);
    const left = [...this.#connections].map(async (connection) => {
      connection.answered.delete(name);
      const frame = { action: 'unsubscribe', channel: name };
      if (connection.isOpen) await this.#add({ frame, lifeMs: ANSWER_MS, via: connection });
    });
    const leaving = Promise.allSettled(left).then(() => {
      if (this.#leaving.get(name) === leaving) this.#leaving.delete(name);
    });
    this.#leaving.set(name, leaving);
  }

  /** A call for a channel waits until the server has answered for the channel on this connection. */
  #connectionFor(channel: string | undefined): Connection | undefined {
    const serving = this.#serving;
    const mustWait = channel !== undefined && this.#channels.has(channel) && !serving?.answered.has(channel);
    return serving?.isOpen && !mustWait ? serving : undefined;
  }

  /** Opens the next connection. */
  async #open(): Promise<void> {
    if (this.#opening || this.#state === 'closed') return;
    this.#cancelOpen();
    this.#opening = 'token';
    try {
      const token = await this.#token();
      if ((this.#state as ClientState) === 'closed') return;
      this.#opening = new Connection({
        ...{ url: this.#options.url, token, runtime: this.#runtime, deadlines: this.#deadlines },
        onOpen: (connection) => void this.#onOpen(connection),
        onFrame: (frame) => this.#onFrame(frame),
        onEnd: (connection, reason) => this.#onEnd(connection, reason),
      });
      this.#connections.add(this.#opening);
    } catch (error) {
      this.#opening = undefined;
      this.#openLater(`No token, or no WebSocket: ${error instanceof Error ? error.message : error}`);
    }
  }

  #token(): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      const cancel = this.#deadlines.after(ANSWER_MS, () =>
        reject(new Error('the token callback took more than 10 s')),
      );
      (async () => this.#options.token?.())().then(resolve, reject).finally(cancel);
    });
  }

  /** At a random time, so that the clients of an API do not all come back together. */
  #openLater(reason?: string): void {
    const most = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures++);
    this.#cancelOpen();
    this.#cancelOpen = this.#deadlines.after(this.#runtime.random() * most, () => void this.#open());
    if (reason !== undefined) this.emit('error', new ClientError('NO_CONNECTION', reason));
  }

  async #onOpen(connection: Connection): Promise<void> {
    this.#serving ??= connection;
    this.#outbox.flush();
    const expiresIn = await this.#catchUp(connection);
    if (expiresIn === undefined) return;
    this.#opening = undefined;
    this.#serving = connection;
    this.#failures = 0;
    this.#setState('open');
    this.#outbox.flush();
    for (const other of this.#connections)
      if (other !== connection) this.#deadlines.after(OVERLAP_MS, () => other.end('The client has a new connection'));
    const part = HAND_OVER.from + this.#runtime.random() * (HAND_OVER.to - HAND_OVER.from);
    this.#cancelOpen = this.#deadlines.after(part * expiresIn * 1_000, () => void this.#open());
    this.#keepAlive();
  }

  /** @returns the seconds until the connection ends, when it has all channels; `undefined` if it has ended before. */
  async #catchUp(connection: Connection): Promise<number | undefined> {
    let expiresIn: number | undefined;
    do {
      const missing = [...this.#channels.values()].filter(({ name }) => !connection.answered.has(name));
      expiresIn = await this.#sync(connection, missing);
    } while (expiresIn !== undefined && [...this.#channels.keys()].some((name) => !connection.answered.has(name)));
    return expiresIn;
  }

  #onEnd(connection: Connection, reason: string): void {
    const wasOpening = this.#opening === connection;
    this.#connections.delete(connection);
    if (wasOpening) this.#opening = undefined;
    if (this.#serving === connection) this.#serving = [...this.#connections].find(({ isOpen }) => isOpen);
    if (this.#state === 'closed') return;
    this.#outbox.lose(connection);
    if (!this.#serving && this.#state === 'open') this.#setState('recovering');
    if (wasOpening) this.#openLater(reason);
    else if (!this.#serving && !this.#opening) this.#openLater();
  }

  #keepAlive(): void {
    this.#cancelKeepAlive();
    const delayMs = KEEP_ALIVE_MS.from + this.#runtime.random() * (KEEP_ALIVE_MS.to - KEEP_ALIVE_MS.from);
    this.#cancelKeepAlive = this.#deadlines.after(delayMs, () => {
      void this.#sync(this.#serving);
      this.#keepAlive();
    });
  }

  /** The device is awake or online again. */
  #wake(): void {
    if (this.#serving) return void this.#sync(this.#serving);
    this.#failures = 0;
    void this.#open();
  }

  #setState(state: ClientState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.emit('state', state);
  }

  /** Asks for a channel. Channels that are asked for in the same turn go in one frame. */
  #ask(channel: Channel): void {
    this.#asking.add(channel);
    if (this.#asking.size > 1) return;
    queueMicrotask(() => {
      const channels = [...this.#asking];
      this.#asking.clear();
      void this.#sync(this.#serving, channels);
    });
  }

  /**
   * Asks for the states of channels. A connection that does not answer is dead.
   * @returns the seconds until the connection ends; `undefined` if it has ended.
   */
  async #sync(
    connection: Connection | undefined,
    channels: readonly Channel[] = [...this.#channels.values()],
  ): Promise<number | undefined> {
    if (!connection?.isOpen) return undefined;
    const own = channels.filter((channel) => this.#channels.get(channel.name) === channel);
    const known = own.filter(({ newest }) => newest === undefined).slice(0, MAX_SYNC_CHANNELS);
    const rest = own.filter(({ newest }) => newest === undefined).slice(MAX_SYNC_CHANNELS);
    const ask = <Result>(frame: object) =>
      this.#outbox.add({ frame, lifeMs: ANSWER_MS, via: connection }) as Promise<Result>;
    try {
      const questions = known.map(({ name, position }) => ({
        channel: name,
        ...(position !== undefined && { after: position }),
      }));
      const [synced, ...states] = await Promise.all([
        ask<SyncResult>({ action: 'sync', channels: questions }),
        ...own
          .filter(({ newest }) => newest !== undefined)
          .map(({ name, newest }) =>
            ask<Answered>({ action: 'subscribe', channel: name, last: newest }).catch((error: ClientError) => {
              if (error.code === 'OUTCOME_UNKNOWN') throw error;
              return { channel: name, code: error.code };
            }),
          ),
      ]);
      const asked = new Map(questions.map(({ channel, after }) => [channel, after]));
      const more: Channel[] = [...rest];
      for (const state of [...synced.channels, ...states] as Answered[]) {
        const channel = this.#channels.get(state.channel);
        if (!channel || !own.includes(channel)) continue;
        connection.answered.add(state.channel);
        if (state.code !== undefined) channel.refuse(new ClientError(state.code, `The API refuses ${state.channel}`));
        else channel.take(state, asked.get(state.channel));
        if (state.more) more.push(channel);
      }
      this.#outbox.flush();
      if (more.length > 0) await this.#sync(connection, more);
      return connection.isOpen ? synced.expiresIn : undefined;
    } catch (error) {
      if (!connection.isOpen || this.#state === 'closed') return undefined;
      // An application without channels has no such route.
      if (own.length === 0) return MAX_CONNECTION_SECONDS;
      const { message } = error as ClientError;
      connection.end(`The route sync failed. Does the API have the routes of channelRoutes()? ${message}`);
      return undefined;
    }
  }

  #onFrame(frame: Frame): void {
    this.#deadlines.look();
    const { ackId, type, channel } = frame;
    if (ackId !== undefined) this.#outbox.answer(frame);
    else if (type === 'message' || type === 'presence') {
      const { data, id, at } = frame as Frame & MessageFrame;
      if (channel !== undefined) this.#channels.get(channel as string)?.receive(frame as never);
      else if (this.#seen.add(id)) this.emit('message', { data, id, at });
    } else if (type === undefined && typeof frame.message === 'string') this.emit('error', toError(frame));
    // A frame of a later version is ignored.
  }
}

const checkUrl = (url: string): void => {
  const { protocol, hostname, pathname } = new URL(url);
  if (protocol !== 'ws:' && protocol !== 'wss:')
    throw new TypeError(`Expected url to begin with wss:// or ws://, got ${url}`);
  if (hostname.includes('.execute-api.') && pathname === '/')
    throw new TypeError(`${url} has no stage: add its name, such as wss://${hostname}/prod`);
};

const closed = (): ClientError => new ClientError('CLOSED', 'The client was closed');

/** Calls back when the device comes online, or the page is shown. @returns a function that ends it. */
const listenForWake = (onWake: () => void): (() => void) => {
  const onShow = () => {
    if (document.visibilityState === 'visible') onWake();
  };
  globalThis.addEventListener?.('online', onWake);
  globalThis.document?.addEventListener?.('visibilitychange', onShow);
  return () => {
    globalThis.removeEventListener?.('online', onWake);
    globalThis.document?.removeEventListener?.('visibilitychange', onShow);
  };
};

/**
 * Creates a client of an API with the subprotocol `fanout.v1`, and connects it.
 *
 * ```ts
 * import { createClient } from 'middy-fanout-client';
 *
 * const client = createClient({ url: 'wss://abc.execute-api.eu-west-1.amazonaws.com/prod' });
 * const room = client.channel('room:42', { last: 20 });
 * room.on('message', ({ data }) => console.log(data));
 * await room.publish({ text: 'hi' });
 * client.close();
 * ```
 * It reconnects by itself, and goes on with each channel at its last message. A message of a channel with a history comes once
 * and in order, or the event `gap` says that messages are missing. Before a connection ends (two hours, or its token)
 * a second one takes over.
 * @throws {TypeError} if the URL is not one of a WebSocket, or has no stage.
 */
export const createClient = <C extends Contract = Contract>(options: ClientOptions): Client<C> =>
  new Client<C>(options);
