import { AsyncResource } from 'node:async_hooks';
import { ChildProcess } from 'node:child_process';
import net from 'node:net';
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { InstanceEvent } from './protocol.ts';

/** Resources that work which nobody awaited holds: sockets with a request on them, timers, files, lookups. */
const KINDS: Readonly<Record<string, string>> = {
  TCPSocketWrap: 'socket',
  TLSWrap: 'socket',
  PipeWrap: 'socket',
  TCPConnectWrap: 'connection being made',
  GetAddrInfoReqWrap: 'name lookup',
  Timeout: 'timer',
  FSReqCallback: 'file operation',
  FSReqPromise: 'file operation',
  ProcessWrap: 'child process',
};

/** A socket of a finished request on an agent without keep-alive: nothing is left to send, its end is on its way. */
const isEnding = (handle: unknown): boolean =>
  handle instanceof net.Socket && (handle.destroyed || (handle.writableEnded && handle.writableLength === 0));

/** A child process that has ended is closed a turn of the event loop later. */
const hasEnded = (handle: unknown): boolean =>
  handle instanceof ChildProcess && (handle.exitCode !== null || handle.signalCode !== null);

/** Not documented by Node, but nothing that is tells such a socket from one with a request on it. */
const activeHandles = (): readonly unknown[] =>
  (process as unknown as { _getActiveHandles(): unknown[] })._getActiveHandles();

const countWork = (): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const resource of process.getActiveResourcesInfo()) {
    const kind = KINDS[resource];
    if (kind) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const ended = { socket: isEnding, 'child process': hasEnded };
  for (const [kind, isOver] of Object.entries(ended)) {
    const count = counts.get(kind);
    if (count) counts.set(kind, count - activeHandles().filter(isOver).length);
  }
  return counts;
};

const describe = (work: ReadonlyMap<string, number>): string =>
  [...work].map(([kind, count]) => `${count} ${kind}${count === 1 ? '' : 's'}`).join(', ');

interface FreezerOptions {
  port: MessagePort;
  gate: SharedArrayBuffer;
  run(event: InstanceEvent): void;
  reportUnawaited(work: string): void;
  onWrite(): void;
}

/**
 * Stops this thread between events as Lambda freezes an instance: nothing goes on until the next event, not a timer,
 * not a promise, not a socket.
 *
 * One turn of the event loop comes first, as in Lambda's client: a call that was not awaited may not have begun anything
 * yet that could be seen, and a rejection that nobody handles ends the event before its answer has left. What touches a
 * socket in that turn is stopped right there: its bytes leave with the next event, as on AWS.
 */
export class Freezer {
  readonly #options: FreezerOptions;
  readonly #gate: Int32Array;
  readonly #run: (event: InstanceEvent) => void;
  #handed = 0;
  /** Of the event that has its answer and is not frozen yet. */
  #deliver: (() => void) | undefined;
  #atRest: ReadonlyMap<string, number> = new Map();

  constructor(options: FreezerOptions) {
    this.#options = options;
    this.#gate = new Int32Array(options.gate);
    this.#run = AsyncResource.bind(options.run); // an event does not inherit the async context of the one before
    this.#guardSockets();
  }

  /** Call when the code is loaded: what it keeps running from then on is not an event's. */
  start(): void {
    this.#atRest = countWork();
    this.#runNext();
  }

  /** Call when an event has its answer. `deliver` sends it, just before the freeze. */
  answered(deliver: () => void): void {
    this.#deliver = deliver;
    setImmediate(() => {
      if (this.#deliver === deliver) this.#freeze(this.#unawaitedWork());
    });
  }

  #unawaitedWork(): string {
    const left = [...countWork()].filter(([kind, count]) => count > (this.#atRest.get(kind) ?? 0));
    return describe(new Map(left));
  }

  #freeze(unawaited: string): void {
    this.#deliver?.();
    this.#deliver = undefined;
    if (unawaited) this.#options.reportUnawaited(unawaited);
    this.#runNext();
  }

  #runNext(): void {
    const event = this.#wait();
    // What fell due while it was frozen comes first, as on Lambda, whose events arrive through the same loop. Two turns,
    // because the freeze may have been in any part of one: together they run the timers and read the sockets.
    setImmediate(() => setImmediate(() => this.#run(event)));
  }

  #wait(): InstanceEvent {
    for (;;) {
      const received = receiveMessageOnPort(this.#options.port);
      if (received) return received.message;
      Atomics.wait(this.#gate, 0, this.#handed);
      this.#handed = Atomics.load(this.#gate, 0);
    }
  }

  #guardSockets(): void {
    const guard = (work: string) => {
      if (this.#deliver) this.#freeze(work);
      else this.#options.onWrite();
    };
    const { connect, write } = net.Socket.prototype;
    net.Socket.prototype.connect = function (this: net.Socket, ...parameters: never[]) {
      guard('a connection');
      return Reflect.apply(connect, this, parameters);
    } as typeof connect;
    net.Socket.prototype.write = function (this: net.Socket, ...parameters: never[]) {
      guard('a request');
      return Reflect.apply(write, this, parameters);
    } as typeof write;
  }
}
