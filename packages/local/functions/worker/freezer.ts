import { AsyncResource } from 'node:async_hooks';
import { ChildProcess } from 'node:child_process';
import net from 'node:net';
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { InstanceEvent } from './protocol.ts';

/** The resources of work that was not awaited, by Node's name, such as sockets with a request, timers and files. */
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

/** The socket of a finished request on an agent without keep-alive. It has sent everything and is being closed. */
const isEnding = (handle: unknown): boolean =>
  handle instanceof net.Socket && (handle.destroyed || (handle.writableEnded && handle.writableLength === 0));

/** A child process that has ended stays in the list for one more turn of the event loop. */
const hasEnded = (handle: unknown): boolean =>
  handle instanceof ChildProcess && (handle.exitCode !== null || handle.signalCode !== null);

/** Node does not document this list. No documented function shows whether a socket has a request or is ending. */
const activeHandles = (): readonly unknown[] =>
  (process as unknown as { _getActiveHandles(): unknown[] })._getActiveHandles();

const countWork = (): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const resource of process.getActiveResourcesInfo()) {
    const kind = KINDS[resource];
    if (kind) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const checks = { socket: isEnding, 'child process': hasEnded };
  for (const [kind, isFinished] of Object.entries(checks)) {
    const count = counts.get(kind);
    if (count) counts.set(kind, count - activeHandles().filter(isFinished).length);
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
 * Stops this thread between events, as Lambda freezes an instance: no timer, promise or socket continues until the next
 * event.
 *
 * The event loop makes one more turn first, as under Lambda's client. A call that was not awaited may need this turn
 * before it can be detected, and an unhandled rejection ends the event before its answer is sent. If code writes to a
 * socket in this turn, the thread freezes before the write: the bytes leave with the next event, as on AWS.
 */
export class Freezer {
  readonly #options: FreezerOptions;
  readonly #gate: Int32Array;
  readonly #run: (event: InstanceEvent) => void;
  #handedOver = 0;
  /** Sends the answer of an event that is not frozen yet. */
  #deliver: (() => void) | undefined;
  #workOfModules: ReadonlyMap<string, number> = new Map();

  constructor(options: FreezerOptions) {
    this.#options = options;
    this.#gate = new Int32Array(options.gate);
    this.#run = AsyncResource.bind(options.run); // an event does not inherit the async context of the previous one
    this.#guardSockets();
  }

  /** Call it when the code is loaded. Work that is already running then is not reported as unawaited. */
  start(): void {
    this.#workOfModules = countWork();
    this.#runNext();
  }

  /** Call it when an event has its answer. `deliver` sends the answer just before the freeze. */
  answered(deliver: () => void): void {
    this.#deliver = deliver;
    setImmediate(() => {
      if (this.#deliver === deliver) this.#freeze(this.#unawaitedWork());
    });
  }

  #unawaitedWork(): string {
    const unawaited = [...countWork()].filter(([kind, count]) => count > (this.#workOfModules.get(kind) ?? 0));
    return describe(new Map(unawaited));
  }

  #freeze(unawaited: string): void {
    this.#deliver?.();
    this.#deliver = undefined;
    if (unawaited) this.#options.reportUnawaited(unawaited);
    this.#runNext();
  }

  #runNext(): void {
    const event = this.#wait();
    // Timers that became due and data that arrived during the freeze come before the event. On Lambda they do, because
    // events arrive through the same event loop. Two turns are needed, because a freeze may begin in any phase of one.
    setImmediate(() => setImmediate(() => this.#run(event)));
  }

  #wait(): InstanceEvent {
    for (;;) {
      const received = receiveMessageOnPort(this.#options.port);
      if (received) return received.message;
      Atomics.wait(this.#gate, 0, this.#handedOver);
      this.#handedOver = Atomics.load(this.#gate, 0);
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
