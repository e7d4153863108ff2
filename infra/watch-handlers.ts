import { once } from 'node:events';
import { dirname, resolve, sep } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import { type BuildContext, type BuildFailure, context, stop } from 'esbuild';
import { buildOptions } from './bundling/build-options.ts';
import { type Entries, findEntries } from './bundling/find-entries.ts';
import { describeBundle, Handlers } from './bundling/handlers.ts';
import { outputFolder, writeOutputs } from './bundling/write-outputs.ts';

/** The result of a build. `changed` names the handlers whose code changed, including the modules that they import. */
export type WatchedBuild =
  | { ok: true; handlers: Handlers; changed: readonly string[]; durationMs: number }
  | { ok: false; problems: readonly BuildProblem[] };

/** Our choice: an editor saves a file in several steps, and a build between two of them would fail. */
const SETTLE_MS = 20;

const SOURCE = /\.([cm]?[jt]s|[jt]sx|json|txt)$/;

/**
 * Bundles as `bundle` does, and again whenever a source changes. esbuild's own watch mode polls and may notice a change
 * only after two seconds; chokidar asks the file system.
 * @param onBuild Called after each build, including the first. A failed build leaves the files of the build before it.
 * @returns a function that stops the watching. Until then the watcher keeps the process alive.
 */
export const watchHandlers = async (
  globs: readonly [string, ...string[]],
  onBuild: (build: WatchedBuild) => void,
): Promise<() => Promise<void>> => {
  const bundler = new IncrementalBundler(globs);
  const watched = new Set<string>();
  const watchers: FSWatcher[] = []; // one for each set of new folders: a watcher emits "ready" only once
  let builds = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  const build = async (): Promise<void> => {
    const built = await bundler.build();
    const added = [...bundler.sourceFolders].filter((folder) => !watched.has(folder));
    if (added.length > 0) await watchFolders(added);
    onBuild(built);
  };
  /** Watches the folders without their subfolders. Resolves when the watcher is ready to notice a change. */
  const watchFolders = async (folders: string[]): Promise<void> => {
    for (const folder of folders) watched.add(folder);
    const watcher = watch(folders, { depth: 0, ignoreInitial: true, atomic: false });
    watchers.push(watcher);
    watcher.on('all', (_, path) => SOURCE.test(path) && onChange());
    watcher.on('error', () => {}); // one folder can no longer be watched; the others still are
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
    await builds; // the last build may still start to watch a folder
    await Promise.all(watchers.map((watcher) => watcher.close()));
    await bundler.stop();
  };
};

/** Keeps the files that esbuild has read, and rebuilds only the output that a change affects. */
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

  /** The folders of all source files of the builds so far, without installed packages. */
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

  /** Starts esbuild's process again if it was killed, for example on a machine that is out of memory. */
  async #rebuild() {
    try {
      return await (await this.#context()).rebuild();
    } catch (error) {
      if (!/^The service (is no longer running|was stopped)/.test(String((error as Error).message))) throw error;
      await stop(); // otherwise esbuild keeps asking the process that is gone
      this.#esbuild = undefined;
      return (await this.#context()).rebuild();
    }
  }

  /** Makes a new context if handlers were added or removed: the entry points of a context are fixed. */
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

/** One reason why a build failed. */
export interface BuildProblem {
  text: string;
  /** Relative to the working folder. Absent if no file is to blame, as for a glob that matches nothing. */
  file?: string;
  /** From 1. */
  line?: number;
  /** In characters, from 0. */
  column?: number;
}

/** The problems in an error that `bundle` threw. */
export const buildProblems = (error: unknown): BuildProblem[] => {
  const { errors } = error as Partial<BuildFailure>;
  if (!errors?.length) return [{ text: error instanceof Error ? error.message : String(error) }];
  return errors.map(({ text, location }) =>
    location ? { text, file: location.file, line: location.line, column: location.column } : { text },
  );
};
