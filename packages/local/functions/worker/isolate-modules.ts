import { existsSync, readFileSync } from 'node:fs';
import { createRequire, type LoadHookContext, registerHooks } from 'node:module';
import { dirname, extname, join, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import vm from 'node:vm';
import { runtimeVersion } from '../../model/names.ts';

/** Lambda's Node runtimes have these without a bundle. */
const IN_THE_RUNTIME = /^@(aws-sdk|smithy|aws-crypto|aws)\//;
/** The last runtime that brings version 2 of the SDK. https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html */
const LAST_RUNTIME_WITH_SDK_2 = 16;
/** Where Lambda's client is: what cannot be loaded names the file that asked for it. */
export const CLIENT = resolve('/var/runtime/index.mjs');
const PACKAGE_NAME = /^(?:@[^/]+\/)?[^/]+/;

const OURS = fileURLToPath(import.meta.url);
const ours = createRequire(import.meta.url);

/** What a `.js` file is by the nearest package.json above the folder. */
const typeAbove = (folder: string): unknown => {
  const parent = dirname(folder);
  if (parent === folder) return undefined;
  const file = join(parent, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).type : typeAbove(parent);
};

const foldersWithin = (root: string, file: string): string[] => {
  const folders: string[] = [];
  for (let folder = dirname(file); folder === root || folder.startsWith(root + sep); folder = dirname(folder)) {
    folders.push(folder);
  }
  return folders;
};

const isCommonJs = (source: string): boolean => {
  try {
    vm.compileFunction(source, ['exports', 'require', 'module', '__filename', '__dirname']);
    return true;
  } catch {
    return false;
  }
};

const notFound = (specifier: string, codePath: string, isRequired: boolean, why: string): Error =>
  Object.assign(new Error(`Cannot find package '${specifier}' in ${pathToFileURL(codePath).pathname}: ${why}`), {
    code: isRequired ? 'MODULE_NOT_FOUND' : 'ERR_MODULE_NOT_FOUND',
  });

/** An error of an import of ours names the file that imports: on Lambda that is the client. */
const fromClient = (error: unknown): unknown => {
  if (!(error instanceof Error) || !error.message.includes(OURS)) return error;
  const stack = error.stack?.replaceAll(OURS, CLIENT);
  return Object.assign(error, { message: error.message.replaceAll(OURS, CLIENT), stack });
};

/**
 * Loads a function's code as if its folder were the root of the disk, as it is on Lambda: a `package.json` above the
 * asset (the project's own, with `"type": "module"`) does not decide what a `.js` file is, and packages that are not in
 * the asset are not found, except the AWS SDK, which the runtime brings. Where the project has no SDK, ours serves.
 *
 * Returns what imports a file of the asset by its path there. As in Lambda's client the path is a URL: `%` begins an
 * escape.
 */
export const isolateModules = (
  codePath: string,
  runtime: string,
): ((file: string) => Promise<Record<string, unknown>>) => {
  const bringsSdk2 = runtimeVersion(runtime) <= LAST_RUNTIME_WITH_SDK_2;
  const isOurs = (url: string | undefined): url is string =>
    url?.startsWith('file:') === true && fileURLToPath(url).startsWith(codePath + sep);

  // Asked only where Node would look above the asset and find "module".
  const detects = !process.execArgv.includes('--no-experimental-detect-module');
  const looksAbove = typeAbove(codePath) === 'module';
  const formatOf = (file: string, format: LoadHookContext['format']): LoadHookContext['format'] => {
    if (!looksAbove || !['.js', ''].includes(extname(file))) return format;
    if (foldersWithin(codePath, file).some((folder) => existsSync(join(folder, 'package.json')))) return format;
    return !detects || isCommonJs(readFileSync(file, 'utf8')) ? 'commonjs' : 'module';
  };
  const isBundled = (specifier: string, parent: string): boolean => {
    const [name] = PACKAGE_NAME.exec(specifier) ?? [''];
    return foldersWithin(codePath, parent).some((folder) => existsSync(join(folder, 'node_modules', name)));
  };

  registerHooks({
    load: (url, context, next) =>
      isOurs(url)
        ? next(url, { ...context, format: formatOf(fileURLToPath(url), context.format) })
        : next(url, context),
    resolve: (specifier, context, next) => {
      const isRequired = context.conditions.includes('require');
      const isBare = !/^(\.{0,2}\/|[a-z]+:|#)/i.test(specifier);
      if (!isBare || !isOurs(context.parentURL)) return next(specifier, context);
      if (isBundled(specifier, fileURLToPath(context.parentURL))) return next(specifier, context);
      if (IN_THE_RUNTIME.test(specifier)) {
        try {
          return next(specifier, context);
        } catch {
          return { url: pathToFileURL(ours.resolve(specifier)).href, shortCircuit: true };
        }
      }
      if (bringsSdk2 && /^aws-sdk(\/|$)/.test(specifier)) {
        const why = `Lambda's ${runtime} brings version 2 of the SDK, the local run does not: bundle it, or move to nodejs22.x and @aws-sdk`;
        throw notFound(specifier, codePath, isRequired, why);
      }
      const resolved = next(specifier, context);
      if (!resolved.url.startsWith('file:')) return resolved; // Node's own, without `node:`
      throw notFound(
        specifier,
        codePath,
        isRequired,
        "it is not in the function's asset, so Lambda would not find it either",
      );
    },
  });

  // `import` asks the package.json above again; `require` asks the hook.
  const root = pathToFileURL(join(codePath, sep));
  return async (file) => {
    const path = join(codePath, file);
    const url = new URL(`./${file}`, root).href;
    const isPlain = url === pathToFileURL(path).href;
    if (isPlain && looksAbove && formatOf(path, undefined) === 'commonjs') return createRequire(CLIENT)(path);
    try {
      return await import(url);
    } catch (error) {
      throw fromClient(error);
    }
  };
};
