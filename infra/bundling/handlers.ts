import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import type { Metafile, OutputFile } from 'esbuild';
import { type Entries, isOfFramework } from './find-entries.ts';

/** One bundled handler: what a Lambda function is made of. */
export interface Entry {
  /** `send-message`: the file's name. */
  readonly name: string;
  /** What Lambda calls: `send-message.handler`. */
  readonly handler: string;
  /** Of all handlers: functions share their code, so they share one asset. Absolute. */
  readonly folder: string;
  /** Whether the file comes with the framework, not with the application. */
  readonly isOfFramework: boolean;
}

/** A bundle as plain data, which another process can hand over. */
export interface Bundle {
  /** Where it is, absolute. */
  folder: string;
  /** Sorted by name. */
  handlers: readonly BundledHandler[];
}

interface BundledHandler {
  name: string;
  /** Its file, absolute. */
  source: string;
  /** Whether the file exports a `handler`. */
  isComplete: boolean;
  /** SHA-256 of what was written. */
  hash: string;
}

/** The result of esbuild. */
interface Built {
  outputFiles: readonly OutputFile[];
  metafile: Metafile;
}

export const describeBundle = (folder: string, entries: Entries, { outputFiles, metafile }: Built): Bundle => {
  const withHandler = Object.entries(metafile.outputs).filter(([, { exports }]) => exports.includes('handler'));
  // By what was written: esbuild follows links, so that its name of a source may be another.
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
 * The handlers of an application, bundled: what `bundle` and `bundleSync` return, and `FanOutApi` takes.
 *
 * ```ts
 * import { bundle, type Handlers } from 'middy-fanout/infra';
 *
 * const handlers: Handlers = await bundle('handlers/*.ts');
 * console.log(handlers.names); // ['connect', 'default', 'disconnect', 'fan-out', 'wave']
 * ```
 */
export class Handlers {
  /** Where they are, with what they share: one asset for all functions. Absolute. */
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
   * @throws {Error} if there is no such handler, naming those there are; if its file exports no `handler` or has a name
   * that does not work on Lambda; if the folder does not have it any more.
   */
  entry(name: string): Entry {
    const found = this.#handlers.get(name);
    if (!found) throw new Error(`There is no handler "${name}". ${this.#instead(name)}`);
    const from = relative(process.cwd(), found.source);
    if (!found.isComplete)
      throw new Error(`${from} exports no "handler". Write: export const handler = …, as an ES module`);
    if (!LAMBDA_NAME.test(name))
      throw new Error(
        `${from} does not work on Lambda: expected a name of 1 to 120 ASCII letters, digits, "-" and "_"`,
      );
    this.#refuseIfReplaced(found);
    return { name, handler: `${name}.handler`, folder: this.folder, isOfFramework: isOfFramework(found.source) };
  }

  /** `handlers/leave.ts` and `leave.handler` mean `leave`. */
  #instead(name: string): string {
    const [meant = ''] = basename(String(name)).split('.');
    return this.#handlers.has(meant) ? `Write "${meant}"` : `There are: ${this.names.join(', ')}`;
  }

  #refuseIfReplaced({ name, hash }: BundledHandler): void {
    const path = join(this.folder, `${name}.mjs`);
    if (existsSync(path) && hashOf(readFileSync(path)) === hash) return;
    throw new Error(
      `${relative(process.cwd(), path)} is not what bundle wrote: it was removed or replaced since. Bundle right before the constructs, and let nothing else write there`,
    );
  }
}

/**
 * Lambda takes what is before the first `.` for the file: `chat.send.handler` is `send.handler` of the file `chat`. A
 * `Handler` has at most 128 characters.
 * https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/blob/main/src/UserFunction.js
 * https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
 */
const LAMBDA_NAME = /^[A-Za-z0-9_-]{1,120}$/;
