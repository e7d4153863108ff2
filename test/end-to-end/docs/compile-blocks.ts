import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Block, fileNamedIn, type Page } from './read-pages.ts';

const FOLDER = 'build/docs-blocks';

/** The packages that a page imports, and their files in this repository. */
const PACKAGES: Readonly<Record<string, string>> = {
  'middy-fanout': 'exports/index.ts',
  'middy-fanout/infra': 'exports/infra.ts',
  'middy-fanout/schemas': 'exports/schemas.ts',
  'middy-fanout/testing': 'exports/testing.ts',
  'middy-fanout/preload/*': 'exports/preload/*.ts',
  'middy-fanout-local': 'packages/local/index.ts',
};

/**
 * Compiles the TypeScript of pages, in one program. A page is a folder: its blocks are files in it, and may import each
 * other by the names that they begin with. A page of this repository may also import the repository's own files.
 * @returns what the compiler says, with the place of each block in place of its file.
 */
export const compileBlocks = async (pages: readonly Page[]): Promise<readonly string[]> => {
  rmSync(FOLDER, { recursive: true, force: true });
  const places = new Map<string, Block>();
  for (const page of pages) {
    const folder = join(FOLDER, page.path.replace(/^docs\/|\.md$/g, ''));
    for (const [name, code] of page.files) write(join(folder, name), code);
    for (const [index, block] of page.blocks.entries()) {
      if (block.language !== 'ts') continue;
      const file = join(folder, fileNamedIn(block.code) ?? `block-${index}.ts`);
      write(file, wholeCode(block));
      places.set(file, block);
    }
  }
  writeFileSync(join(FOLDER, 'tsconfig.json'), JSON.stringify(configOf(pages)));
  const tsc = resolve('node_modules/typescript/bin/tsc');
  const { stdout } = await promisify(execFile)(process.execPath, [tsc, '-p', FOLDER, '--pretty', 'false']).catch(
    (error: { stdout: string }) => error,
  );
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => line.replace(/^[^(]+/, (file) => places.get(relative('.', file))?.place ?? file));
};

const write = (file: string, code: string): void => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, code);
};

const wholeCode = ({ code, hidden }: Block): string => {
  if (hidden === undefined) return code;
  return /^ *…$/m.test(hidden) ? hidden.replace(/^ *…$/m, () => code) : `${hidden}\n${code}`;
};

const configOf = (pages: readonly Page[]) => {
  const up = relative(FOLDER, '.');
  const clones = pages.filter(({ blocks }) => blocks.some(({ code }) => /from '\.\.\/.*middleware\//.test(code)));
  return {
    extends: `${up}/tsconfig.json`,
    compilerOptions: {
      // A block shows a thing, and does not use it.
      noUnusedLocals: false,
      noUnusedParameters: false,
      moduleDetection: 'force',
      paths: Object.fromEntries(Object.entries(PACKAGES).map(([name, file]) => [name, [`${up}/${file}`]])),
      rootDirs: [up, ...clones.map(({ path }) => path.replace(/^docs\/|\.md$/g, ''))],
    },
    include: ['**/*.ts'],
    exclude: [],
  };
};
