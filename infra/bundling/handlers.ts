import { glob, readdir } from 'node:fs/promises';
import { extname, parse, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Metafile } from 'esbuild';

/** One bundled handler: what a Lambda function is made of. */
export interface Entry {
  /** `send-message`: the file's name. */
  readonly name: string;
  /** What Lambda calls: `send-message.handler`. */
  readonly handler: string;
  /** Of all handlers: functions share their code, so they share one asset. Absolute. */
  readonly folder: string;
}

/** The handlers of an application, bundled. */
export class Handlers {
  /** Where they are, with what they share: one asset for all functions. Absolute. */
  readonly folder: string;
  readonly #entries: Entries;
  readonly #complete: ReadonlySet<string>;

  constructor(folder: string, entries: Entries, { outputs }: Metafile) {
    const withHandler = Object.values(outputs).filter(({ exports }) => exports.includes('handler'));
    this.folder = folder;
    this.#entries = entries;
    this.#complete = new Set(withHandler.map(({ entryPoint = '' }) => resolve(entryPoint)));
  }

  /** Sorted. */
  get names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** @throws {Error} where there is no such handler, naming those there are, or its file exports no `handler`. */
  entry(name: string): Entry {
    const file = this.#entries.get(name);
    if (!file) throw new Error(`There is no handler "${name}". There are: ${this.names.join(', ')}`);
    if (!this.#complete.has(file)) throw new Error(`${relative(process.cwd(), file)} exports no "handler"`);
    return { name, handler: `${name}.handler`, folder: this.folder };
  }
}

/** Handler name to its file, absolute. Sorted by name, so that a bundle does not depend on the order of a folder. */
export type Entries = ReadonlyMap<string, string>;

/** These come with the framework: an application needs a file of that name only where it differs. */
const FRAMEWORK_HANDLERS = ['connect', 'default', 'disconnect', 'fan-out'];
const FRAMEWORK_FOLDER = fileURLToPath(new URL('../../handlers/', import.meta.url));
/** Beside handlers, but none. */
const NO_HANDLER = /\.(d|test|spec|validator)\.[cm]?[jt]s$/;
const SOURCE = /\.[cm]?[jt]s$/;

/**
 * Finds the handlers of an application: the files that the globs match, and the framework's own under the names that
 * are then still free.
 * @throws {Error} where a glob matches nothing, or two files share a name.
 */
export const findEntries = async (globs: readonly string[], cwd: string = process.cwd()): Promise<Entries> => {
  const entries = new Map<string, string>();
  for (const pattern of globs) {
    const before = entries.size;
    for await (const file of glob(pattern, { cwd })) if (isHandler(file)) addEntry(entries, resolve(cwd, file));
    if (entries.size === before) throw new Error(`bundle: "${pattern}" matches no handler in ${cwd}`);
  }
  for (const file of await readdir(FRAMEWORK_FOLDER)) {
    const { name } = parse(file);
    if (FRAMEWORK_HANDLERS.includes(name) && isHandler(file) && !entries.has(name))
      entries.set(name, resolve(FRAMEWORK_FOLDER, file));
  }
  return new Map([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
};

const isHandler = (file: string): boolean => SOURCE.test(extname(file)) && !NO_HANDLER.test(file);

const addEntry = (entries: Map<string, string>, file: string): void => {
  const { name } = parse(file);
  const other = entries.get(name);
  if (other && other !== file) {
    const names = [other, file].map((path) => relative(process.cwd(), path)).join('" and "');
    throw new Error(`bundle: two handlers are called "${name}": "${names}". A name is a file name: rename one`);
  }
  entries.set(name, file);
};
