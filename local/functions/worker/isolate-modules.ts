import { existsSync, readFileSync } from 'node:fs';
import { type LoadHookContext, registerHooks } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import vm from 'node:vm';

/** Lambda's Node runtimes have these without a bundle. */
const IN_THE_RUNTIME = /^@(aws-sdk|smithy|aws-crypto|aws)\//;
const PACKAGE_NAME = /^(?:@[^/]+\/)?[^/]+/;

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

/**
 * Loads a function's code as if its folder were the root of the disk, as it is on Lambda: a `package.json` above the
 * asset (the project's own, with `"type": "module"`) does not decide what a `.js` file is, and packages that are not in
 * the asset are not found, except the AWS SDK, which the runtime brings. Where the project has no SDK, ours serves.
 */
export const isolateModules = (codePath: string): void => {
  const isOurs = (url: string | undefined): url is string =>
    url?.startsWith('file:') === true && fileURLToPath(url).startsWith(codePath + sep);

  const formatOf = (file: string, context: LoadHookContext): LoadHookContext['format'] => {
    if (context.format !== 'module' || !file.endsWith('.js')) return context.format;
    if (foldersWithin(codePath, file).some((folder) => existsSync(join(folder, 'package.json')))) return context.format;
    return isCommonJs(readFileSync(file, 'utf8')) ? 'commonjs' : 'module';
  };
  const isBundled = (specifier: string, parent: string): boolean => {
    const [name] = PACKAGE_NAME.exec(specifier) ?? [''];
    return foldersWithin(codePath, parent).some((folder) => existsSync(join(folder, 'node_modules', name)));
  };

  registerHooks({
    load: (url, context, next) =>
      isOurs(url) ? next(url, { ...context, format: formatOf(fileURLToPath(url), context) }) : next(url, context),
    resolve: (specifier, context, next) => {
      const isBare = !/^(\.{0,2}\/|[a-z]+:|#)/i.test(specifier);
      if (!isBare || !isOurs(context.parentURL)) return next(specifier, context);
      if (isBundled(specifier, fileURLToPath(context.parentURL))) return next(specifier, context);
      if (IN_THE_RUNTIME.test(specifier)) {
        try {
          return next(specifier, context);
        } catch {
          return next(specifier, { ...context, parentURL: import.meta.url });
        }
      }
      const resolved = next(specifier, context);
      if (!resolved.url.startsWith('file:')) return resolved; // Node's own, without `node:`
      throw Object.assign(
        new Error(
          `Cannot find package '${specifier}' in ${pathToFileURL(codePath).pathname}: it is not in the function's asset, so Lambda would not find it either`,
        ),
        { code: 'ERR_MODULE_NOT_FOUND' },
      );
    },
  });
};
