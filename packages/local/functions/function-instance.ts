import { randomBytes, randomUUID } from 'node:crypto';
import { MessageChannel, type MessagePort, receiveMessageOnPort, type Worker } from 'node:worker_threads';
import type { Credentials, InvocationResult, LambdaFunction } from '../model/application.ts';
import { hasClient3 } from '../model/names.ts';
import { startWorker } from '../runtime/start-worker.ts';
import type { Answer, FunctionError, InstanceData, InstanceEvent, InstanceMessage } from './worker/protocol.ts';

/** The time that the first event has for loading the code, beside its own. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */
const MAX_INIT_MS = 10_000;

/**
 * Node gives a thread that runs out of memory 16 MB more, to end by itself. If more than that becomes old at once, which
 * Node's own 48 MB allow, the whole process dies.
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
  /** The instance runs nothing any more. Called once. */
  onEnd(): void;
}

interface Running {
  event: InstanceEvent;
  resolve(result: InvocationResult): void;
  startedAt: number;
  timer: NodeJS.Timeout;
}

/** One execution environment of a function: a thread that runs one event at a time and is frozen in between. */
export class FunctionInstance {
  /** How long the code took to load, in milliseconds; undefined until it is loaded. */
  initMs: number | undefined;
  readonly #options: InstanceOptions;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #gate = new SharedArrayBuffer(4);
  #running: Running | undefined;
  /** Why the thread was ended from here. */
  #cause: FunctionError | undefined;
  /** What an instance that ends has answered: it is no sooner idle than gone. */
  #last: (Answer & { durationMs: number }) | undefined;
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

  /** Runs one event; the instance must be idle. Never rejects. */
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

  /** Ends the thread, and its event with it if there is one. */
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
    const workerData: InstanceData = {
      ...{ port, gate: this.#gate, clockOffset, hosts },
      ...{ functionName, arn, runtime, handler, codePath, timeoutMs, memoryMb },
      logGroupName: log.groupName,
      logStreamName: log.streamName,
    };
    return startWorker('worker/function-worker', import.meta.url, {
      workerData,
      transferList: [port],
      env: lambdaEnvironment(definition, credentials, log),
      execArgv: switchedOff(definition),
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
        if (message.isLast) this.#last = message;
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

  /** The time of the first event begins when the code is loaded. */
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
    // What it posted before its end comes first.
    for (let last = receiveMessageOnPort(this.#port); last; last = receiveMessageOnPort(this.#port)) {
      this.#receive(last.message);
    }
    this.#port.close();
    if (this.#last) this.#answer(resultOf(this.#last));
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

/** The signals that a function may end itself with, in the words of Go, in which Lambda's sandbox is written. */
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

/** Errors of the sandbox carry the request id; those of the code do not. */
const errorOfExit = ({ errorType, errorMessage }: FunctionError, requestId: string) => ({
  errorType,
  errorMessage: /^(Sandbox|Runtime\.(ExitError|OutOfMemory))/.test(errorType)
    ? `RequestId: ${requestId} Error: ${errorMessage}`
    : errorMessage,
});

/**
 * What Lambda switches off up to nodejs22.x, unless the function's own NODE_OPTIONS switch it on.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
 */
const switchedOff = ({ runtime, environment }: LambdaFunction): string[] =>
  hasClient3(runtime)
    ? ['experimental-require-module', 'experimental-detect-module']
        .filter((name) => !environment.NODE_OPTIONS?.includes(`--${name}`))
        .map((name) => `--no-${name}`)
    : [];

/**
 * All the variables that an instance sees: those Lambda defines and the function's own, and nothing of the developer's.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export const lambdaEnvironment = (
  definition: LambdaFunction,
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
  log: { groupName: string; streamName: string },
): Record<string, string> => {
  const region = definition.arn.split(':')[3] as string;
  return {
    // The function may set these three itself; the rest is Lambda's alone.
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
    // What tells a library that it runs on Lambda. Nothing listens here: no runtime but this one can ask for events.
    AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9',
    AWS_LAMBDA_LOG_GROUP_NAME: log.groupName,
    AWS_LAMBDA_LOG_STREAM_NAME: log.streamName,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken && { AWS_SESSION_TOKEN: sessionToken }),
    LAMBDA_TASK_ROOT: definition.codePath,
  };
};
