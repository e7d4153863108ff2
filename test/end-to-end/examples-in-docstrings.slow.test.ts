import { execFile } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { aFolder } from '../infra/a-folder.ts';

const run = promisify(execFile);
const COMPILE_MS = 120_000;

/** The package's exports, by the name that an application imports. */
const DOORS = {
  'middy-fanout': 'exports/index.ts',
  'middy-fanout/infra': 'exports/infra.ts',
  'middy-fanout/schemas': 'exports/schemas.ts',
  'middy-fanout/testing': 'testing/index.ts',
};

/** The other packages that examples import. */
const BESIDE = {
  'wave.validator.ts': `
    import { compileValidator } from 'middy-fanout/schemas';
    export const wave = compileValidator({
      type: 'object',
      required: ['action', 'name'],
      properties: { action: { const: 'wave' }, name: { type: 'string' } },
    });`,
  'wave.ts': `
    import { webSocketRoute } from 'middy-fanout';
    export const handler = webSocketRoute().handler(() => {});`,
};

const blocksIn = (text: string): string[] =>
  [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code);

interface Exported {
  name: string;
  /** Its source file. */
  file: string;
  /** Types and constants need no example. */
  isUsed: boolean;
}

const exportedBy = (door: string): Exported[] =>
  [...readFileSync(door, 'utf8').matchAll(/^export (type )?\{([^}]*)\} from '([^']+)';/gm)].flatMap(
    ([, allTypes, names = '', from = '']) =>
      [...names.matchAll(/(type )?(\b[A-Za-z]\w*)/g)].map(([, type, name = '']) => ({
        name,
        file: join(dirname(door), from),
        isUsed: !allTypes && !type && !/^[A-Z_]+$/.test(name),
      })),
  );

const docstringOf = ({ name, file }: Pick<Exported, 'name' | 'file'>): string => {
  const before =
    readFileSync(file, 'utf8').split(
      new RegExp(`^export (?:const|function|class|interface|type) ${name}\\b`, 'm'),
    )[0] ?? '';
  const [, docstring = ''] = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*$/.exec(before) ?? [];
  return docstring.replaceAll(/^ \* ?/gm, '');
};

const exported = Object.values(DOORS).flatMap(exportedBy);

describe('the examples in docstrings', () => {
  const used = exported.filter(({ isUsed }) => isUsed);
  it.each(used.map(({ name, file }) => [name, file]))('show how %s of %s is used', (name, file) => {
    const blocks = blocksIn(docstringOf({ name, file }));
    expect(blocks.length).toBeGreaterThan(0);
    expect(blocks.join('')).toMatch(new RegExp(`import [^;]*\\b${name}\\b[^;]* from 'middy-fanout`));
  });

  it(
    'compile, in an application that imports the package',
    async () => {
      const folder = aFolder();
      const write = (name: string, code: string) => writeFileSync(join(folder, name), `${code}\nexport {};\n`);
      const ofDocstrings = exported.flatMap((one) =>
        blocksIn(docstringOf(one)).map((code) => [one.name, code] as const),
      );
      expect(ofDocstrings.length).toBeGreaterThan(20);
      writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
      for (const [name, code] of Object.entries(BESIDE)) write(name, code);
      for (const [index, [name, code]] of ofDocstrings.entries())
        write(`${index}-${name.replaceAll('.', '-')}.ts`, code);
      symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
      const doors = { ...DOORS, 'middy-fanout/preload/*': 'exports/preload/*.ts' };
      const paths = Object.fromEntries(Object.entries(doors).map(([name, door]) => [name, [resolve(door)]]));
      const compilerOptions = { noUnusedLocals: false, paths, typeRoots: [resolve('node_modules/@types')] };
      const tsconfig = { extends: resolve('tsconfig.json'), compilerOptions, include: ['*.ts'], exclude: [] };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
      const tsc = run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', folder]).catch((failed) => failed);
      expect((await tsc).stdout).toBe('');
    },
    COMPILE_MS,
  );
});
