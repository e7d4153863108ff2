import { realpathSync, statSync } from 'node:fs';
import { glob, readdir } from 'node:fs/promises';
import { basename, dirname, extname, join, parse, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Handler name to its file, absolute. Sorted by name, so that a bundle does not depend on the order of a folder. */
export type Entries = ReadonlyMap<string, string>;

/** These come with the framework: an application needs a file of that name only where it differs. */
const FRAMEWORK_HANDLERS = ['connect', 'default', 'disconnect', 'fan-out'];
const FRAMEWORK_FOLDER = fileURLToPath(new URL('../../handlers/', import.meta.url));

/** Whether the file is one of the framework's own handlers. */
export const isOfFramework = (file: string): boolean =>
  FRAMEWORK_HANDLERS.includes(parse(file).name) &&
  relative(realpathSync(FRAMEWORK_FOLDER), realpathSync(dirname(file))) === '';

/** Beside handlers, but none. */
const NO_HANDLER = /\.(d|test|spec|validator)\.[cm]?[jt]s$/;
const SOURCE = /\.[cm]?[jt]s$/;

/**
 * Finds the handlers of an application: the files that the globs match, and the framework's own under the names that
 * are then still free.
 * @throws {Error} where a glob matches nothing or nothing more than those before it, or two files share a name.
 */
export const findEntries = async (globs: readonly string[], cwd: string = process.cwd()): Promise<Entries> => {
  if (globs.length === 0 || !globs.every((pattern) => typeof pattern === 'string' && pattern))
    throw new Error(
      `bundle: expected globs, such as bundle('handlers/*.ts', 'more/*.ts'), got ${JSON.stringify(globs)}`,
    );
  const entries = new Map<string, string>();
  for (const pattern of globs) {
    const files = await findHandlers(pattern, cwd);
    const before = entries.size;
    for (const file of files) addEntry(entries, file);
    if (entries.size === before)
      throw new Error(`bundle: "${pattern}" matches nothing that the globs before it do not match: leave it out`);
  }
  for (const file of await readdir(FRAMEWORK_FOLDER)) {
    const { name } = parse(file);
    if (FRAMEWORK_HANDLERS.includes(name) && isHandler(file) && !entries.has(name))
      addEntry(entries, resolve(FRAMEWORK_FOLDER, file));
  }
  return new Map([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
};

const findHandlers = async (pattern: string, cwd: string): Promise<string[]> => {
  const exclude = (path: string) => basename(path) === 'node_modules' && !pattern.includes('node_modules');
  const files: string[] = [];
  for await (const file of glob(pattern, { cwd, exclude })) files.push(file);
  const handlers = files.filter((file) => isHandler(file) && !isFolder(resolve(cwd, file)));
  if (handlers.length === 0)
    throw new Error(`bundle: "${pattern}" matches no handler in ${cwd}${whyNone(pattern, cwd, files)}`);
  return handlers.map((file) => resolve(cwd, file));
};

const whyNone = (pattern: string, cwd: string, [file]: readonly string[]): string => {
  if (isFolder(resolve(cwd, pattern))) return `: it is a folder. Write "${join(pattern, '*.ts')}"`;
  if (pattern.startsWith('!')) return ': there is no way to exclude. Name only what to bundle';
  if (file !== undefined && isFolder(resolve(cwd, file))) return `. ${file} is a folder`;
  return file === undefined ? '' : `. ${file} is none: a handler is a .ts, .js, .mts, .mjs, .cts or .cjs, and no test`;
};

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

const isHandler = (file: string): boolean => SOURCE.test(extname(file)) && !NO_HANDLER.test(file);

const addEntry = (entries: Map<string, string>, file: string): void => {
  const { name } = parse(file);
  const [alike, other] = [...entries].find(([known]) => known.toLowerCase() === name.toLowerCase()) ?? [];
  if (other && other !== file) {
    const names = [other, file].map((path) => relative(process.cwd(), path)).join('" and "');
    const capitals = alike === name ? '' : ', but for capitals, which not every file system tells apart';
    throw new Error(
      `bundle: two handlers are called "${name}"${capitals}: "${names}". A name is a file name: rename one`,
    );
  }
  entries.set(name, file);
};
