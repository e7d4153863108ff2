import { LambdaError } from './lambda-error.ts';
import type { Handler } from './load-handler.ts';

interface Outcome {
  succeed(result: unknown): void;
  fail(error: unknown): void;
  /** Ends the instance, as Node does when its event loop is empty. */
  exit(): void;
  /** Calls back when the event loop is empty. */
  whenIdle(callback: () => void): void;
}

/** The handler's `this` since nodejs24.x. The class is named as in Lambda's client, because stacks show the name. */
class BufferedInvokeProcessor {
  readonly handler: Handler;

  constructor(handler: Handler) {
    this.handler = handler;
  }
}

/** The same up to nodejs22.x. */
class Runtime {
  readonly handler: Handler;

  constructor(handler: Handler) {
    this.handler = handler;
  }
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as PromiseLike<unknown> | undefined)?.then === 'function';

const PROMISE_NEVER_SETTLED =
  'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes';

/** As Lambda's client checks it: only a function that is declared `async`. */
const isAsync = (handler: Handler): boolean => handler.constructor.name === 'AsyncFunction';

/** nodejs24.x and later: the awaited return value is the answer. A promise that never settles ends the process. */
const callAsync = (handler: Handler, event: unknown, context: object, outcome: Outcome): void => {
  const { succeed, fail, exit, whenIdle } = outcome;
  whenIdle(exit);
  const processor = new BufferedInvokeProcessor(handler);
  Promise.resolve(processor.handler(event, context)).then(succeed, fail);
};

/**
 * Up to nodejs22.x: a promise answers immediately. A callback answers when the event loop is empty, unless
 * `callbackWaitsForEmptyEventLoop` is false.
 */
const callWithCallback = (handler: Handler, event: unknown, context: object, outcome: Outcome): void => {
  const { succeed, fail, whenIdle } = outcome;
  let waitsForEmptyEventLoop = true;
  let isFinished = false;
  /** Only the first call counts, even if its answer waits for the event loop. */
  const firstOnly = (answer: (error: unknown, result?: unknown) => void) => (error: unknown, result?: unknown) => {
    if (isFinished) return;
    isFinished = true;
    answer(error, result);
  };
  const callback = firstOnly((error, result) => {
    if (error !== undefined && error !== null) fail(error);
    else if (waitsForEmptyEventLoop) whenIdle(() => succeed(result));
    else succeed(result);
  });
  const done = firstOnly((error, result) => (error === undefined || error === null ? succeed(result) : fail(error)));
  const legacy = {
    succeed: (result: unknown) => done(null, result),
    fail: (error: unknown) => done(error ?? 'handled'),
    done,
  };
  Object.assign(context, legacy);
  Object.defineProperty(context, 'callbackWaitsForEmptyEventLoop', {
    get: () => waitsForEmptyEventLoop,
    set: (value) => {
      waitsForEmptyEventLoop = value;
    },
    enumerable: true,
  });
  // The promise never settled, or the handler neither returned a promise nor called back.
  whenIdle(() =>
    isAsync(handler) ? fail(new LambdaError('Runtime.NodeJsExit', PROMISE_NEVER_SETTLED)) : succeed(null),
  );
  try {
    const runtime = new Runtime(handler);
    const result = runtime.handler(event, context, callback);
    if (isThenable(result)) result.then(legacy.succeed, legacy.fail);
  } catch (error) {
    callback(error);
  }
};

/** Calls a handler as Lambda's client for its runtime does. Only the first answer counts. */
export const callHandler = (
  handler: Handler,
  event: unknown,
  context: object,
  callbackHandlers: boolean,
  outcome: Outcome,
): void => {
  try {
    (callbackHandlers ? callWithCallback : callAsync)(handler, event, context, outcome);
  } catch (error) {
    outcome.fail(error);
  }
};
