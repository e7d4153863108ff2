import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { OutputFile } from 'esbuild';

/**
 * Writes what differs, each file whole or not at all: builds of the same sources by several processes (tests, a running
 * watcher) do not disturb one another, and who watches the folder sees only what has changed.
 * @param options.keepOthers Leaves files of earlier builds, for functions that run and have yet to load a chunk. Default
 * false: an asset's hash depends on the sources of now.
 * @returns the names of the files that were written.
 * @throws {Error} if the folder has files of somebody else, naming them.
 */
export const writeOutputs = async (
  folder: string,
  outputs: readonly OutputFile[],
  { keepOthers = false }: { keepOthers?: boolean } = {},
): Promise<string[]> => {
  await mkdir(folder, { recursive: true });
  await refuseForeignFiles(folder);
  const written = await Promise.all(outputs.map((output) => writeIfDifferent(folder, output)));
  if (!keepOthers) await removeOthers(folder, outputs);
  return written.filter((name) => name !== undefined);
};

/** Another tool's output would be removed, or become part of the asset. */
const refuseForeignFiles = async (folder: string): Promise<void> => {
  const foreign = (await readdir(folder)).filter((name) => !/^\.|\.mjs(\.map)?$/.test(name));
  if (foreign.length === 0) return;
  const where = relative(process.cwd(), folder);
  throw new Error(
    `bundle: ${where} has files that bundle did not write: ${foreign.join(', ')}. Remove them, and let what writes them write elsewhere`,
  );
};

const writeIfDifferent = async (folder: string, { path, contents }: OutputFile): Promise<string | undefined> => {
  const name = basename(path);
  const file = join(folder, name);
  const present = await readFile(file).catch(() => undefined);
  if (present?.equals(contents)) return undefined;
  // Beside the folder: a draft in it could become part of an asset.
  const draft = join(dirname(folder), `.${basename(folder)}.${name}.${randomUUID()}`);
  await writeFile(draft, contents);
  await rename(draft, file);
  return name;
};

const removeOthers = async (folder: string, outputs: readonly OutputFile[]): Promise<void> => {
  const made = new Set(outputs.map(({ path }) => basename(path)));
  const others = (await readdir(folder)).filter((name) => !made.has(name));
  await Promise.all(others.map((name) => rm(join(folder, name), { recursive: true, force: true })));
};

/** `handlers/*.ts`. */
const PLAIN_GLOB = /^([A-Za-z0-9_-]+)[/\\]\*\.ts$/;
const PATTERN = /[*?[\]{}!]/;

/**
 * Where the bundle of these globs is written, from one synthesis to the next: `handlers/*.ts` goes to `build/handlers`.
 * Other globs go to a folder with a hash of them in its name, because two lists may begin alike: `build/handlers-1f0d9a3c`.
 * No folder is within another.
 */
export const outputFolder = (globs: readonly string[], cwd: string = process.cwd()): string => {
  const patterns = globs.map((glob) => relative(cwd, resolve(cwd, glob)));
  const [first = ''] = patterns;
  const [, plain] = (patterns.length === 1 && PLAIN_GLOB.exec(first)) || [];
  if (plain) return join(cwd, 'build', plain);
  const parts = dirname(first).split(sep);
  const pattern = parts.findIndex((part) => PATTERN.test(part));
  const source = parts.slice(0, pattern < 0 ? undefined : pattern).filter((part) => !/^\.*$/.test(part));
  const hash = createHash('sha256').update(JSON.stringify(patterns)).digest('hex').slice(0, 8);
  return join(cwd, 'build', [...source, hash].join('-'));
};
