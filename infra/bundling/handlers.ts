import { existsSync, readFileSync, statSync } from 'node:fs';
import { glob, readdir } from 'node:fs/promises';
import { basename, extname, join, parse, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Metafile, OutputFile } from 'esbuild';

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
  readonly #contents: ReadonlyMap<string, Uint8Array>;

  constructor(folder: string, entries: Entries, { outputFiles, metafile }: Built) {
    const withHandler = Object.entries(metafile.outputs).filter(([, { exports }]) => exports.includes('handler'));
    this.folder = folder;
    this.#entries = entries;
    // By what was written: esbuild follows links, so that its name of a source may be another.
    this.#complete = new Set(withHandler.map(([output]) => basename(output)));
    this.#contents = new Map(outputFiles.map(({ path, contents }) => [basename(path), contents]));
  }

  /** Sorted. */
  get names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /**
   * @throws {Error} where there is no such handler, naming those there are; where its file exports no `handler` or has a
   * name that does not work on Lambda; where the folder does not have it any more.
   */
  entry(name: string): Entry {
    const source = this.#entries.get(name);
    if (!source) throw new Error(`There is no handler "${name}". ${this.#instead(name)}`);
    const from = relative(process.cwd(), source);
    if (!this.#complete.has(`${name}.mjs`))
      throw new Error(`${from} exports no "handler". Write: export const handler = …, as an ES module`);
    if (!LAMBDA_NAME.test(name))
      throw new Error(
        `${from} does not work on Lambda: expected a name of 1 to 120 ASCII letters, digits, "-" and "_"`,
      );
    this.#refuseIfReplaced(`${name}.mjs`);
    return { name, handler: `${name}.handler`, folder: this.folder };
  }

  /** `handlers/leave.ts` and `leave.handler` mean `leave`. */
  #instead(name: string): string {
    const [meant = ''] = basename(String(name)).split('.');
    return this.#entries.has(meant) ? `Write "${meant}"` : `There are: ${this.names.join(', ')}`;
  }

  #refuseIfReplaced(file: string): void {
    const path = join(this.folder, file);
    if (existsSync(path) && readFileSync(path).equals(this.#contents.get(file) ?? Buffer.of())) return;
    throw new Error(
      `${relative(process.cwd(), path)} is not what bundle wrote: it was removed or replaced since. Bundle right before the constructs, and let nothing else write there`,
    );
  }
}

/** What esbuild made. */
interface Built {
  outputFiles: readonly OutputFile[];
  metafile: Metafile;
}

/**
 * Lambda takes what is before the first `.` for the file: `chat.send.handler` is `send.handler` of the file `chat`. A
 * `Handler` has at most 128 characters.
 * https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/blob/main/src/UserFunction.js
 * https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
 */
const LAMBDA_NAME = /^[A-Za-z0-9_-]{1,120}$/;

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
