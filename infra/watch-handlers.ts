import { once } from 'node:events';
import { dirname, resolve, sep } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import { type BuildContext, type BuildFailure, context, stop } from 'esbuild';
import { buildOptions } from './bundling/build-options.ts';
import { type Entries, findEntries } from './bundling/find-entries.ts';
import { describeBundle, Handlers } from './bundling/handlers.ts';
import { outputFolder, writeOutputs } from './bundling/write-outputs.ts';

/** How a build ended. `changed` are the names of the handlers whose code is not what it was, in any part of it. */
export type WatchedBuild =
  | { ok: true; handlers: Handlers; changed: readonly string[]; durationMs: number }
  | { ok: false; problems: readonly BuildProblem[] };

/** An editor writes a file in several steps; a build in the middle of them would fail for nothing. */
const SETTLE_MS = 20;

const SOURCE = /\.([cm]?[jt]s|[jt]sx|json|txt)$/;

/**
 * Bundles as `bundle` does, and again whenever a source has changed. esbuild's own watching polls and may take two
 * seconds to notice; chokidar asks the file system.
 * @param onBuild Called after each build, the first one too. One that failed leaves the files of the one before.
 * @returns what stops it. Until then it keeps the process alive.
 */
export const watchHandlers = async (
  globs: readonly [string, ...string[]],
  onBuild: (build: WatchedBuild) => void,
): Promise<() => Promise<void>> => {
  const bundler = new IncrementalBundler(globs);
  const watched = new Set<string>();
  const watchers: FSWatcher[] = []; // one for each set of new folders: a watcher is ready only once
  let builds = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  const build = async (): Promise<void> => {
    const built = await bundler.build();
    const added = [...bundler.sourceFolders].filter((folder) => !watched.has(folder));
    if (added.length > 0) await watchFolders(added);
    onBuild(built);
  };
  /** Not what is in folders of theirs. Resolves when a change in them is noticed. */
  const watchFolders = async (folders: string[]): Promise<void> => {
    for (const folder of folders) watched.add(folder);
    const watcher = watch(folders, { depth: 0, ignoreInitial: true, atomic: false });
    watchers.push(watcher);
    watcher.on('all', (_, path) => SOURCE.test(path) && onChange());
    watcher.on('error', () => {}); // a folder that cannot be watched any more: the others are
    await once(watcher, 'ready');
  };
  const onChange = (): void => {
    clearTimeout(timer);
    if (isStopped) return;
    timer = setTimeout(() => {
      builds = builds.then(build);
    }, SETTLE_MS);
  };

  await build();
  return async () => {
    isStopped = true;
    clearTimeout(timer);
    await builds; // the last one may still begin to watch a folder
    await Promise.all(watchers.map((watcher) => watcher.close()));
    await bundler.stop();
  };
};

/** Keeps what esbuild has read, and makes anew only what follows from a change. */
class IncrementalBundler {
  readonly #globs: readonly [string, ...string[]];
  readonly #folder: string;
  readonly #sources = new Set<string>();
  #entries: Entries = new Map();
  #esbuild: BuildContext<ReturnType<typeof buildOptions>> | undefined;

  constructor(globs: readonly [string, ...string[]]) {
    this.#globs = globs;
    this.#folder = outputFolder(globs);
  }

  /** Folders of all files that a bundle was made of, without installed packages. */
  get sourceFolders(): ReadonlySet<string> {
    const own = [...this.#sources].filter((file) => !file.includes(`${sep}node_modules${sep}`));
    return new Set(own.map((file) => dirname(resolve(file))));
  }

  async build(): Promise<WatchedBuild> {
    const startedAt = performance.now();
    try {
      const { outputFiles, metafile } = await this.#rebuild();
      for (const file of Object.keys(metafile.inputs)) this.#sources.add(resolve(file));
      const written = new Set(await writeOutputs(this.#folder, outputFiles, { keepOthers: true }));
      return {
        ok: true,
        handlers: new Handlers(describeBundle(this.#folder, this.#entries, { outputFiles, metafile })),
        changed: [...this.#entries.keys()].filter((name) => written.has(`${name}.mjs`)),
        durationMs: performance.now() - startedAt,
      };
    } catch (error) {
      const problems = buildProblems(error);
      for (const { file } of problems) if (file) this.#sources.add(resolve(file));
      return { ok: false, problems };
    }
  }

  async stop(): Promise<void> {
    await this.#esbuild?.dispose();
  }

  /** esbuild's process may have been killed, as by a machine that is out of memory: it is started again. */
  async #rebuild() {
    try {
      return await (await this.#context()).rebuild();
    } catch (error) {
      if (!/^The service (is no longer running|was stopped)/.test(String((error as Error).message))) throw error;
      await stop(); // else esbuild goes on asking the process that is gone
      this.#esbuild = undefined;
      return (await this.#context()).rebuild();
    }
  }

  /** esbuild's entry points cannot change in a context, and a file may have come or gone. */
  async #context(): Promise<BuildContext<ReturnType<typeof buildOptions>>> {
    const entries = await findEntries(this.#globs);
    if (this.#esbuild && JSON.stringify([...entries]) === JSON.stringify([...this.#entries])) return this.#esbuild;
    await this.#esbuild?.dispose();
    this.#entries = entries;
    for (const file of entries.values()) this.#sources.add(file);
    this.#esbuild = await context(buildOptions(entries, this.#folder, this.#sources));
    return this.#esbuild;
  }
}

/** Why a bundle could not be made. */
export interface BuildProblem {
  text: string;
  /** Relative to the working folder. Absent where no file is to blame: a glob that matches nothing. */
  file?: string;
  /** From 1. */
  line?: number;
  /** In characters, from 0. */
  column?: number;
}

/** The problems of what `bundle` threw. */
export const buildProblems = (error: unknown): BuildProblem[] => {
  const { errors } = error as Partial<BuildFailure>;
  if (!errors?.length) return [{ text: error instanceof Error ? error.message : String(error) }];
  return errors.map(({ text, location }) =>
    location ? { text, file: location.file, line: location.line, column: location.column } : { text },
  );
};
