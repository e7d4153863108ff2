import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Files } from './route-files.ts';

/** Paths of the files that are already there. */
export const findPresent = (folder: string, files: Files): string[] =>
  Object.keys(files).filter((path) => existsSync(join(folder, path)));

/** Writes the files that are not there yet. @returns The paths of the written files, and of the files already there. */
export const writeFiles = (folder: string, files: Files): { written: string[]; kept: string[] } => {
  const kept = findPresent(folder, files);
  const written = Object.keys(files).filter((path) => !kept.includes(path));
  for (const path of written) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    // The flag also protects a file that another process writes at this moment.
    writeFileSync(join(folder, path), files[path] as string, { flag: 'wx' });
  }
  return { written, kept };
};

/**
 * Changes a file, if it exists.
 * @param change Returns the new text, or `undefined` to leave the file as it is.
 * @returns Whether it was changed.
 */
export const changeFile = (folder: string, path: string, change: (text: string) => string | undefined): boolean => {
  const file = join(folder, path);
  const text = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  const changed = text === undefined ? undefined : change(text);
  if (changed === undefined || changed === text) return false;
  writeFileSync(file, changed);
  return true;
};
