import type { FunctionError } from './protocol.ts';

/** An error of the runtime, by Lambda's own name of it. */
export class LambdaError extends Error {
  constructor(name: string, message: string, cause?: Error) {
    super(message, { cause });
    this.name = name;
    if (cause?.stack) this.stack = cause.stack;
  }

  /** What an invocation answers for anything that was thrown. */
  static answerOf(thrown: unknown): FunctionError {
    if (!(thrown instanceof Error) && !(typeof thrown === 'object' && thrown !== null && 'stack' in thrown)) {
      return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
    }
    const { name, message, stack } = thrown as Error;
    return { errorType: name, errorMessage: message, trace: String(stack).split('\n') };
  }
}
