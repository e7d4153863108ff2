import { realpathSync, statSync } from 'node:fs';
import * as fs from 'node:fs/promises'; // imports the namespace, because an old Node has no `glob`: `bundle` explains that
import { basename, dirname, extname, join, parse, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The absolute path of each handler, by name. Sorted, so that a bundle does not depend on the order in a folder. */
export type Entries = ReadonlyMap<string, string>;

/** The handlers that come with the framework. A file of the application with the same name replaces one. */
const FRAMEWORK_HANDLERS = ['connect', 'default', 'disconnect', 'fan-out', 'channel-fan-out'];
/** An application with the first handler has channels. Only then its bundle has the second one, the framework's. */
const [CHANNELS, CHANNEL_FAN_OUT] = ['channels', 'channel-fan-out'];
const FRAMEWORK_FOLDER = fileURLToPath(new URL('../../handlers/', import.meta.url));

/** Whether the application has channels. */
export const hasChannels = (entries: Entries): boolean => entries.has(CHANNELS);

/** Whether the file is one of the framework's own handlers. */
export const isOfFramework = (file: string): boolean =>
  FRAMEWORK_HANDLERS.includes(parse(file).name) &&
  relative(realpathSync(FRAMEWORK_FOLDER), realpathSync(dirname(file))) === '';

/** Files next to handlers that are not handlers. */
const NOT_A_HANDLER = /\.(d|test|spec|validator)\.[cm]?[jt]s$/;
const SOURCE = /\.[cm]?[jt]s$/;

/**
 * Finds the handlers of an application: the files that match the globs, and the framework's handlers whose names are
 * still free. Only an application with a handler `channels` has the framework's `channel-fan-out`.
 * @throws {Error} if a glob matches no handler or only handlers of the globs before it, or if two files share a name.
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
      throw new Error(`bundle: "${pattern}" matches only handlers that the globs before it match: leave it out`);
  }
  for (const file of await fs.readdir(FRAMEWORK_FOLDER)) {
    const { name } = parse(file);
    if (FRAMEWORK_HANDLERS.includes(name) && isHandler(file) && !entries.has(name))
      addEntry(entries, resolve(FRAMEWORK_FOLDER, file));
  }
  // A glob of this repository's own chat matches it too.
  const channelFanOut = entries.get(CHANNEL_FAN_OUT);
  if (!hasChannels(entries) && channelFanOut !== undefined && isOfFramework(channelFanOut))
    entries.delete(CHANNEL_FAN_OUT);
  return new Map([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
};

const findHandlers = async (pattern: string, cwd: string): Promise<string[]> => {
  const exclude = (path: string) => basename(path) === 'node_modules' && !pattern.includes('node_modules');
  const files: string[] = [];
  for await (const file of fs.glob(pattern, { cwd, exclude })) files.push(file);
  const handlers = files.filter((file) => isHandler(file) && !isFolder(resolve(cwd, file)));
  if (handlers.length === 0)
    throw new Error(`bundle: "${pattern}" matches no handler in ${cwd}${explainNoMatch(pattern, cwd, files)}`);
  return handlers.map((file) => resolve(cwd, file));
};

const explainNoMatch = (pattern: string, cwd: string, [file]: readonly string[]): string => {
  if (isFolder(resolve(cwd, pattern))) return `: it is a folder. Write "${join(pattern, '*.ts')}"`;
  if (pattern.startsWith('!')) return ': a glob cannot exclude files. Write globs that match only your handlers';
  if (file !== undefined && isFolder(resolve(cwd, file))) return `. ${file} is a folder`;
  if (file === undefined) return '';
  return `. ${file} is not a handler: expected a .ts, .js, .mts, .mjs, .cts or .cjs that is not a test or a validator`;
};

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

const isHandler = (file: string): boolean => SOURCE.test(extname(file)) && !NOT_A_HANDLER.test(file);

const addEntry = (entries: Map<string, string>, file: string): void => {
  const { name } = parse(file);
  const [knownName, knownFile] = [...entries].find(([known]) => known.toLowerCase() === name.toLowerCase()) ?? [];
  if (knownFile && knownFile !== file) {
    const files = [knownFile, file].map((path) => relative(process.cwd(), path)).join('" and "');
    const problem =
      knownName === name
        ? `bundle: two handlers are called "${name}"`
        : `bundle: the names "${knownName}" and "${name}" differ only in capitals, which some file systems ignore`;
    throw new Error(`${problem}: "${files}". Rename one file`);
  }
  entries.set(name, file);
};
