import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, type Stats } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import { watch } from 'chokidar';

export interface WatchSourcesOptions {
  /** Watched with all folders in them, except installed packages, build output and names that begin with a dot. */
  folders: readonly string[];
  /** More files and folders that are not watched. @param path Absolute. */
  isLeftOut?(path: string): boolean;
  /** The files that are watched. Default: sources, by their extension, outside of build folders. @param path Absolute. */
  isWatched?(path: string): boolean;
  onChange(files: readonly string[]): void;
}

const BUILT = ['build', 'dist', 'coverage'];
const SOURCES = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '.tsx', '.jsx', '.json', '.yaml', '.yml'];
/** An editor writes a file in several steps. The files of one save are reported together. */
const SETTLE_MS = 50;

/**
 * Calls `onChange` with the absolute paths of changed source files. A file that was written with the same content has
 * not changed, so a compiler that writes beside its sources does not start a loop.
 * Resolves when every folder is watched. The watch keeps the process alive.
 * @returns A function that stops the watch.
 */
export const watchSources = async ({
  folders,
  isLeftOut = () => false,
  isWatched,
  onChange,
}: WatchSourcesOptions): Promise<() => Promise<void>> => {
  const roots = folders.map((folder) => resolve(folder));
  const isIgnored = (path: string, stats?: Stats): boolean => {
    const [absolute, name] = [resolve(path), basename(path)];
    if (roots.includes(absolute)) return false;
    if (name.startsWith('.') || name === 'node_modules' || isLeftOut(absolute)) return true;
    if (isWatched === undefined && BUILT.includes(name)) return true;
    if (!stats?.isFile()) return false;
    return !(isWatched?.(absolute) ?? SOURCES.includes(extname(name)));
  };
  const known = new Map<string, string>();
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const report = (): void => {
    const files = [...changed];
    changed.clear();
    onChange(files);
  };
  const onEvent = (path: string): void => {
    if (!hasChanged(path, known)) return;
    changed.add(path);
    clearTimeout(timer);
    timer = setTimeout(report, SETTLE_MS);
  };

  // SETTLE_MS does the work of `atomic`. A folder that this process may not read is not watched.
  const watcher = watch(roots, {
    ignored: isIgnored,
    followSymlinks: false,
    atomic: false,
    ignorePermissionErrors: true,
  });
  const stop = async (): Promise<void> => {
    clearTimeout(timer);
    await watcher.close();
  };
  const remember = (path: string) => void hasChanged(path, known);
  watcher.on('add', remember).on('change', onEvent).on('unlink', onEvent);
  watcher.on('error', () => {}); // a folder cannot be watched any more: the others still are
  await once(watcher, 'ready').catch(async (error) => {
    await stop();
    throw error;
  });
  watcher.off('add', remember).on('add', onEvent);
  return stop;
};

/** Compares a file's content with the content at the last call. A removed file counts as changed once. */
const hasChanged = (file: string, known: Map<string, string>): boolean => {
  const hash = hashOf(file);
  const before = known.get(file);
  known.set(file, hash);
  return hash !== before;
};

const hashOf = (file: string): string => {
  try {
    return createHash('sha1').update(readFileSync(file)).digest('base64');
  } catch {
    return 'gone';
  }
};
