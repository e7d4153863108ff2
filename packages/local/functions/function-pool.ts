import { connectionHash } from '../../../schemas/connections/connection-hash.ts';
import type { Credentials, InvocationResult, InvokeOptions, LambdaFunction } from '../model/application.ts';
import type { FunctionLog } from '../model/local-event.ts';
import { FunctionInstance } from './function-instance.ts';

/** Lambda's limit for an event, in bytes. */
const MAX_EVENT_BYTES = 6 * 1_024 * 1_024 + 100;
/** Our choice: longest idle time of an instance beyond the first, in milliseconds. A warm thread takes 30 MB. */
const IDLE_INSTANCE_MS = 30_000;

export interface PoolOptions {
  credentialsOf(definition: LambdaFunction): Credentials;
  hosts: ReadonlyMap<string, string>;
  clockOffset: SharedArrayBuffer | undefined;
  maxInstances: number;
  crashAfterWrites(functionName: string): number | undefined;
  log: FunctionLog;
}

interface Waiting {
  event: string;
  routeKey: string | undefined;
  records: number | undefined;
  connection: string | undefined;
  traceHeader: string | undefined;
  resolve(result: InvocationResult): void;
}

interface Slot {
  instance: FunctionInstance;
  /** The definition that it runs. An instance with an old definition gets no more events. */
  definition: LambdaFunction;
  busy: boolean;
  /** Whether it was told to stop. Then it gets no more events. */
  isEnding: boolean;
  idleSinceMs: number;
}

/** The instances of one function, and the events that wait for one. */
export class FunctionPool {
  #definition: LambdaFunction;
  readonly #options: PoolOptions;
  readonly #slots = new Set<Slot>();
  readonly #waiting: Waiting[] = [];
  readonly #warned = new Set<string>();
  #retiring: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(definition: LambdaFunction, options: PoolOptions) {
    this.#definition = definition;
    this.#options = options;
  }

  get definition(): LambdaFunction {
    return this.#definition;
  }

  /** Runs an event on an idle instance, on a new one, or on the first that becomes idle. Never rejects. */
  invoke(event: unknown, { traceHeader }: InvokeOptions): Promise<InvocationResult> {
    const text = JSON.stringify(event) ?? 'null';
    if (Buffer.byteLength(text) > MAX_EVENT_BYTES) {
      const problem = `Request must be smaller than ${MAX_EVENT_BYTES} bytes for the InvokeFunction operation`;
      return Promise.resolve(refusal('RequestEntityTooLargeException', problem));
    }
    return new Promise((resolve) => {
      this.#waiting.push({ event: text, ...describeEvent(event), traceHeader, resolve });
      this.#dispatch();
    });
  }

  /** New events run with this definition. Running events end with the old one. */
  replace(definition: LambdaFunction): void {
    this.#definition = definition;
    this.#warned.clear();
    for (const slot of this.#slots) if (!slot.busy) end(slot);
    this.#dispatch();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#retiring);
    this.#dispatch();
    await Promise.all([...this.#slots].map(({ instance }) => instance.stop()));
  }

  #limit(): number {
    return Math.min(this.#options.maxInstances, this.#definition.reservedConcurrency ?? this.#options.maxInstances);
  }

  #dispatch(): void {
    if (this.#stopped) this.#refuseWaiting('ServiceException', 'The local run was stopped');
    if (this.#limit() === 0) this.#refuseWaiting('TooManyRequestsException', 'Rate Exceeded.');
    while (this.#waiting.length > 0) {
      const slot = this.#idleSlot() ?? this.#newSlotOrRefuse();
      if (!slot) return;
      void this.#run(slot, this.#waiting.shift() as Waiting);
    }
  }

  #refuseWaiting(errorType: string, errorMessage: string): void {
    for (const { resolve } of this.#waiting.splice(0)) resolve(refusal(errorType, errorMessage));
  }

  #isCurrent = (slot: Slot): boolean => slot.definition === this.#definition;

  /** The most recently used one, so that the others stay idle and can be ended. */
  #idleSlot(): Slot | undefined {
    return [...this.#slots]
      .filter((slot) => !slot.busy && !slot.isEnding && this.#isCurrent(slot))
      .sort((a, b) => b.idleSinceMs - a.idleSinceMs)[0];
  }

  /** A thread does not start if its `NODE_OPTIONS` has an unknown option. The event fails then, as on Lambda. */
  #newSlotOrRefuse(): Slot | undefined {
    try {
      return this.#newSlot();
    } catch (error) {
      const { functionName } = this.#definition;
      const line = `Runtime.ExitError\t${(error as Error).message}`;
      this.#options.log({ type: 'log', functionName, line });
      this.#refuseWaiting('Runtime.ExitError', 'Runtime exited with error: exit status 9');
      return undefined;
    }
  }

  #newSlot(): Slot | undefined {
    if (this.#slots.size >= this.#limit()) return undefined;
    const definition = this.#definition;
    const instance = new FunctionInstance({
      definition,
      credentials: this.#options.credentialsOf(definition),
      hosts: this.#options.hosts,
      clockOffset: this.#options.clockOffset,
      onLine: (line) => this.#options.log({ type: 'log', functionName: definition.functionName, line }),
      onUnawaited: (work) =>
        this.#warnOnce(
          `answered with ${work} still running. Lambda freezes this work until the next event, which may never come: await it`,
        ),
      onUnknownHost: (host) => this.#warnOnce(`called ${host}, which the local run does not have`),
      onEnd: () => {
        this.#slots.delete(slot);
        this.#dispatch();
      },
    });
    const slot: Slot = { instance, definition, busy: false, isEnding: false, idleSinceMs: performance.now() };
    this.#slots.add(slot);
    this.#retiring ??= setInterval(() => this.#retire(), IDLE_INSTANCE_MS).unref();
    return slot;
  }

  async #run(slot: Slot, { event, routeKey, records, connection, traceHeader, resolve }: Waiting): Promise<void> {
    const { functionName } = this.#definition;
    const coldStart = slot.instance.initMs === undefined;
    const crashAfterWrites = this.#options.crashAfterWrites(functionName);
    slot.busy = true;
    const result = await slot.instance.run({
      event,
      ...(traceHeader && { traceHeader }),
      ...(crashAfterWrites && { crashAfterWrites }),
    });
    slot.busy = false;
    slot.idleSinceMs = performance.now();
    resolve(result);
    const { initMs } = slot.instance;
    this.#options.log({
      ...{ type: 'invocation', functionName, durationMs: result.durationMs, ok: result.ok, coldStart },
      ...(routeKey !== undefined && { routeKey }),
      ...(connection !== undefined && { connection }),
      ...(records !== undefined && { records }),
      ...(coldStart && initMs !== undefined && { initMs }),
      ...(!result.ok && { error: `${result.error.errorType}: ${result.error.errorMessage}` }),
    });
    if (!this.#isCurrent(slot)) end(slot);
    this.#dispatch();
  }

  #warnOnce(problem: string): void {
    if (this.#warned.has(problem)) return;
    this.#warned.add(problem);
    const { functionName } = this.#definition;
    this.#options.log({ type: 'warning', functionName, line: `${functionName} ${problem}` });
  }

  #retire(): void {
    const idle = [...this.#slots].filter(({ busy, isEnding }) => !busy && !isEnding);
    const expired = idle.filter(({ idleSinceMs }) => performance.now() - idleSinceMs > IDLE_INSTANCE_MS);
    for (const slot of idle.length === expired.length ? expired.slice(1) : expired) end(slot);
  }
}

const end = (slot: Slot): void => {
  slot.isEnding = true;
  void slot.instance.stop();
};

const refusal = (errorType: string, errorMessage: string): InvocationResult => ({
  ok: false,
  error: { errorType, errorMessage },
  durationMs: 0,
});

const describeEvent = (event: unknown): Pick<Waiting, 'routeKey' | 'records' | 'connection'> => {
  const { requestContext, Records } = (event ?? {}) as {
    requestContext?: { routeKey?: string; connectionId?: unknown };
    Records?: readonly unknown[];
  };
  const { routeKey, connectionId } = requestContext ?? {};
  return {
    routeKey,
    records: Array.isArray(Records) ? Records.length : undefined,
    connection: typeof connectionId === 'string' ? connectionHash(connectionId) : undefined,
  };
};
