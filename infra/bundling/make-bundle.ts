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
  checkNode();
  const entries = await findEntries(globs);
  const stable = outputFolder(globs);
  const { outputFiles, metafile } = await build(buildOptions(entries, stable));
  const folder = claimFolder(stable, outputFiles, claimed);
  await writeOutputs(folder, outputFiles);
  return describeBundle(folder, entries, { outputFiles, metafile });
};

const checkNode = (): void => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 22))
    throw new Error(`bundle: expected Node 22.22 or newer, got ${process.versions.node}. Install Node 24`);
};

/** The folder, or a numbered one beside it if this process has written another bundle of the same globs there. */
const claimFolder = (folder: string, outputs: readonly OutputFile[], claimed: ClaimedFolders): string => {
  const contents = outputs.map(({ path, hash }) => `${path} ${hash}`).join();
  let free = folder;
  for (let nth = 2; (claimed.get(free) ?? contents) !== contents; nth++) free = `${folder}.${nth}`;
  claimed.set(free, contents);
  return free;
};
