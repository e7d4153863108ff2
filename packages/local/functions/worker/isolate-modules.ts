import { existsSync, readFileSync } from 'node:fs';
import { createRequire, type LoadHookContext, registerHooks } from 'node:module';
import { dirname, extname, join, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import vm from 'node:vm';
import { runtimeVersion } from '../../model/names.ts';

/** Packages that Lambda's Node runtimes have without a bundle. */
const IN_THE_RUNTIME = /^@(aws-sdk|smithy|aws-crypto|aws)\//;
/** The last runtime with version 2 of the SDK. https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html */
const LAST_RUNTIME_WITH_SDK_2 = 16;
/** The path of Lambda's client. The message of a failed load names it as the importing file. */
export const CLIENT = resolve('/var/runtime/index.mjs');
const PACKAGE_NAME = /^(?:@[^/]+\/)?[^/]+/;

const THIS_FILE = fileURLToPath(import.meta.url);
const requireFromHere = createRequire(import.meta.url);

/** `type` of the nearest package.json above the folder. */
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

/** Makes the error of an import name Lambda's client as the importing file, and not this file. */
const asFromClient = (error: unknown): unknown => {
  if (!(error instanceof Error) || !error.message.includes(THIS_FILE)) return error;
  const stack = error.stack?.replaceAll(THIS_FILE, CLIENT);
  return Object.assign(error, { message: error.message.replaceAll(THIS_FILE, CLIENT), stack });
};

/**
 * Makes Node load a function's code as on Lambda, with no folder above the asset. A `package.json` above the asset (the
 * project's own, with `"type": "module"`) does not decide how a `.js` file is loaded. Packages that are not in the
 * asset are not found, except the AWS SDK, which is part of the runtime. If the project has no SDK, this package's own
 * is loaded.
 *
 * @returns A function that imports a file by its path in the asset. As in Lambda's client the path is a URL, so `%`
 * begins an escape.
 */
export const isolateModules = (
  codePath: string,
  runtime: string,
): ((file: string) => Promise<Record<string, unknown>>) => {
  const hasSdk2 = runtimeVersion(runtime) <= LAST_RUNTIME_WITH_SDK_2;
  const isInAsset = (url: string | undefined): url is string =>
    url?.startsWith('file:') === true && fileURLToPath(url).startsWith(codePath + sep);

  // Needed only if Node would find a package.json of type "module" above the asset.
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
      isInAsset(url)
        ? next(url, { ...context, format: formatOf(fileURLToPath(url), context.format) })
        : next(url, context),
    resolve: (specifier, context, next) => {
      const isRequired = context.conditions.includes('require');
      const isBare = !/^(\.{0,2}\/|[a-z]+:|#)/i.test(specifier);
      if (!isBare || !isInAsset(context.parentURL)) return next(specifier, context);
      if (isBundled(specifier, fileURLToPath(context.parentURL))) return next(specifier, context);
      if (IN_THE_RUNTIME.test(specifier)) {
        try {
          return next(specifier, context);
        } catch {
          return { url: pathToFileURL(requireFromHere.resolve(specifier)).href, shortCircuit: true };
        }
      }
      if (hasSdk2 && /^aws-sdk(\/|$)/.test(specifier)) {
        const why = `Lambda's ${runtime} has version 2 of the SDK, but the local run does not. Bundle it, or move to nodejs22.x and @aws-sdk`;
        throw notFound(specifier, codePath, isRequired, why);
      }
      const resolved = next(specifier, context);
      if (!resolved.url.startsWith('file:')) return resolved; // a module of Node, imported without `node:`
      throw notFound(
        specifier,
        codePath,
        isRequired,
        "it is not in the function's asset, so Lambda would not find it either",
      );
    },
  });

  // `import` would read the package.json above the asset again. `require` uses the hook.
  const root = pathToFileURL(join(codePath, sep));
  return async (file) => {
    const path = join(codePath, file);
    const url = new URL(`./${file}`, root).href;
    const isPlain = url === pathToFileURL(path).href;
    if (isPlain && looksAbove && formatOf(path, undefined) === 'commonjs') return createRequire(CLIENT)(path);
    try {
      return await import(url);
    } catch (error) {
      throw asFromClient(error);
    }
  };
};
