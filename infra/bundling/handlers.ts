import { relative, resolve } from 'node:path';
import type { Metafile } from 'esbuild';
import type { Entries } from './find-entries.ts';

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
