import { randomBytes, randomUUID } from 'node:crypto';
import { MessageChannel, type MessagePort, receiveMessageOnPort, type Worker } from 'node:worker_threads';
import type { Credentials, InvocationResult, LambdaFunction } from '../model/application.ts';
import { hasClient3 } from '../model/names.ts';
import { readNodeOptions } from '../model/node-options.ts';
import { startWorker } from '../runtime/start-worker.ts';
import type { Answer, FunctionError, InstanceData, InstanceEvent, InstanceMessage } from './worker/protocol.ts';

/**
 * The time that the first event gets for loading the code, in addition to its timeout, in milliseconds.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
const MAX_INIT_MS = 10_000;

/**
 * Size of a thread's young generation, in MB. A thread that runs out of memory gets 16 MB more from Node to end itself.
 * With Node's default of 48 MB, more than that can move to the old generation in one collection, and then the whole
 * process dies.
 */
const YOUNG_GENERATION_MB = 16;

export interface InstanceOptions {
  definition: LambdaFunction;
  credentials: Credentials;
  hosts: ReadonlyMap<string, string>;
  clockOffset: SharedArrayBuffer | undefined;
  onLine(line: string): void;
  onUnawaited(work: string): void;
  onUnknownHost(host: string): void;
  /** Called once, when the thread has ended. */
  onEnd(): void;
}

interface Running {
  event: InstanceEvent;
  resolve(result: InvocationResult): void;
  startedAt: number;
  timer: NodeJS.Timeout;
}

/** One execution environment of a function: a thread that runs one event at a time and is frozen between events. */
export class FunctionInstance {
  /** How long the code took to load, in milliseconds. `undefined` until it is loaded. */
  initMs: number | undefined;
  readonly #options: InstanceOptions;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #gate = new SharedArrayBuffer(4);
  #running: Running | undefined;
  /** Why the main thread ended this thread. */
  #cause: FunctionError | undefined;
  /** The answer of an instance that is ending. It waits for the thread's end, so that the instance gets no event. */
  #lastAnswer: (Answer & { durationMs: number }) | undefined;
  #ended = false;

  constructor(options: InstanceOptions) {
    this.#options = options;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#worker = this.#startWorker(port2);
    this.#port.on('message', (message: InstanceMessage) => this.#receive(message));
    this.#worker.on('error', (error) => this.#die(causeOf(error)));
    this.#worker.on('exit', (exitCode) => this.#exited(exitCode));
  }

  /** Runs one event. The instance must be idle. Never rejects. */
  run(event: Omit<InstanceEvent, 'requestId'>): Promise<InvocationResult> {
    const { timeoutMs } = this.#options.definition;
    return new Promise((resolve) => {
      const limitMs = this.initMs === undefined ? timeoutMs + MAX_INIT_MS : timeoutMs;
      const timer = setTimeout(() => this.#timeOut(), limitMs);
      this.#running = { event: { ...event, requestId: randomUUID() }, resolve, startedAt: performance.now(), timer };
      this.#port.postMessage(this.#running.event);
      const gate = new Int32Array(this.#gate);
      Atomics.add(gate, 0, 1);
      Atomics.notify(gate, 0);
    });
  }

  /** Ends the thread. A running event fails. */
  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #startWorker(port: MessagePort): Worker {
    const { definition, credentials, hosts, clockOffset } = this.#options;
    const log = {
      groupName: `/aws/lambda/${definition.functionName}`,
      streamName: `${new Date().toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]${randomBytes(16).toString('hex')}`,
    };
    const { functionName, arn, runtime, handler, codePath, timeoutMs, memoryMb } = definition;
    const environment = lambdaEnvironment(definition, credentials, log);
    const { NODE_OPTIONS: nodeOptions } = environment;
    const { preloads, ofThread } = readNodeOptions(nodeOptions ?? '');
    const workerData: InstanceData = {
      ...{ port, gate: this.#gate, clockOffset, hosts },
      ...{ functionName, arn, runtime, handler, codePath, timeoutMs, memoryMb },
      ...{ nodeOptions, preloads },
      logGroupName: log.groupName,
      logStreamName: log.streamName,
    };
    return startWorker('worker/function-worker', import.meta.url, {
      workerData,
      transferList: [port],
      env: { ...environment, NODE_OPTIONS: ofThread },
      execArgv: disabledFeatures(definition),
      resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
  }

  #receive(message: InstanceMessage): void {
    switch (message.type) {
      case 'ready':
        this.initMs = message.initMs;
        this.#restartTimer();
        break;
      case 'line':
        this.#options.onLine(message.line);
        break;
      case 'unawaited':
        this.#options.onUnawaited(message.work);
        break;
      case 'unknown-host':
        this.#options.onUnknownHost(message.host);
        break;
      case 'result':
      case 'error':
        if (message.isLast) this.#lastAnswer = message;
        else this.#answer(resultOf(message));
        break;
      case 'fatal':
        this.#die(message.error);
    }
  }

  #answer(result: InvocationResult): void {
    const running = this.#running;
    if (!running) return;
    this.#running = undefined;
    clearTimeout(running.timer);
    running.resolve(result);
  }

  /** The first event's timeout begins when the code is loaded. */
  #restartTimer(): void {
    if (!this.#running) return;
    clearTimeout(this.#running.timer);
    this.#running.timer = setTimeout(() => this.#timeOut(), this.#options.definition.timeoutMs);
  }

  #timeOut(): void {
    const seconds = (this.#options.definition.timeoutMs / 1_000).toFixed(2);
    this.#die({ errorType: 'Sandbox.Timedout', errorMessage: `Task timed out after ${seconds} seconds` });
  }

  #die(cause: FunctionError): void {
    this.#cause ??= cause;
    void this.stop();
  }

  #exited(exitCode: number): void {
    if (this.#ended) return;
    this.#ended = true;
    // First come the messages that the thread posted before its end.
    for (let posted = receiveMessageOnPort(this.#port); posted; posted = receiveMessageOnPort(this.#port)) {
      this.#receive(posted.message);
    }
    this.#port.close();
    if (this.#lastAnswer) this.#answer(resultOf(this.#lastAnswer));
    if (this.#running) {
      const { event, startedAt } = this.#running;
      const error = errorOfExit(this.#cause ?? exitError(exitCode), event.requestId);
      this.#options.onLine(`${error.errorType}\t${error.errorMessage}`);
      this.#answer({ ok: false, error, durationMs: performance.now() - startedAt });
    }
    this.#options.onEnd();
  }
}

const resultOf = (answer: Answer & { durationMs: number }): InvocationResult => {
  const { durationMs } = answer;
  if (answer.type === 'result') return { ok: true, payload: JSON.parse(answer.payload), durationMs };
  const { errorType, errorMessage } = answer.error;
  return { ok: false, error: { errorType, errorMessage }, durationMs };
};

const causeOf = (error: Error & { code?: string }): FunctionError =>
  error.code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? { errorType: 'Runtime.OutOfMemory', errorMessage: 'Runtime exited with error: signal: killed' }
    : { errorType: error.name, errorMessage: error.message };

/** The signals that can end a function's process, with the names that Lambda's sandbox prints. It is written in Go. */
const SIGNALS: ReadonlyMap<number, string> = new Map([
  [134, 'signal: aborted'],
  [137, 'signal: killed'],
  [143, 'signal: terminated'],
]);

const exitError = (exitCode: number): FunctionError => ({
  errorType: 'Runtime.ExitError',
  errorMessage:
    exitCode === 0
      ? 'Runtime exited without providing a reason'
      : `Runtime exited with error: ${SIGNALS.get(exitCode) ?? `exit status ${exitCode}`}`,
});

/** The messages of the sandbox's errors have the request id. Errors of the code do not. */
const errorOfExit = ({ errorType, errorMessage }: FunctionError, requestId: string) => ({
  errorType,
  errorMessage: /^(Sandbox|Runtime\.(ExitError|OutOfMemory))/.test(errorType)
    ? `RequestId: ${requestId} Error: ${errorMessage}`
    : errorMessage,
});

/**
 * Flags for the features that Lambda disables up to nodejs22.x, unless the function's own `NODE_OPTIONS` enables them.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
 */
const disabledFeatures = ({ runtime, environment }: LambdaFunction): string[] =>
  hasClient3(runtime)
    ? ['experimental-require-module', 'experimental-detect-module']
        .filter((name) => !environment.NODE_OPTIONS?.includes(`--${name}`))
        .map((name) => `--no-${name}`)
    : [];

/**
 * All environment variables of an instance: the ones that Lambda defines and the function's own. The instance does not
 * get the developer's variables.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export const lambdaEnvironment = (
  definition: LambdaFunction,
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
  log: { groupName: string; streamName: string },
): Record<string, string> => {
  const region = definition.arn.split(':')[3] as string;
  return {
    // The function may set these three itself. It cannot change the others.
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    PATH: process.env.PATH ?? '',
    ...definition.environment,
    _HANDLER: definition.handler,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${definition.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: definition.functionName,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMb),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    // This variable tells a library that it runs on Lambda. No server listens at the address: only this runtime can
    // ask for events.
    AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9',
    AWS_LAMBDA_LOG_GROUP_NAME: log.groupName,
    AWS_LAMBDA_LOG_STREAM_NAME: log.streamName,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken && { AWS_SESSION_TOKEN: sessionToken }),
    LAMBDA_TASK_ROOT: definition.codePath,
  };
};
