import { build } from 'esbuild';
import { buildOptions } from './bundling/build-options.ts';
import { findEntries, Handlers } from './bundling/handlers.ts';
import { outputFolder, writeOutputs } from './bundling/write-outputs.ts';

/**
 * Bundles all handlers of an application at once, for Lambda's nodejs24.x: they share their code, and so one asset.
 * A file that ends in `.validator.ts` is replaced by its validators, compiled. Handlers are called as their files are;
 * connect, disconnect, default and fan-out come with the framework where no file has that name.
 *
 * ```ts
 * const handlers = await bundle('handlers/*.ts'); // once, before the constructs, which are synchronous
 * ```
 * @param globs Relative to the working folder, which is the one of `cdk.json` when CDK runs the application.
 * @returns the handlers, written below `build/`.
 * @throws {Error} where a glob matches nothing or two files share a name; esbuild's `BuildFailure`, with file and line,
 * where a handler does not compile.
 */
export const bundle = async (...globs: [string, ...string[]]): Promise<Handlers> => {
  const entries = await findEntries(globs);
  const folder = outputFolder(globs[0]);
  const { outputFiles, metafile } = await build(buildOptions(entries, folder));
  await writeOutputs(folder, outputFiles);
  return new Handlers(folder, entries, metafile);
};
