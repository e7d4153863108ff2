import { build, type OutputFile } from 'esbuild';
import { buildOptions } from './build-options.ts';
import { findEntries } from './find-entries.ts';
import { type Bundle, describeBundle } from './handlers.ts';
import { outputFolder, writeOutputs } from './write-outputs.ts';

/** File descriptor of the answer to `bundleSync`: a validator's file may print to standard output. */
export const ANSWER_FD = 3;

/** The bundles of a process: each folder, and its files with their hashes. */
export type ClaimedFolders = Map<string, string>;

/**
 * Bundles and writes.
 * @param claimed Gets the folder of this bundle.
 */
export const makeBundle = async (globs: readonly string[], claimed: ClaimedFolders): Promise<Bundle> => {
  const entries = await findEntries(globs);
  const stable = outputFolder(globs);
  const { outputFiles, metafile } = await build(buildOptions(entries, stable));
  const folder = claimFolder(stable, outputFiles, claimed);
  await writeOutputs(folder, outputFiles);
  return describeBundle(folder, entries, { outputFiles, metafile });
};

/** The folder, or a numbered one beside it if this process has put another bundle there: the same globs, other sources. */
const claimFolder = (folder: string, outputs: readonly OutputFile[], claimed: ClaimedFolders): string => {
  const contents = outputs.map(({ path, hash }) => `${path} ${hash}`).join();
  let free = folder;
  for (let nth = 2; (claimed.get(free) ?? contents) !== contents; nth++) free = `${folder}.${nth}`;
  claimed.set(free, contents);
  return free;
};
