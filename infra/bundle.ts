import { build, type OutputFile } from 'esbuild';
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
 * @returns the handlers, written below `build/` to a folder that no other bundle shares.
 * @throws {Error} where a glob matches nothing or two files share a name; esbuild's `BuildFailure`, with file and line,
 * where a handler does not compile.
 */
export const bundle = async (...globs: [string, ...string[]]): Promise<Handlers> => {
  const entries = await findEntries(globs);
  const stable = outputFolder(globs);
  const { outputFiles, metafile } = await build(buildOptions(entries, stable));
  const folder = claimFolder(stable, outputFiles);
  await writeOutputs(folder, outputFiles);
  return new Handlers(folder, entries, { outputFiles, metafile });
};

/** What this process has bundled, by folder. */
const bundled = new Map<string, string>();

/** The folder, or a numbered one beside it if this process has put another bundle there: the same globs, other sources. */
const claimFolder = (folder: string, outputs: readonly OutputFile[]): string => {
  const contents = outputs.map(({ path, hash }) => `${path} ${hash}`).join();
  let claimed = folder;
  for (let nth = 2; (bundled.get(claimed) ?? contents) !== contents; nth++) claimed = `${folder}.${nth}`;
  bundled.set(claimed, contents);
  return claimed;
};
