import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, type Stats } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import { watch } from 'chokidar';

export interface WatchSourcesOptions {
  /** Watched with everything in them, except installed packages, what is built and what begins with a dot. */
  folders: readonly string[];
  /** Folder names that are left out beside those. */
  ignored?: readonly string[];
  onChange(files: readonly string[]): void;
}

const IGNORED = ['node_modules', 'build', 'dist', 'coverage'];
const SOURCES = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '.tsx', '.jsx', '.json', '.yaml', '.yml'];
/** An editor writes a file in several steps. */
const SETTLE_MS = 50;

/**
 * Tells of source files that have changed, by absolute path. A file that was only written again, with what was in it, has
 * not changed: a compiler that writes beside its sources does not call for itself.
 * @returns what ends it, once every folder is watched. Until it is ended, it keeps the process alive.
 */
export const watchSources = async ({
  folders,
  ignored = [],
  onChange,
}: WatchSourcesOptions): Promise<() => Promise<void>> => {
  const roots = folders.map((folder) => resolve(folder));
  const isLeftOut = (path: string, stats?: Stats): boolean => {
    const name = basename(path);
    if (stats?.isFile() && !SOURCES.includes(extname(name))) return true;
    const isIgnored = name.startsWith('.') || IGNORED.includes(name) || ignored.includes(name);
    return isIgnored && !roots.includes(resolve(path));
  };
  const known = new Map<string, string>();
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const tell = (): void => {
    const files = [...changed];
    changed.clear();
    onChange(files);
  };
  const onEvent = (path: string): void => {
    if (!hasChanged(path, known)) return;
    changed.add(path);
    clearTimeout(timer);
    timer = setTimeout(tell, SETTLE_MS);
  };

  // A folder that is not ours to read is left out. The files settle here, so chokidar need not wait for them (`atomic`).
  const watcher = watch(roots, {
    ignored: isLeftOut,
    followSymlinks: false,
    atomic: false,
    ignorePermissionErrors: true,
  });
  const stop = async (): Promise<void> => {
    clearTimeout(timer);
    await watcher.close();
  };
  const learn = (path: string) => void hasChanged(path, known);
  watcher.on('add', learn).on('change', onEvent).on('unlink', onEvent);
  watcher.on('error', () => {}); // a folder that cannot be watched any more: the run goes on without it
  await once(watcher, 'ready').catch(async (error) => {
    await stop();
    throw error;
  });
  watcher.off('add', learn).on('add', onEvent);
  return stop;
};

/** Whether a file's content is not what was known of it; knows it from then on. A file that is gone has changed, once. */
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
