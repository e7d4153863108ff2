import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { OutputFile } from 'esbuild';

/**
 * Writes what differs, each file whole or not at all: builds of the same sources by several processes (tests, a running
 * watcher) do not disturb one another, and who watches the folder sees only what has changed.
 * @param options.keepOthers Leaves files of earlier builds, for functions that run and have yet to load a chunk. Default
 * false: an asset's hash depends on the sources of now.
 * @returns the names of the files that were written.
 */
export const writeOutputs = async (
  folder: string,
  outputs: readonly OutputFile[],
  { keepOthers = false }: { keepOthers?: boolean } = {},
): Promise<string[]> => {
  await mkdir(folder, { recursive: true });
  const written = await Promise.all(outputs.map((output) => writeIfDifferent(folder, output)));
  if (!keepOthers) await removeOthers(folder, outputs);
  return written.filter((name) => name !== undefined);
};

const writeIfDifferent = async (folder: string, { path, contents }: OutputFile): Promise<string | undefined> => {
  const name = basename(path);
  const file = join(folder, name);
  const present = await readFile(file).catch(() => undefined);
  if (present?.equals(contents)) return undefined;
  // Beside the folder: a draft in it could become part of an asset.
  const draft = join(dirname(folder), `.${basename(folder)}.${name}.${process.pid}`);
  await writeFile(draft, contents);
  await rename(draft, file);
  return name;
};

const removeOthers = async (folder: string, outputs: readonly OutputFile[]): Promise<void> => {
  const made = new Set(outputs.map(({ path }) => basename(path)));
  const others = (await readdir(folder)).filter((name) => !made.has(name));
  await Promise.all(others.map((name) => rm(join(folder, name), { recursive: true, force: true })));
};

const PATTERN = /[*?[\]{}!]/;

/**
 * Where a bundle is written: `handlers/*.ts` goes to `build/handlers`, `examples/polly/handlers/*.ts` to
 * `build/examples/polly/handlers`. Below the working folder, and a folder of its own for each first glob.
 */
export const outputFolder = (glob: string, cwd: string = process.cwd()): string => {
  const parts = resolve(cwd, glob).split(sep);
  const pattern = parts.findIndex((part) => PATTERN.test(part));
  const source = parts.slice(0, pattern < 0 ? -1 : pattern).join(sep);
  const below = relative(cwd, source)
    .split(sep)
    .filter((part) => part && part !== '..');
  return join(cwd, 'build', ...(below.length ? below : ['handlers']));
};
