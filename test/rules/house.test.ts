import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  crowdedFolders,
  detours,
  fileCycles,
  folderCycles,
  forbiddenImports,
  forbiddenLibraries,
  readSources,
  readTable,
  type SourceFile,
} from './house-rules.ts';

const sources = readSources();
const contributing = readFileSync('CONTRIBUTING.md', 'utf8');
const folders = readTable(contributing, 'The folders');
const libraries = readTable(contributing, 'The libraries');

describe('this repository', () => {
  it('has only imports that the table of folders allows', () => expect(forbiddenImports(sources, folders)).toEqual([]));
  it('uses libraries only in the folders that their table allows', () =>
    expect(forbiddenLibraries(sources, libraries)).toEqual([]));
  it('has no cycle of files', () => expect(fileCycles(sources)).toEqual([]));
  it('has no cycle of folders, at any level', () => expect(folderCycles(sources)).toEqual([]));
  it('has no folder with more than 15 entries', () => expect(crowdedFolders(sources)).toEqual([]));
  it('has no small file with only one importer, in the same folder', () => expect(detours(sources)).toEqual([]));

  it.each(['docs/how-a-message-travels.md', 'packages/local/README.md'])('has every file that %s names', (document) => {
    const named = [...readFileSync(document, 'utf8').matchAll(/`([^`]+\.ts)`/g)].map(([, file = '']) => file);
    const exists = (file: string) => sources.some(({ path }) => path === file || path.endsWith(`/${file}`));
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter((file) => !exists(file))).toEqual([]);
  });
});

/** Files by path, with their imports. `~` marks a lazy import, and `npm:` marks a package. */
const house = (files: Record<string, string[]>, lines = 100): SourceFile[] =>
  Object.entries(files).map(([path, imports]) => ({
    path,
    imports: imports
      .filter((name) => !name.startsWith('npm:'))
      .map((name) => ({ path: name.replace('~', ''), lazy: name.startsWith('~') })),
    packages: imports.filter((name) => name.startsWith('npm:')).map((name) => name.slice(4)),
    lines,
  }));

describe('the rules', () => {
  it('find a forbidden import, also in nested folders, and a folder that the table does not name', () => {
    const planted = house({
      'schemas/a.ts': ['aws/b.ts'],
      'aws/b.ts': ['schemas/a.ts', 'aws/c.ts'],
      'packages/local/d.ts': ['packages/load/e.ts', 'schemas/a.ts'],
      'packages/load/e.ts': [],
      'utils/f.ts': [],
    });
    expect(forbiddenImports(planted, folders)).toEqual([
      'schemas/a.ts must not import aws/b.ts',
      'packages/local/d.ts must not import packages/load/e.ts',
      'utils/f.ts is in no folder of the table',
    ]);
  });

  it('find a library in a forbidden folder', () => {
    const planted = house({ 'fan-out/a.ts': ['npm:@aws-sdk/client-sqs'], 'aws/b.ts': ['npm:@aws-sdk/client-sqs'] });
    expect(forbiddenLibraries(planted, libraries)).toEqual(['fan-out/a.ts must not use @aws-sdk/client-sqs']);
  });

  it('find a cycle of files, but not through a lazy import', () => {
    expect(fileCycles(house({ 'a.ts': ['b.ts'], 'b.ts': ['c.ts'], 'c.ts': ['a.ts'] }))).toEqual([
      'a.ts → b.ts → c.ts → a.ts',
    ]);
    expect(fileCycles(house({ 'a.ts': ['b.ts'], 'b.ts': ['~a.ts'] }))).toEqual([]);
  });

  it('find a cycle of folders without a cycle of files, at any level', () => {
    expect(folderCycles(house({ 'x/a.ts': ['y/b.ts'], 'y/b.ts': [], 'y/c.ts': ['x/d.ts'], 'x/d.ts': [] }))).toEqual([
      'x → y → x',
    ]);
    const deep = { 'x/y/a.ts': ['x/z/b.ts'], 'x/z/b.ts': [], 'x/z/c.ts': ['x/e.ts'], 'x/e.ts': ['x/y/d.ts'] };
    expect(folderCycles(house(deep))).toEqual(['x/y → x/z → x/e.ts → x/y']);
  });

  it('find a crowded folder', () => {
    const files = Array.from({ length: 15 }, (_, index) => [`x/${index}.ts`, []]);
    expect(crowdedFolders(house(Object.fromEntries(files)))).toEqual([]);
    expect(crowdedFolders(house({ ...Object.fromEntries(files), 'x/y/z.ts': [] }))).toEqual([
      'x has 16 entries: the limit is 15',
    ]);
  });

  it('find a small file with only one importer, in the same folder, unless it has a test or is exempt', () => {
    const detoursOf = (files: Record<string, string[]>, lines = 40) => detours(house(files, lines));
    expect(detoursOf({ 'x/a.ts': ['x/b.ts'], 'x/b.ts': [] })).toEqual([
      'x/b.ts has only one importer: merge it into x/a.ts',
    ]);
    expect(detoursOf({ 'x/a.ts': ['x/b.ts'], 'x/b.ts': [] }, 41)).toEqual([]);
    expect(detoursOf({ 'x/a.ts': ['x/b.ts'], 'x/b.ts': [], 'y/c.ts': ['x/b.ts'] })).toEqual([]);
    expect(detoursOf({ 'x/a.ts': ['x/b.ts'], 'x/b.ts': [], 'test/x/b.test.ts': ['x/b.ts'] })).toEqual([]);
    expect(detoursOf({ 'x/a.ts': ['~x/b.ts'], 'x/b.ts': [] })).toEqual([]);
    expect(detoursOf({ 'x/a.ts': ['x/b.validator.ts'], 'x/b.validator.ts': [] })).toEqual([]);
  });

  it('read the tables', () => {
    const text =
      '\n## The folders\n\n| folder | is | may import |\n| - | - | - |\n| `a/`, `b/` | x | `c` |\n\n## Next\n';
    expect(readTable(text, 'The folders')).toEqual([[['a', 'b'], ['c']]]);
    expect(folders.length).toBeGreaterThan(10);
    expect(libraries.length).toBeGreaterThan(3);
  });
});
