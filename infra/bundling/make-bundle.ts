import { build, type OutputFile } from 'esbuild';
import { buildOptions } from './build-options.ts';
import { findEntries } from './find-entries.ts';
import { type Bundle, describeBundle } from './handlers.ts';
import { outputFolder, writeOutputs } from './write-outputs.ts';

/** The file descriptor for the answer of the child process: a validator's file may print to standard output. */
export const ANSWER_FD = 3;

/** The folders that a process has bundled to, each with its files and their hashes. */
export type ClaimedFolders = Map<string, string>;

/**
 * Bundles the handlers and writes the files.
 * @param claimed Receives the folder of this bundle.
 */
export const makeBundle = async (globs: readonly string[], claimed: ClaimedFolders): Promise<Bundle> => {
  const entries = await findEntries(globs);
  const stable = outputFolder(globs);
  const { outputFiles, metafile } = await build(buildOptions(entries, stable));
  const folder = claimFolder(stable, outputFiles, claimed);
  await writeOutputs(folder, outputFiles);
  return describeBundle(folder, entries, { outputFiles, metafile });
};

/** The folder, or a numbered one beside it if this process has written another bundle of the same globs there. */
const claimFolder = (folder: string, outputs: readonly OutputFile[], claimed: ClaimedFolders): string => {
  const contents = outputs.map(({ path, hash }) => `${path} ${hash}`).join();
  let free = folder;
  for (let nth = 2; (claimed.get(free) ?? contents) !== contents; nth++) free = `${folder}.${nth}`;
  claimed.set(free, contents);
  return free;
};
