import { randomBytes } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { constants } from 'node:os';
import { format, inspect } from 'node:util';
import threads, { workerData } from 'node:worker_threads';
import { handlerProblem } from '../../model/handler-file.ts';
import { hasClient3 } from '../../model/names.ts';
import { newTraceRoot } from '../../model/new-trace-root.ts';
import { moveDate } from '../../runtime/move-date.ts';
import { callHandler } from './call-handler.ts';
import { captureOutput } from './capture-output.ts';
import { Freezer } from './freezer.ts';
import { isolateModules } from './isolate-modules.ts';
import { LambdaError } from './lambda-error.ts';
import { loadHandler, loadPreloads, streamifyResponse } from './load-handler.ts';
import type { Answer, InstanceData, InstanceEvent, InstanceMessage } from './protocol.ts';
import { redirectHosts } from './redirect-hosts.ts';

/** Lambda's limit for a response, in bytes. */
const MAX_RESPONSE_BYTES = 6 * 1_024 * 1_024 + 100;

const data: InstanceData = workerData;
const send = (message: InstanceMessage) => data.port.postMessage(message);
// On Lambda a function runs in the main thread. A file can contain the handler and also the code of a thread that the
// handler starts: it checks `isMainThread`.
Object.assign(threads, { isMainThread: true, parentPort: null, threadId: 0, workerData: null });
syncBuiltinESMExports();
const { flush } = captureOutput((line) => send({ type: 'line', line }));
process.cwd = () => data.codePath; // a thread cannot change its folder
moveDate(data.clockOffset);
redirectHosts(data.hosts, (host) => send({ type: 'unknown-host', host }));
// Prints only the text, as Lambda's client does: console.trace adds no stack, and console.group no indent.
const print = (message?: unknown, ...rest: unknown[]): void => {
  process.stdout.write(`${format(message, ...rest)}\n`);
};
for (const name of ['trace', 'debug', 'info', 'log', 'warn', 'error', 'fatal'])
  Object.assign(console, { [name]: print });
if (!['1', 'true'].includes(process.env.AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA ?? '')) {
  Object.assign(globalThis, { awslambda: { streamifyResponse } });
}
if (data.nodeOptions === undefined) delete process.env.NODE_OPTIONS;
else process.env.NODE_OPTIONS = data.nodeOptions;
const importFile = isolateModules(data.codePath, data.runtime);

const callbackHandlers = hasClient3(data.runtime);

interface Current {
  requestId: string;
  startedAt: number;
  crashAfterWrites: number;
  whenIdle?: () => void;
  /** Is sent when the instance freezes. */
  answer?: Answer;
}

/** The running event. A later answer of an event that has ended is ignored. */
let current: Current | undefined;
let isLoaded = false;
/** Whether an event has begun. Before that, client 3 answers the first event with an error that the code threw. */
let hasRun = false;

const die = (exitCode: number): never => {
  flush();
  return process.exit(exitCode);
};
const crash = () => die(137); // the exit code of a process that SIGKILL ended

/** The whole local run is this process, and its parent is the developer's npm or shell: only this thread may end. */
const ownPids = new Set([process.pid, process.ppid, 0, -1, -process.pid, -process.ppid]);
const { kill } = process;
process.kill = (pid, signal = 'SIGTERM') => {
  const number = typeof signal === 'number' ? signal : constants.signals[signal as NodeJS.Signals];
  if (!ownPids.has(Number(pid)) || number === undefined) return kill.call(process, pid, signal);
  return number === 0 || die(128 + number);
};
process.abort = () => die(128 + constants.signals.SIGABRT);

/** Only the first answer counts. */
const answer = (given: Answer): void => {
  if (!current || current.answer) return;
  current.answer = given;
  delete current.whenIdle;
  freezer.answered(() => deliver(false));
};

const deliver = (isLast: boolean): void => {
  if (!current?.answer) return;
  if (current.crashAfterWrites < Number.POSITIVE_INFINITY) crash();
  const { requestId, startedAt, answer } = current;
  current = undefined;
  flush();
  send({ ...answer, requestId, durationMs: performance.now() - startedAt, isLast });
};

const serialize = (result: unknown): string => {
  const payload = serializeOrFail(result);
  const bytes = Buffer.byteLength(payload);
  if (bytes <= MAX_RESPONSE_BYTES) return payload;
  throw new LambdaError(
    'Function.ResponseSizeTooLarge',
    `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`,
  );
};

const serializeOrFail = (result: unknown): string => {
  const payload = stringify(result === undefined ? null : result);
  // A function or a symbol. Lambda's client passes `undefined` to its native part, which throws this error.
  if (payload === undefined) throw new TypeError('Wrong arguments');
  return payload;
};

const stringify = (result: unknown): string | undefined => {
  try {
    return JSON.stringify(result);
  } catch {
    const errorType = callbackHandlers ? 'Error' : 'Runtime.JSONStringifyError';
    throw new LambdaError(errorType, 'Unable to stringify response body');
  }
};

const logError = (label: string, thrown: unknown) =>
  send({ type: 'line', line: `${label} \t${LambdaError.toLog(thrown)}` });

const fail = (thrown: unknown): void => {
  if (!current || current.answer) return;
  try {
    logError('Invoke Error', thrown);
  } catch (error) {
    // The object cannot be converted to text, so Lambda's client fails too. Only up to nodejs22.x does it send an
    // answer.
    if (!callbackHandlers) die(1);
    fail(error);
    return;
  }
  answer({ type: 'error', error: LambdaError.answerOf(thrown, callbackHandlers) });
};

const succeed = (result: unknown): void => {
  if (!current || current.answer) return;
  try {
    answer({ type: 'result', payload: serialize(result) });
  } catch (error) {
    fail(error);
  }
};

/** Logs an error that ends the instance, and fails the event that is running. */
const endInstance = (label: string, thrown: unknown, exitCode: number): never => {
  logError(label, thrown);
  // Lambda's client sends an answer immediately up to nodejs22.x, and after a turn of the event loop since nodejs24.x.
  if (callbackHandlers && current?.answer) deliver(true);
  // If the event has ended, the error does not fail it. The next event finds that the runtime has exited.
  else if (current || !isLoaded || (callbackHandlers && !hasRun))
    send({ type: 'fatal', error: LambdaError.answerOf(thrown, callbackHandlers) });
  return die(exitCode);
};

/** Since nodejs24.x Lambda's client listens for neither of these events, so the function's own listeners decide. */
const isHandledByFunction = (event: 'uncaughtException' | 'unhandledRejection'): boolean =>
  !callbackHandlers && process.listenerCount(event as 'uncaughtException') > 1;

process.on('uncaughtException', (error) => {
  if (!isHandledByFunction('uncaughtException')) endInstance('Uncaught Exception', error, callbackHandlers ? 129 : 1);
});
process.on('unhandledRejection', (reason, promise) => {
  if (isHandledByFunction('unhandledRejection')) return;
  const cause = !callbackHandlers && reason instanceof Error ? reason : undefined;
  const error = new LambdaError('Runtime.UnhandledPromiseRejection', String(reason), cause);
  if (callbackHandlers) Object.assign(error, { reason, promise });
  endInstance('Unhandled Promise Rejection', error, callbackHandlers ? 128 : 1);
});
process.on('beforeExit', () => {
  // A top-level await never settled. Up to nodejs22.x Lambda's client awaits the code in its own top-level await.
  if (!isLoaded) die(callbackHandlers ? 13 : 0);
  const { whenIdle } = current ?? {};
  if (current) delete current.whenIdle;
  whenIdle?.();
  setImmediate(() => {}); // starts another turn, so that `beforeExit` fires again for the next event
});

const onWrite = (): void => {
  if (current && --current.crashAfterWrites <= 0) crash();
};

const freezer = new Freezer({
  port: data.port,
  gate: data.gate,
  onWrite,
  reportUnawaited: (work) => send({ type: 'unawaited', work }),
  run: (event) => run(event),
});

let run = (_event: InstanceEvent): void => {};

const start = async (): Promise<void> => {
  const startedAt = performance.now();
  await loadPreloads(data.preloads, data.codePath).catch((error) => {
    // On Lambda, Node ends before the runtime's client runs.
    process.stderr.write(`${inspect(error)}\n`);
    die(1);
  });
  const handler = await loadHandler({ ...data, importFile });
  run = (event) => {
    const started: Current = {
      requestId: event.requestId,
      startedAt: performance.now(),
      crashAfterWrites: event.crashAfterWrites ?? Number.POSITIVE_INFINITY,
    };
    current = started;
    hasRun = true;
    const isCurrent = () => current === started;
    const traceHeader = event.traceHeader ?? newTraceHeader();
    process.env._X_AMZN_TRACE_ID = traceHeader;
    const context = { ...lambdaContext(data, event), ...(!callbackHandlers && { xRayTraceId: traceHeader }) };
    callHandler(handler, JSON.parse(event.event), context, callbackHandlers, {
      succeed: (result) => isCurrent() && succeed(result),
      fail: (error) => isCurrent() && fail(error),
      exit: () => process.nextTick(() => die(Number(process.exitCode ?? 0))), // after the function's own listeners
      whenIdle: (callback) => {
        if (isCurrent() && !started.answer) started.whenIdle = callback;
      },
    });
  };
  isLoaded = true;
  send({ type: 'ready', initMs: performance.now() - startedAt });
  freezer.start();
};

start().catch((thrown) => {
  const problem = handlerProblem(data.codePath, data.handler, data.runtime);
  if (problem) send({ type: 'line', line: `${data.functionName}: ${problem.why}. ${problem.remedy}.` });
  endInstance(callbackHandlers ? 'Uncaught Exception' : 'Init Error', thrown, 1);
});

/**
 * The context object of one event. It has the same fields as Lambda's.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html
 */
export const lambdaContext = (data: InstanceData, { requestId }: InstanceEvent) => {
  const endsAt = performance.now() + data.timeoutMs;
  return {
    functionVersion: '$LATEST',
    functionName: data.functionName,
    memoryLimitInMB: String(data.memoryMb),
    logGroupName: data.logGroupName,
    logStreamName: data.logStreamName,
    clientContext: undefined,
    identity: undefined,
    invokedFunctionArn: data.arn,
    awsRequestId: requestId,
    tenantId: undefined,
    getRemainingTimeInMillis: () => Math.max(0, Math.ceil(endsAt - performance.now())),
  };
};

/** The trace header of an event that arrived without one. Lambda generates one for each such event. */
export const newTraceHeader = (): string =>
  `${newTraceRoot(Date.now())};Parent=${randomBytes(8).toString('hex')};Sampled=0`;
