import type { FunctionError } from './protocol.ts';

/** An error of the runtime, by Lambda's own name of it. */
export class LambdaError extends Error {
  constructor(name: string, message: string, cause?: Error) {
    super(message, { cause });
    Object.defineProperty(this, 'name', { value: name });
    if (cause?.stack) this.stack = cause.stack;
  }

  /**
   * What an invocation answers for anything that was thrown.
   * @param likeErrors Whether what looks like an error is one. It is up to nodejs22.x.
   */
  static answerOf(thrown: unknown, likeErrors: boolean): FunctionError {
    try {
      if (!(thrown instanceof Error) && !(likeErrors && looksLikeError(thrown))) {
        return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
      }
      // Each may be anything that its developer has put there. Up to nodejs22.x an error has a stack.
      const { name, message, stack } = thrown;
      const trace = likeErrors ? escaped(stack as string) : stack && escaped(stack);
      return {
        errorType: name && escaped(name),
        errorMessage: message && escaped(message),
        trace: trace?.split('\n') ?? [],
      };
    } catch {
      return { errorType: 'handled', errorMessage: UNREADABLE };
    }
  }

  /**
   * What the log says of anything that was thrown: an error's own properties too, such as its `code`.
   * @throws {TypeError} for an object that cannot be made text.
   */
  static toLog(thrown: unknown): string {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    try {
      return JSON.stringify(error, (_, value) => (value instanceof Error ? withOwnProperties(value) : value));
    } catch {
      return JSON.stringify(LambdaError.answerOf(error, false));
    }
  }
}

/** The character DEL, as Lambda's client writes it. */
const escaped = (text: string): string => text.replaceAll('\x7f', '%7F');

const UNREADABLE =
  'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack';

const looksLikeError = (thrown: unknown): thrown is Error => {
  const { name, message, stack } = Object(thrown) as Partial<Record<keyof Error, unknown>>;
  return [name, message, stack].every((text) => typeof text === 'string' && text !== '');
};

const withOwnProperties = (error: Error): object => ({
  errorType: error.name,
  errorMessage: error.message,
  code: (error as NodeJS.ErrnoException).code,
  ...error,
  stack: error.stack?.split('\n'),
});
