import { LambdaError } from './lambda-error.ts';
import type { Handler } from './load-handler.ts';

interface Outcome {
  succeed(result: unknown): void;
  fail(error: unknown): void;
  /** Ends the instance as Node does when nothing is left to do. */
  exit(): void;
  /** Calls back once nothing keeps the event loop alive. */
  whenIdle(callback: () => void): void;
}

/** The handler's `this` since nodejs24.x. Stacks show the name of the class, which is the one of Lambda's client. */
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

/** As Lambda's client asks: only what is declared `async`. */
const isAsync = (handler: Handler): boolean => handler.constructor.name === 'AsyncFunction';

/** nodejs24.x and later: what the handler returns, awaited, is the answer. A promise that never settles ends the process. */
const callAsync = (handler: Handler, event: unknown, context: object, outcome: Outcome): void => {
  const { succeed, fail, exit, whenIdle } = outcome;
  whenIdle(exit);
  const processor = new BufferedInvokeProcessor(handler);
  Promise.resolve(processor.handler(event, context)).then(succeed, fail);
};

/** Up to nodejs22.x: a promise answers at once, a callback when the event loop is empty, unless told not to wait. */
const callWithCallback = (handler: Handler, event: unknown, context: object, outcome: Outcome): void => {
  const { succeed, fail, whenIdle } = outcome;
  let waitsForEmptyEventLoop = true;
  let isFinished = false;
  /** The first call counts, also if its answer waits for the event loop. */
  const once = (answer: (error: unknown, result?: unknown) => void) => (error: unknown, result?: unknown) => {
    if (isFinished) return;
    isFinished = true;
    answer(error, result);
  };
  const callback = once((error, result) => {
    if (error !== undefined && error !== null) fail(error);
    else if (waitsForEmptyEventLoop) whenIdle(() => succeed(result));
    else succeed(result);
  });
  const done = once((error, result) => (error === undefined || error === null ? succeed(result) : fail(error)));
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
  // Neither a promise that settles nor a callback.
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

/** Calls a handler in the style of its runtime. The first answer counts. */
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
