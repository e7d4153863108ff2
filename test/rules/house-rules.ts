import { globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';

/** A source file with its imports and its length. Paths are relative to the root of the repository. */
export interface SourceFile {
  path: string;
  /** The repository's files that it imports, including types. */
  imports: readonly Import[];
  /** The packages that it imports. A file of a package counts as its package, such as `@aws-sdk/client-sqs`. */
  packages: readonly string[];
  lines: number;
}

export interface Import {
  path: string;
  /** Whether it is loaded on demand or opened by its path. If so, it must stay a separate module. */
  lazy: boolean;
}

/** A row of a table in CONTRIBUTING.md: the names in the first cell, and the names in the last cell. */
export type Row = readonly [names: readonly string[], allowed: readonly string[]];

const MAX_ENTRIES = 15;
const SMALL_LINES = 40;
const IMPORT = /(?:\bfrom\s*|\bimport\s*)(['"])([^'"\n]+)\1/g;
const LAZY_IMPORT = /(?:\bimport\(\s*|new URL\(\s*|unstable_mockModule\(\s*)(['"])(\.[^'"\n]+)\1/g;

/** Reads all source files, except built files and the applications in `test/support/fixtures`. */
export const readSources = (): SourceFile[] => {
  const paths = globSync('**/*.{ts,js,cjs}', {
    exclude: (path) => /^(node_modules|build|dist|cdk\.out|coverage|\..+)$/.test(posix.basename(path)),
  }).filter((path) => !path.startsWith('test/support/fixtures/'));
  const known = new Set(paths);
  return paths.sort().map((path) => {
    const text = readFileSync(path, 'utf8');
    const named = [...text.matchAll(IMPORT)].map(([, , name = '']) => ({ name, lazy: false }));
    const lazy = [...text.matchAll(LAZY_IMPORT)].map(([, , name = '']) => ({ name, lazy: true }));
    return {
      path,
      imports: [...named, ...lazy]
        .map(({ name, lazy }) => ({ path: posix.join(posix.dirname(path), name), lazy }))
        .filter((imported) => known.has(imported.path)),
      packages: named
        .filter(({ name }) => /^[@a-z]/.test(name) && !name.startsWith('node:'))
        .map(({ name }) => packageOf(name)),
      lines: text.split('\n').length - 1,
    };
  });
};

const packageOf = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');

/** Reads the rows of the table under a heading. The names in a cell are its texts in backticks, or the whole cell. */
export const readTable = (markdown: string, heading: string): Row[] => {
  const section = markdown.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const lines = section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2);
  return lines.map((line) => {
    const cells = line.split('|').slice(1, -1);
    return [namesIn(cells[0] ?? ''), namesIn(cells.at(-1) ?? '')];
  });
};

const namesIn = (cell: string): string[] => {
  const quoted = [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name.replace(/\/$/, ''));
  return quoted.length > 0 ? quoted : [cell.trim()];
};

const isIn = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

/** Finds imports that the table of folders does not allow, and files in folders that the table does not name. */
export const forbiddenImports = (sources: readonly SourceFile[], folders: readonly Row[]): string[] => {
  const folderOf = (path: string): Row | undefined => folders.find(([names]) => names.some((name) => isIn(path, name)));
  return sources
    .filter(({ path }) => path.includes('/'))
    .flatMap(({ path, imports }) => {
      const row = folderOf(path);
      if (!row) return [`${path} is in no folder of the table`];
      const [own, allowed] = row;
      if (allowed.includes('any folder')) return [];
      return imports
        .filter((imported) => ![...own, ...allowed].some((name) => isIn(imported.path, name)))
        .map((imported) => `${path} must not import ${imported.path}`);
    });
};

/** Finds packages that are used outside the folders that the table of libraries allows. */
export const forbiddenLibraries = (sources: readonly SourceFile[], libraries: readonly Row[]): string[] =>
  sources.flatMap(({ path, packages }) =>
    packages
      .filter((used) =>
        libraries.some(
          ([names, allowed]) =>
            names.some((name) => (name.endsWith('/*') ? used.startsWith(name.slice(0, -1)) : used === name)) &&
            !allowed.some((folder) => isIn(path, folder)),
        ),
      )
      .map((used) => `${path} must not use ${used}`),
  );

/** Finds cycles of imports, including imports of types. A lazy import does not close a cycle. */
export const fileCycles = (sources: readonly SourceFile[]): string[] => {
  const edges = new Map(
    sources.map(({ path, imports }) => [path, imports.filter(({ lazy }) => !lazy).map((imported) => imported.path)]),
  );
  return cycles(edges);
};

/** Finds cycles among the entries of a folder, at any level. An entry is a file, or a folder with its content. */
export const folderCycles = (sources: readonly SourceFile[]): string[] => {
  const edgesOf = new Map<string, Map<string, string[]>>();
  for (const { path, imports } of sources) {
    for (const imported of imports) {
      const folder = commonFolder(path, imported.path);
      const [from, to] = [entryIn(folder, path), entryIn(folder, imported.path)];
      if (from === to) continue;
      const edges = edgesOf.get(folder) ?? new Map<string, string[]>();
      edgesOf.set(folder, edges.set(from, [...(edges.get(from) ?? []), to]));
    }
  }
  return [...edgesOf.values()]
    .flatMap(cycles)
    .filter((cycle) => cycle.split(' → ').some((entry) => !/\.\w+$/.test(entry)));
};

const commonFolder = (one: string, other: string): string => {
  const [parts, others] = [one.split('/'), other.split('/')];
  const length = parts.findIndex((part, index) => part !== others[index]);
  return parts.slice(0, length).join('/');
};

const entryIn = (folder: string, path: string): string => {
  const depth = folder === '' ? 1 : folder.split('/').length + 1;
  return path.split('/').slice(0, depth).join('/');
};

/** Finds cycles by depth-first search. It visits each node only once, so it may not list every cycle. */
const cycles = (edges: ReadonlyMap<string, readonly string[]>): string[] => {
  const closed: string[] = [];
  const done = new Set<string>();
  const visit = (node: string, trail: readonly string[]): void => {
    const start = trail.indexOf(node);
    if (start >= 0) closed.push([...trail.slice(start), node].join(' → '));
    if (start >= 0 || done.has(node)) return;
    for (const next of new Set(edges.get(node))) visit(next, [...trail, node]);
    done.add(node);
  };
  for (const node of edges.keys()) visit(node, []);
  return closed;
};

/** Finds folders with too many entries for a reader. */
export const crowdedFolders = (sources: readonly SourceFile[]): string[] => {
  const entries = new Map<string, Set<string>>();
  for (const { path } of sources)
    for (let entry = path; entry !== '.'; entry = posix.dirname(entry))
      entries.set(posix.dirname(entry), (entries.get(posix.dirname(entry)) ?? new Set()).add(entry));
  return [...entries]
    .filter(([, { size }]) => size > MAX_ENTRIES)
    .map(([folder, { size }]) => `${folder} has ${size} entries: the limit is ${MAX_ENTRIES}`);
};

/**
 * Finds files that should be merged into their importer: files with at most 40 lines, only one importer, in the same
 * folder, and no test of their own. Lazy modules, processes, validators and the code of a page are exempt.
 */
export const detours = (sources: readonly SourceFile[]): string[] => {
  const importers = Map.groupBy(
    sources.flatMap(({ path, imports }) => imports.map((imported) => ({ path, imported }))),
    ({ imported }) => imported.path,
  );
  const hasTest = (path: string): boolean =>
    sources.some((source) => source.path.startsWith(`test/${path.replace(/\.\w+$/, '')}.`));
  return sources
    .filter(
      ({ path, lines }) => lines <= SMALL_LINES && !/\.validator\.ts$|^packages\/local\/console\/|^test\//.test(path),
    )
    .flatMap(({ path }) => {
      const [first, ...others] = (importers.get(path) ?? []).filter((importer) => !importer.path.startsWith('test/'));
      if (!first || others.length > 0 || first.imported.lazy) return [];
      if (hasTest(path)) return [];
      if (posix.dirname(first.path) !== posix.dirname(path)) return [];
      return [`${path} has only one importer: merge it into ${first.path}`];
    });
};
