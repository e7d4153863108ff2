import { existsSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type HandlerParts, handlerFiles, handlerParts, isRequired } from '../../model/handler-file.ts';
import { hasClient3 } from '../../model/names.ts';
import type { Preload } from '../../model/node-options.ts';
import { CLIENT } from './isolate-modules.ts';
import { LambdaError } from './lambda-error.ts';

/** The handler of a user's function. */
export type Handler = (
  event: unknown,
  context: object,
  callback?: (error: unknown, result?: unknown) => void,
) => unknown;

const CALLBACK_HANDLER_REMOVED =
  'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later. For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.';

/** Lambda's client recognizes a streaming handler by this property. */
const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');

/** `awslambda.streamifyResponse`. Code may call it, but its result is refused as the function's handler. */
export const streamifyResponse = (handler: object): object => Object.assign(handler, { [STREAMING]: 'response' });

export interface CodeLocation {
  codePath: string;
  /** `send-message.handler` */
  handler: string;
  /** `nodejs24.x` */
  runtime: string;
  /** Imports a file by its path relative to the code. */
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
    // A failed `import` has the code ERR_MODULE_NOT_FOUND. Lambda does not convert that error.
    if (code === 'MODULE_NOT_FOUND') {
      throw new LambdaError('Runtime.ImportModuleError', String(error));
    }
    throw error;
  }
};

/** The export at a path such as `routes.connect`. Since nodejs24.x a path may not lead through a function. */
const findIn = (exportName: string, module: unknown, alsoInFunctions: boolean): unknown =>
  exportName.split('.').reduce<unknown>((value, key) => {
    const isOpen = value && (typeof value === 'object' || alsoInFunctions);
    return isOpen ? (value as Record<string, unknown>)[key] : undefined;
  }, module);

const findHandler = (module: unknown, exportName: string, runtime: string): unknown => {
  if (hasClient3(runtime)) return findIn(exportName, module, true);
  const exported = findIn(exportName, module, false);
  return exported || findIn(exportName, (module as { default?: unknown }).default, false);
};

/**
 * Finds and loads `file.export` or `folder/file.export` under the code, as Lambda's runtime does.
 * @throws {LambdaError} `Runtime.ImportModuleError`, `Runtime.HandlerNotFound`, `Runtime.MalformedHandlerName`,
 * `Runtime.UserCodeSyntaxError` or, for a callback handler since nodejs24.x, `Runtime.CallbackHandlerDeprecated`.
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
  const exported = findHandler(await loadModule(code, parts), parts.exportName, runtime);
  if (!exported) throw new LambdaError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  if (typeof exported !== 'function') throw new LambdaError('Runtime.HandlerNotFound', `${handler} is not a function`);
  if (STREAMING in exported) {
    throw new Error(`${handler} uses awslambda.streamifyResponse: the local run does not support response streaming`);
  }
  if (!hasClient3(runtime) && exported.length >= 3) {
    throw new LambdaError('Runtime.CallbackHandlerDeprecated', CALLBACK_HANDLER_REMOVED);
  }
  return exported as Handler;
};

/** Loads the modules that `NODE_OPTIONS` name, as seen from the folder of the code, which is Lambda's working folder. */
export const loadPreloads = async (preloads: readonly Preload[], codePath: string): Promise<void> => {
  const start = join(codePath, 'index.js');
  const require = createRequire(start);
  for (const { option, specifier } of preloads) {
    if (option === '--require') {
      require(specifier);
      continue;
    }
    const hooks = registerHooks({
      resolve: (asked, context, next) =>
        next(
          asked,
          context.parentURL === import.meta.url ? { ...context, parentURL: pathToFileURL(start).href } : context,
        ),
    });
    try {
      await import(specifier);
    } finally {
      hooks.deregister();
    }
  }
};
