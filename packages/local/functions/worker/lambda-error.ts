import type { FunctionError } from './protocol.ts';

/** An error of the runtime, by Lambda's own name of it. */
export class LambdaError extends Error {
  constructor(name: string, message: string, cause?: Error) {
    super(message, { cause });
    Object.defineProperty(this, 'name', { value: name });
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

  /** What the log says of anything that was thrown: an error's own properties too, such as its `code`. */
  static toLog(thrown: unknown): string {
    try {
      return (
        JSON.stringify(thrown, (_, value) => (value instanceof Error ? withOwnProperties(value) : value)) ?? 'undefined'
      );
    } catch {
      return JSON.stringify(LambdaError.answerOf(thrown));
    }
  }
}

const withOwnProperties = (error: Error): object => ({
  errorType: error.name,
  errorMessage: error.message,
  code: (error as NodeJS.ErrnoException).code,
  ...error,
  stack: error.stack?.split('\n'),
});
