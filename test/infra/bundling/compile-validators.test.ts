import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { compileValidators } from '../../../infra/bundling/compile-validators.ts';
import { compileValidator, type Validator } from '../../../schemas/validation/compile-validator.ts';
import { PUBLISHED_SCHEMAS } from '../../schemas/validation/published-schemas.ts';
import { anApplication } from '../an-application.ts';

const home = process.cwd();
const compile = compileValidator as (schema: unknown) => Validator<unknown>;
const importCompile = `import { compileValidator } from ${JSON.stringify(join(home, 'schemas/validation/compile-validator.ts'))};\n`;

/** The exports and the text of a bundled function of the application. */
const bundled = async (files: Readonly<Record<string, string>>) => {
  const folder = await anApplication(files);
  const outfile = join(folder, 'function.mjs');
  await build({
    entryPoints: [join(folder, 'function.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    minify: true,
    logLevel: 'silent',
    plugins: [compileValidators(new Set())],
  });
  return { text: await readFile(outfile, 'utf8'), exported: await import(pathToFileURL(outfile).href) };
};

const bundledSchema = (schema: unknown) =>
  bundled({
    'function.ts': `export { a } from './a.validator.ts';`,
    'a.validator.ts': `${importCompile}export const a = compileValidator(${JSON.stringify(schema)});`,
  });

const aField = (schema: object) => ({ type: 'object', properties: { a: schema } });

describe('a published schema', () => {
  let validators: Readonly<Record<string, Validator<unknown>>>;
  beforeAll(async () => {
    const table = JSON.stringify(join(home, 'test/schemas/validation/published-schemas.ts'));
    const lines = Object.keys(PUBLISHED_SCHEMAS).map(
      (name) => `export const ${name} = compileValidator(PUBLISHED_SCHEMAS.${name}.schema);`,
    );
    const { exported } = await bundled({
      'function.ts': `export * from './all.validator.ts';`,
      'all.validator.ts': `${importCompile}import { PUBLISHED_SCHEMAS } from ${table};\n${lines.join('\n')}`,
    });
    validators = exported;
  });

  it.each(Object.entries(PUBLISHED_SCHEMAS))(
    '%s gives the same results under jest and in a bundle',
    (name, published) => {
      const results = [compile(published.schema), validators[name] as Validator<unknown>].map((validate) => {
        const check = (value: unknown) => validate(value) || validate.errors;
        return { valid: published.valid.map(check), invalid: published.invalid.map(check) };
      });
      expect(results[0]?.valid).toEqual(published.valid.map(() => true));
      expect(results[0]?.invalid).not.toContain(true);
      expect(results[1]).toEqual(results[0]);
    },
  );
});

describe('a bundled validator', () => {
  it('contains no code of ajv-formats if its schema has no format', async () => {
    const { text } = await bundledSchema(aField({ type: 'string' }));
    expect(text.length).toBeLessThan(1_000);
    expect(text).not.toMatch(/fullFormats|date-time|ajv-formats/);
  });

  it('contains only the expression of a format that is a regular expression', async () => {
    const { text, exported } = await bundledSchema(aField({ type: 'string', format: 'email' }));
    expect([exported.a({ a: 'ada@example.com' }), exported.a({ a: 'ada' })]).toEqual([true, false]);
    expect(text.length).toBeLessThan(1_500);
    expect(text).not.toMatch(/fullFormats|date-time/);
  });

  it('contains the formats, but no other code of Ajv, for a format that is a function', async () => {
    const { text, exported } = await bundledSchema(aField({ type: 'string', format: 'date' }));
    expect([exported.a({ a: '2024-02-29' }), exported.a({ a: '2023-02-29' })]).toEqual([true, false]);
    expect(text.length).toBeLessThan(11_000);
    expect(text).not.toMatch(/CodeGen|json-schema\.org|formatMinimum/);
  });

  it('contains only the validators that the function imports from the file', async () => {
    const { text } = await bundled({
      'function.ts': `export { a } from './both.validator.ts';`,
      'both.validator.ts': `${importCompile}
        export const a = compileValidator({ type: 'string' });
        export const b = compileValidator({ type: 'string', format: 'date', pattern: 'only in b' });`,
    });
    expect(text).not.toMatch(/only in b|fullFormats/);
  });

  it('may have the id of another validator of its file, and another draft', async () => {
    const schema = (draft: string, id: string) => `compileValidator({
      $schema: '${draft}', ${id}: 'http://example.com/a', type: 'array', items: [{ type: 'string' }] });`;
    const { exported } = await bundled({
      'function.ts': `export * from './all.validator.ts';`,
      'all.validator.ts': `${importCompile}
        export const a = ${schema('http://json-schema.org/draft-04/schema#', 'id')}
        export const b = ${schema('http://json-schema.org/draft-07/schema#', '$id')}
        export const c = ${schema('http://json-schema.org/draft-07/schema#', '$id')}
        export default compileValidator({ type: 'string' });`,
    });
    for (const name of ['a', 'b', 'c']) expect([exported[name](['a']), exported[name]([1])]).toEqual([true, false]);
  });

  it('may be the default export, and may have several names, also names that are not identifiers', async () => {
    const { exported } = await bundled({
      'function.ts': `
        import byDefault, { a, b, 'send-message' as c } from './a.validator.ts';
        export const all = [byDefault, a, b, c];`,
      'a.validator.ts': `${importCompile}
        export const a = compileValidator({ $id: 'http://example.com/a', type: 'string', format: 'date' });
        export default a;
        export { a as b, a as 'send-message' };`,
    });
    for (const validate of exported.all) expect([validate('2024-02-29'), validate('no date')]).toEqual([true, false]);
  });

  it('may import its schema from a JSON file', async () => {
    const { exported } = await bundled({
      'function.ts': `export { a } from './a.validator.ts';`,
      'a.json': JSON.stringify({ $schema: 'http://json-schema.org/draft-07/schema#', type: 'string' }),
      'a.validator.ts': `${importCompile}
        import schema from './a.json' with { type: 'json' };
        export const a = compileValidator(schema);`,
    });
    expect([exported.a('text'), exported.a(5)]).toEqual([true, false]);
  });

  it('may read its schema from a file beside it, and import CommonJS that requires Node’s own modules', async () => {
    const { exported } = await bundled({
      'function.ts': `export { a, b } from './a.validator.ts';`,
      'a.json': '{ "type": "string" }',
      'b.cjs': `module.exports = { type: 'string', maxLength: require('node:os').EOL.length };`,
      'a.validator.ts': `${importCompile}
        import { readFileSync } from 'node:fs';
        import b_ from './b.cjs';
        const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
        export const a = compileValidator({ allOf: [
          read(new URL('a.json', import.meta.url)),
          read(import.meta.dirname + '/a.json'),
          read(import.meta.filename.replace('a.validator.ts', 'a.json')),
        ] });
        export const b = compileValidator(b_);`,
    });
    expect([exported.a('text'), exported.a(5)]).toEqual([true, false]);
    expect([exported.b('a'), exported.b('ab')]).toEqual([true, false]);
  });

  it('names file and line of code that does not compile, in its file or in a file that it imports', async () => {
    const broken = (files: Readonly<Record<string, string>>) =>
      bundled({ 'function.ts': `export { a } from './a.validator.ts';`, ...files });
    await expect(broken({ 'a.validator.ts': 'export const a =\n  = 1;' })).rejects.toThrow(
      /a\.validator\.ts:2:2: ERROR: .*Unexpected "="/,
    );
    const importing = { 'a.validator.ts': `export { a } from './b.ts';`, 'b.ts': `\nimport 'no-such-package';` };
    await expect(broken(importing)).rejects.toThrow(/b\.ts:2:7: ERROR: .*Could not resolve "no-such-package"/);
  });

  it.each(['null', `'as it is'`])('is refused with the name of its file if the file throws %s', async (thrown) => {
    await expect(
      bundled({ 'function.ts': `export { a } from './a.validator.ts';`, 'a.validator.ts': `throw ${thrown};` }),
    ).rejects.toThrow(new RegExp(`a\\.validator\\.ts:1:0: ERROR: .*${thrown.replaceAll("'", '')}`));
  });

  it('is refused with file, path and remedy if its schema has a keyword that is never checked', async () => {
    await expect(bundledSchema(aField({ type: 'string', minLenght: 1 }))).rejects.toThrow(
      /a\.validator\.ts:1:0: ERROR: .*at #\/properties\/a\/minLenght: .* no keyword "minLenght"\. Write "minLength"/,
    );
  });
});
