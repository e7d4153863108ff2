import { existsSync, statSync } from 'node:fs';
import { isAbsolute, matchesGlob, relative, resolve, sep } from 'node:path';
import { readAssembly } from '../template/assembly/read-assembly.ts';
import { outputFoldersOf, readProjectFile } from './synthesize.ts';

export interface WatchedSources {
  /** @param cdkOut The assembly that was synthesized first: its assets may be source folders. */
  folders(cdkOut: string): readonly string[];
  /** Whether a change of this file counts, if not every source does. @param path Absolute. */
  isWatched?(path: string): boolean;
  /** Whether a folder is left out, besides installed packages and dot files. @param path Absolute. */
  isLeftOut?(path: string): boolean;
  /** One sentence for the developer. */
  description: string;
}

/**
 * The sources of the application in the working folder: the files that `watch` in `cdk.json` selects, as for `cdk
 * watch`, or without it each source below the folder. Assets that are not copied into the assembly are watched in their
 * own folders.
 * @param command Synthesizes the application again.
 * @param written The files and folders that the run itself writes: the assembly, the log file.
 */
export const projectSources = (command: string, written: readonly string[]): WatchedSources => {
  const { watch } = readProjectFile('cdk.json');
  const outputs = [...written, ...outputFoldersOf(command)];
  const isWritten = (path: string): boolean => outputs.some((folder) => isIn(folder, path));
  const folders = (cdkOut: string): string[] => ['.', ...sourceAssets(cdkOut).filter((folder) => !isIn('.', folder))];
  const runs = `and runs "${command}" again`;
  if (watch === undefined)
    return { folders, isLeftOut: isWritten, description: `Watches the sources below this folder, ${runs}.` };
  const [included, excluded] = [listOf(watch.include, ['**']), listOf(watch.exclude, [])];
  const matches = (patterns: readonly string[], path: string): boolean => {
    const name = relative('.', path).split(sep).join('/');
    return patterns.some((pattern) =>
      [pattern, `${pattern.replace(/\/+$/, '')}/**`].some((one) => matchesGlob(name, one)),
    );
  };
  return {
    folders,
    isWatched: (path) => !isIn('.', path) || matches(included, path),
    isLeftOut: (path) => isWritten(path) || (isIn('.', path) && matches(excluded, path)),
    description: `Watches what "watch" in cdk.json says, ${runs}.`,
  };
};

/** An assembly that is synthesized elsewhere: it is read again, and its source folders are watched too. */
export const assemblySources = (cdkOut: string): WatchedSources => ({
  folders: () => [cdkOut, ...sourceAssets(cdkOut)],
  isLeftOut: (path) => isIn(cdkOut, path) && /^(asset\.|local$)/.test(relative(cdkOut, path)),
  description: `Reads ${cdkOut} again when it is synthesized again. --watch "npx cdk synth" synthesizes it when a source changes.`,
});

/** The folders of assets that are not copied into the assembly (`aws:cdk:disable-asset-staging`), without packages. */
const sourceAssets = (cdkOut: string): string[] => {
  const assets = readAssembly(cdkOut).flatMap((stack) => [...stack.assets.values()]);
  return [...new Set(assets)].filter(
    (path) =>
      !isIn(cdkOut, path) &&
      !path.split(sep).includes('node_modules') &&
      existsSync(path) &&
      statSync(path).isDirectory(),
  );
};

const isIn = (folder: string, path: string): boolean => {
  const inside = relative(resolve(folder), resolve(path));
  return !inside.startsWith('..') && !isAbsolute(inside);
};

const listOf = (given: string | readonly string[] | undefined, otherwise: readonly string[]): readonly string[] => {
  const patterns = [given ?? []].flat();
  return patterns.length === 0 ? otherwise : patterns;
};
