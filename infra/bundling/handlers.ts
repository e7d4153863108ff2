import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import type { Metafile, OutputFile } from 'esbuild';
import { type Entries, isOfFramework } from './find-entries.ts';

/** One bundled handler, with the values that its Lambda function needs. */
export interface Entry {
  /** The name of its file, such as `send-message`. */
  readonly name: string;
  /** The function's `Handler`, such as `send-message.handler`. */
  readonly handler: string;
  /** The folder of all handlers, absolute. Functions share their code, so they share one asset. */
  readonly folder: string;
  /** Whether the file comes with the framework and not with the application. */
  readonly isOfFramework: boolean;
}

/** A bundle as plain data, which one process can send to another. */
export interface Bundle {
  /** Absolute. */
  folder: string;
  /** Sorted by name. */
  handlers: readonly BundledHandler[];
}

interface BundledHandler {
  name: string;
  /** The source file, absolute. */
  source: string;
  /** Whether the file exports a `handler`. */
  isComplete: boolean;
  /** SHA-256 of the bundled file. */
  hash: string;
}

/** The result of esbuild. */
interface BuildResult {
  outputFiles: readonly OutputFile[];
  metafile: Metafile;
}

export const describeBundle = (folder: string, entries: Entries, { outputFiles, metafile }: BuildResult): Bundle => {
  const withHandler = Object.entries(metafile.outputs).filter(([, { exports }]) => exports.includes('handler'));
  // Compared by output: esbuild follows links, so it may know a source by another path.
  const complete = new Set(withHandler.map(([output]) => basename(output)));
  const contents = new Map(outputFiles.map((file) => [basename(file.path), file.contents]));
  const handlers = [...entries].map(([name, source]) => ({
    name,
    source,
    isComplete: complete.has(`${name}.mjs`),
    hash: hashOf(contents.get(`${name}.mjs`) ?? Buffer.of()),
  }));
  return { folder, handlers };
};

const hashOf = (contents: Uint8Array): string => createHash('sha256').update(contents).digest('hex');

/**
 * The bundled handlers of an application. `bundle` and `bundleSync` return them, and `FanOutApi` takes them.
 *
 * ```ts
 * import { bundle, type Handlers } from 'middy-fanout/infra';
 *
 * const handlers: Handlers = await bundle('handlers/*.ts');
 * console.log(handlers.names); // ['connect', 'default', 'disconnect', 'fan-out', 'wave']
 * ```
 */
export class Handlers {
  /** The folder of the handlers and of the code that they share: one asset for all functions. Absolute. */
  readonly folder: string;
  readonly #handlers: ReadonlyMap<string, BundledHandler>;

  constructor({ folder, handlers }: Bundle) {
    this.folder = folder;
    this.#handlers = new Map(handlers.map((handler) => [handler.name, handler]));
  }

  /** Sorted. */
  get names(): readonly string[] {
    return [...this.#handlers.keys()];
  }

  /**
   * @throws {Error} if there is no such handler, with the names of the handlers; if its file exports no `handler`, or
   * has a name that does not work on Lambda; or if its bundled file was removed or replaced.
   */
  entry(name: string): Entry {
    const bundled = this.#handlers.get(name);
    if (!bundled) throw this.#unknownHandler(name);
    const file = relative(process.cwd(), bundled.source);
    if (!bundled.isComplete)
      throw new Error(`${file} exports no "handler". Write: export const handler = …, as an ES module`);
    if (!LAMBDA_NAME.test(name))
      throw new Error(
        `${file} has a name that does not work on Lambda: expected 1 to 120 ASCII letters, digits, "-" and "_"`,
      );
    this.#refuseIfReplaced(bundled);
    return { name, handler: `${name}.handler`, folder: this.folder, isOfFramework: isOfFramework(bundled.source) };
  }

  /** `handlers/leave.ts` and `leave.handler` mean `leave`. */
  #unknownHandler(name: string): Error {
    const [baseName = ''] = basename(String(name)).split('.');
    return new Error(
      this.#handlers.has(baseName)
        ? `There is no handler "${name}". Write "${baseName}"`
        : `There is no handler "${name}". There are: ${this.names.join(', ')}`,
    );
  }

  #refuseIfReplaced({ name, hash }: BundledHandler): void {
    const path = join(this.folder, `${name}.mjs`);
    if (existsSync(path) && hashOf(readFileSync(path)) === hash) return;
    throw new Error(
      `${relative(process.cwd(), path)} was removed or replaced after bundle wrote it. Call bundle right before the constructs, and let no other tool write to its folder`,
    );
  }
}

/**
 * Lambda reads the text before the first `.` as the file: `chat.send.handler` is `send.handler` of the file `chat`. A
 * function's `Handler` has at most 128 characters.
 * https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/blob/main/src/UserFunction.js
 * https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
 */
const LAMBDA_NAME = /^[A-Za-z0-9_-]{1,120}$/;
