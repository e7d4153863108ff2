import { randomBytes } from 'node:crypto';
import { workerData } from 'node:worker_threads';
import { newTraceRoot } from '../../model/new-trace-root.ts';
import { moveDate } from '../../runtime/move-date.ts';
import { callHandler } from './call-handler.ts';
import { captureOutput } from './capture-output.ts';
import { Freezer } from './freezer.ts';
import { isolateModules } from './isolate-modules.ts';
import { LambdaError } from './lambda-error.ts';
import { loadHandler } from './load-handler.ts';
import type { InstanceData, InstanceEvent, InstanceMessage } from './protocol.ts';
import { redirectHosts } from './redirect-hosts.ts';

/** Lambda's limit of a response, in bytes. */
const MAX_RESPONSE_BYTES = 6 * 1_024 * 1_024 + 100;
/** The last runtime that takes callback handlers. */
const LAST_CALLBACK_RUNTIME = 22;

const data: InstanceData = workerData;
const send = (message: InstanceMessage) => data.port.postMessage(message);
const { flush } = captureOutput((line) => send({ type: 'line', line }));
process.cwd = () => data.codePath; // a thread cannot change its folder
moveDate(data.clockOffset);
redirectHosts(data.hosts, (host) => send({ type: 'unknown-host', host }));
const importFile = isolateModules(data.codePath, data.runtime);

const callbackHandlers = Number(/^nodejs(\d+)/.exec(data.runtime)?.[1]) <= LAST_CALLBACK_RUNTIME;

/** The event being run: what is answered after its end belongs to nobody. */
let current: { requestId: string; startedAt: number; crashAfterWrites: number; whenIdle?: () => void } | undefined;

const die = (exitCode: number): never => {
  flush();
  return process.exit(exitCode);
};
const crash = () => die(137); // as a process ended by SIGKILL

const end = (): { requestId: string; durationMs: number } | undefined => {
  if (!current) return undefined;
  if (current.crashAfterWrites < Number.POSITIVE_INFINITY) crash();
  const { requestId, startedAt } = current;
  current = undefined;
  return { requestId, durationMs: performance.now() - startedAt };
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
  try {
    return JSON.stringify(result === undefined ? null : result) ?? 'null';
  } catch {
    throw new LambdaError('Runtime.JSONStringifyError', 'Unable to stringify response body');
  }
};

const logError = (label: string, thrown: unknown) =>
  send({ type: 'line', line: `${label}\t${LambdaError.toLog(thrown)}` });

const fail = (thrown: unknown): void => {
  const ended = end();
  if (!ended) return;
  logError('Invoke Error', thrown);
  flush();
  send({ type: 'error', ...ended, error: LambdaError.answerOf(thrown) });
  freezer.answered();
};

const succeed = (result: unknown): void => {
  if (!current) return;
  try {
    const payload = serialize(result);
    const ended = end();
    flush();
    if (ended) send({ type: 'result', ...ended, payload });
    freezer.answered();
  } catch (error) {
    fail(error);
  }
};

/** An error that ends the instance, and the event with it. */
const endWith = (label: string, thrown: unknown, exitCode: number): never => {
  logError(label, thrown);
  if (current) end();
  send({ type: 'fatal', error: LambdaError.answerOf(thrown) });
  return die(exitCode);
};

process.on('uncaughtException', (error) => endWith('Uncaught Exception', error, 129));
process.on('unhandledRejection', (reason) => {
  const cause = reason instanceof Error ? reason : undefined;
  const error = new LambdaError('Runtime.UnhandledPromiseRejection', String(reason), cause);
  endWith('Unhandled Promise Rejection', error, 128);
});
process.on('beforeExit', () => {
  const { whenIdle } = current ?? {};
  if (current) delete current.whenIdle;
  whenIdle?.();
  setImmediate(() => {}); // another turn, so that the next event's end is seen too
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
  const handler = await loadHandler({ ...data, importFile }, callbackHandlers);
  run = (event) => {
    const started = {
      requestId: event.requestId,
      startedAt: performance.now(),
      crashAfterWrites: event.crashAfterWrites ?? Number.POSITIVE_INFINITY,
    };
    current = started;
    const isCurrent = () => current === started;
    process.env._X_AMZN_TRACE_ID = event.traceHeader ?? newTraceHeader();
    callHandler(handler, JSON.parse(event.event), lambdaContext(data, event), callbackHandlers, {
      succeed: (result) => isCurrent() && succeed(result),
      fail: (error) => isCurrent() && fail(error),
      whenIdle: (callback) => {
        if (isCurrent()) (current as { whenIdle?: () => void }).whenIdle = callback;
      },
    });
  };
  send({ type: 'ready', initMs: performance.now() - startedAt });
  freezer.start();
};

start().catch((thrown) => endWith('Uncaught Exception', thrown, 1));

/**
 * The context object of one event, field by field as Lambda's.
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
    getRemainingTimeInMillis: () => Math.max(0, Math.ceil(endsAt - performance.now())),
  };
};

/** The trace header of an event that came with none: Lambda generates one for each. */
export const newTraceHeader = (): string =>
  `${newTraceRoot(Date.now())};Parent=${randomBytes(8).toString('hex')};Sampled=0`;
