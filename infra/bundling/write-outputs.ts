import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { OutputFile } from 'esbuild';

/**
 * Writes the files that differ, each atomically. Several processes (tests, a running watcher) may build the same
 * sources at the same time, and a program that watches the folder sees only the changes.
 * @param options.keepOthers Keeps the files of earlier builds, for running functions that have not loaded every chunk
 * yet. Default false, so that an asset's hash depends only on the current sources.
 * @returns the names of the written files.
 * @throws {Error} if the folder has files of another tool. The message names them.
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

/** The files of another tool would be removed, or become part of the asset. */
const refuseForeignFiles = async (folder: string): Promise<void> => {
  const foreign = (await readdir(folder)).filter((name) => !/^\.|\.mjs(\.map)?$/.test(name));
  if (foreign.length === 0) return;
  const path = relative(process.cwd(), folder);
  throw new Error(
    `bundle: ${path} has files that bundle did not write: ${foreign.join(', ')}. Remove them, and have the tool that wrote them use another folder`,
  );
};

const writeIfDifferent = async (folder: string, { path, contents }: OutputFile): Promise<string | undefined> => {
  const name = basename(path);
  const file = join(folder, name);
  const present = await readFile(file).catch(() => undefined);
  if (present?.equals(contents)) return undefined;
  // The draft is beside the folder: in the folder it could become part of an asset.
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

/** A glob such as `handlers/*.ts`. */
const PLAIN_GLOB = /^([A-Za-z0-9_-]+)[/\\]\*\.ts$/;
const PATTERN = /[*?[\]{}!]/;

/**
 * The folder for the bundle of these globs, the same in each synthesis: `handlers/*.ts` is bundled to `build/handlers`.
 * Other globs have a folder with their hash in its name, such as `build/handlers-1f0d9a3c`, because two lists of globs
 * may begin alike. No folder is inside another.
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
