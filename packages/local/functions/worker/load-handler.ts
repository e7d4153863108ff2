import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type HandlerParts, handlerFiles, handlerParts, isRequired } from '../../model/handler-file.ts';
import { hasClient3 } from '../../model/names.ts';
import { CLIENT } from './isolate-modules.ts';
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
  /** `nodejs24.x` */
  runtime: string;
  /** Imports a file by its path in the code. */
  importFile(file: string): Promise<unknown>;
}

const loadModule = async ({ codePath, runtime, importFile }: CodeLocation, parts: HandlerParts): Promise<unknown> => {
  const { module } = parts;
  const require = createRequire(CLIENT);
  try {
    for (const file of handlerFiles(codePath, parts)) {
      const loaded = isRequired(codePath, file, runtime) ? require(join(codePath, file)) : await importFile(file);
      if (loaded) return loaded;
    }
    const hasPackage = existsSync(join(codePath, 'node_modules', module));
    return hasPackage ? createRequire(join(codePath, 'index.js'))(module) : require(module);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException | undefined)?.code;
    if (error instanceof SyntaxError) throw new LambdaError('Runtime.UserCodeSyntaxError', String(error), error);
    // Not ERR_MODULE_NOT_FOUND, of an `import`: Lambda passes that one on as it is.
    if (code === 'MODULE_NOT_FOUND') {
      throw new LambdaError('Runtime.ImportModuleError', String(error));
    }
    throw error;
  }
};

/** `routes.connect` of what was loaded. Since nodejs24.x of objects alone. */
const findIn = (exportName: string, module: unknown, alsoInFunctions: boolean): unknown =>
  exportName.split('.').reduce<unknown>((value, key) => {
    const isOpen = value && (typeof value === 'object' || alsoInFunctions);
    return isOpen ? (value as Record<string, unknown>)[key] : undefined;
  }, module);

const findHandler = (module: unknown, exportName: string, runtime: string): unknown => {
  if (hasClient3(runtime)) return findIn(exportName, module, true);
  const found = findIn(exportName, module, false);
  return found || findIn(exportName, (module as { default?: unknown }).default, false);
};

/**
 * Finds and loads `file.export` or `folder/file.export` under the code, as Lambda's runtime does.
 * @throws {LambdaError} `Runtime.ImportModuleError`, `Runtime.HandlerNotFound`, `Runtime.MalformedHandlerName`,
 * `Runtime.UserCodeSyntaxError` or, for a callback handler on nodejs24.x and later, `Runtime.CallbackHandlerDeprecated`.
 * @see https://github.com/aws/aws-lambda-nodejs-runtime-interface-client
 */
export const loadHandler = async (code: CodeLocation): Promise<Handler> => {
  const { codePath, handler, runtime } = code;
  if (handler.includes('..')) {
    const problem =
      'is not a valid handler name. Use absolute paths when specifying root directories in handler names.';
    throw new LambdaError('Runtime.MalformedHandlerName', `'${handler}' ${problem}`);
  }
  const parts = handlerParts(handler);
  if (!parts) throw new LambdaError('Runtime.MalformedHandlerName', 'Bad handler');
  if (!existsSync(codePath))
    throw new LambdaError('Runtime.ImportModuleError', `Error: There is no folder ${codePath}`);
  const found = findHandler(await loadModule(code, parts), parts.exportName, runtime);
  if (!found) throw new LambdaError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  if (typeof found !== 'function') throw new LambdaError('Runtime.HandlerNotFound', `${handler} is not a function`);
  if (STREAMING in found) {
    throw new Error(`The local run does not stream responses, as ${handler} asks for with awslambda.streamifyResponse`);
  }
  if (!hasClient3(runtime) && found.length >= 3) {
    throw new LambdaError('Runtime.CallbackHandlerDeprecated', CALLBACK_HANDLER_REMOVED);
  }
  return found as Handler;
};
