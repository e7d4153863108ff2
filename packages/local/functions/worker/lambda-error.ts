import type { FunctionError } from './protocol.ts';

/** An error of the runtime, with Lambda's name for it. */
export class LambdaError extends Error {
  constructor(name: string, message: string, cause?: Error) {
    super(message, { cause });
    Object.defineProperty(this, 'name', { value: name });
    if (cause?.stack) this.stack = cause.stack;
  }

  /**
   * The answer of an invocation that threw, whatever it threw.
   * @param likeErrors Whether an object that looks like an error counts as one, as it does up to nodejs22.x.
   */
  static answerOf(thrown: unknown, likeErrors: boolean): FunctionError {
    try {
      if (!(thrown instanceof Error) && !(likeErrors && looksLikeError(thrown))) {
        return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
      }
      // Code may set these to any value. Up to nodejs22.x Lambda's client expects a stack.
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
   * The log text for a thrown value. It includes an error's own properties, such as `code`.
   * @throws {TypeError} if the value cannot be converted to text.
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

/** Lambda's client escapes the character DEL. */
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
