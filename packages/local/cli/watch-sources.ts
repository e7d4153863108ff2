import { createHash } from 'node:crypto';
import { type FSWatcher, readdirSync, readFileSync, statSync, watch } from 'node:fs';
import { basename, extname, join } from 'node:path';

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
 * Tells of source files that have changed. A file that was only written again, with what was in it, has not changed:
 * a compiler that writes beside its sources does not call for itself.
 * @returns what ends it. Until then it keeps the process alive.
 */
export const watchSources = ({ folders, ignored = [], onChange }: WatchSourcesOptions): (() => void) => {
  const watchers = new Map<string, FSWatcher>();
  const known = new Map<string, string>();
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  const isLeftOut = (name: string) => name.startsWith('.') || IGNORED.includes(name) || ignored.includes(name);
  const tell = () => {
    const files = [...changed];
    changed.clear();
    onChange(files);
  };
  const onEvent = (path: string): void => {
    if (isLeftOut(basename(path))) return;
    forget(path);
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) addIfThere(path);
    if (!SOURCES.includes(extname(path)) || !hasChanged(path, known)) return;
    changed.add(path);
    clearTimeout(timer);
    timer = setTimeout(tell, SETTLE_MS);
  };
  /** @param onSource What is done with the sources that are in it already. */
  const add = (folder: string, onSource: (file: string) => void): void => {
    if (watchers.has(folder)) return;
    const watcher = watch(folder, (_, file) => file !== null && onEvent(join(folder, file)));
    watcher.on('error', () => watchers.delete(folder));
    watchers.set(folder, watcher);
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !isLeftOut(entry.name)) add(path, onSource);
      else if (SOURCES.includes(extname(path))) onSource(path);
    }
  };

  /** A folder that is told of is a new one, also where one of its name was watched. */
  const forget = (path: string): void => {
    for (const [folder, watcher] of watchers) {
      if (folder !== path && !folder.startsWith(join(path, '/'))) continue;
      watcher.close();
      watchers.delete(folder);
    }
  };
  const addIfThere = (folder: string): void => {
    try {
      add(folder, onEvent);
    } catch {
      // Gone again, or not ours to read: the run goes on without it.
    }
  };

  for (const folder of folders) add(folder, (file) => hasChanged(file, known));
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers.values()) watcher.close();
  };
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
