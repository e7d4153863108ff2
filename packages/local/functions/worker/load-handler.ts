import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { findHandlerFile } from '../../model/names.ts';
import { LambdaError } from './lambda-error.ts';

/** A user's function, with whatever it takes and returns. */
export type Handler = (
  event: unknown,
  context: object,
  callback?: (error: unknown, result?: unknown) => void,
) => unknown;

const CALLBACK_HANDLER_REMOVED =
  'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.';

/** By which Lambda's client knows a handler that streams. */
const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');

/** `awslambda.streamifyResponse`: code that calls it loads, and its handler is refused by name if it is the function's. */
export const streamifyResponse = (handler: object): object => Object.assign(handler, { [STREAMING]: 'response' });

export interface CodeLocation {
  codePath: string;
  /** `send-message.handler` */
  handler: string;
  importFile(file: string): Promise<Record<string, unknown>>;
}

const importModule = async ({ codePath, importFile }: CodeLocation, modulePath: string) => {
  const file = findHandlerFile(codePath, modulePath);
  try {
    if (file) return await importFile(file);
    // As Lambda does when no file is there: a package of that name.
    return createRequire(join(codePath, 'index.js'))(modulePath);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof SyntaxError) throw new LambdaError('Runtime.UserCodeSyntaxError', String(error), error);
    // Not ERR_MODULE_NOT_FOUND, of an `import`: Lambda passes that one on as it is.
    if (code === 'MODULE_NOT_FOUND') {
      throw new LambdaError('Runtime.ImportModuleError', String(error), error as Error);
    }
    throw error;
  }
};

const findIn = (exportName: string, module: unknown): unknown =>
  exportName
    .split('.')
    .reduce<unknown>(
      (value, key) => (value && typeof value === 'object' ? Reflect.get(value, key) : undefined),
      module,
    );

/**
 * Finds and imports `file.export` or `folder/file.export` under the code, as Lambda's runtime does.
 * @throws {LambdaError} `Runtime.ImportModuleError`, `Runtime.HandlerNotFound`, `Runtime.MalformedHandlerName`,
 * `Runtime.UserCodeSyntaxError` or, for a callback handler on nodejs24.x and later, `Runtime.CallbackHandlerDeprecated`.
 * @see https://github.com/aws/aws-lambda-nodejs-runtime-interface-client
 */
export const loadHandler = async (code: CodeLocation, callbackHandlers: boolean): Promise<Handler> => {
  const { codePath, handler } = code;
  const [, modulePath, exportName] = /^((?:.*\/)?[^./]*)\.(.*)$/.exec(handler) ?? [];
  if (!modulePath || !exportName || handler.includes('..')) {
    throw new LambdaError('Runtime.MalformedHandlerName', `'${handler}' is not a valid handler name.`);
  }
  if (!existsSync(codePath))
    throw new LambdaError('Runtime.ImportModuleError', `Error: There is no folder ${codePath}`);
  const module = await importModule(code, modulePath);
  const found = findIn(exportName, module) ?? findIn(exportName, module.default);
  if (typeof found !== 'function') {
    const problem = found === undefined ? 'undefined or not exported' : 'not a function';
    throw new LambdaError('Runtime.HandlerNotFound', `${handler} is ${problem}`);
  }
  if (STREAMING in found) {
    throw new Error(`The local run does not stream responses, as ${handler} asks for with awslambda.streamifyResponse`);
  }
  if (!callbackHandlers && found.length >= 3) {
    throw new LambdaError('Runtime.CallbackHandlerDeprecated', CALLBACK_HANDLER_REMOVED);
  }
  return found as Handler;
};
