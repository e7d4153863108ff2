import { createRequire } from 'node:module';
import { basename, dirname, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { _, type AnySchema } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import { type BuildFailure, build, type Plugin } from 'esbuild';
import { ajvFor } from '../../schemas/compile-validator.ts';

const require = createRequire(import.meta.url);

/**
 * Replaces every `*.validator.ts` by the validators that it exports, compiled: no function carries Ajv. Importing Ajv
 * and compiling takes 73 ms of a cold start, the compiled code under 1 ms.
 * @param sources Gets the files that a validator is made of.
 */
export const compileValidators = (sources: Set<string>): Plugin => ({
  name: 'compile-validators',
  setup({ onResolve, onLoad }) {
    // A module each: two validators of one file may have the same names inside, and be of different drafts.
    onResolve({ filter: /^\?validator=/ }, ({ path, importer, pluginData }) => ({
      path: importer,
      suffix: path,
      pluginData,
      // A function may import one of several.
      sideEffects: false,
    }));
    onLoad({ filter: /\.validator\.[cm]?[jt]s$/ }, async ({ path, suffix, pluginData }) => {
      const resolveDir = dirname(path);
      const code = (pluginData as Map<string, string> | undefined)?.get(suffix);
      if (code) return { contents: code, loader: 'js', resolveDir };
      try {
        const { exported, inputs } = await importFresh(path);
        for (const input of inputs) sources.add(input);
        const modules = compile(basename(path), exported);
        return { contents: reexport(modules), loader: 'js', resolveDir, pluginData: modules };
      } catch (error) {
        const { errors } = (error ?? {}) as Partial<BuildFailure>;
        if (errors?.length) return { errors };
        // Thrown in Ajv, or in code that was made of this file: neither has a line of it.
        const text = error instanceof Error ? error.message : String(error);
        return { errors: [{ text, location: { file: relative('', path), line: 1 } }] };
      }
    });
  },
});

/** Imported from what the file says now, not from Node's cache of modules, so that a watching bundler sees a change. */
const importFresh = async (path: string): Promise<{ exported: Record<string, unknown>; inputs: string[] }> => {
  const url = pathToFileURL(path).href;
  const { outputFiles, metafile } = await build({
    entryPoints: [path],
    absWorkingDir: process.cwd(),
    bundle: true,
    format: 'esm',
    platform: 'node',
    // It runs from no file: what it asks of its own place is answered here.
    define: {
      'import.meta.url': JSON.stringify(url),
      'import.meta.filename': JSON.stringify(path),
      'import.meta.dirname': JSON.stringify(dirname(path)),
    },
    banner: {
      js: `import{createRequire as $createRequire}from'node:module';const require=$createRequire(${JSON.stringify(url)});`,
    },
    write: false,
    metafile: true,
    logLevel: 'silent',
    plugins: [ajvFromHere],
  });
  const code = outputFiles.map(({ contents }) => Buffer.from(contents).toString('base64')).join('');
  return {
    exported: await import(`data:text/javascript;base64,${code}`),
    inputs: Object.keys(metafile.inputs).map((input) => resolve(input)),
  };
};

/** Ajv itself need not be fresh, and an application need not have it. */
const ajvFromHere: Plugin = {
  name: 'ajv-from-here',
  setup({ onResolve }) {
    onResolve({ filter: /^ajv(-draft-04|-formats)?(\/|$)/ }, ({ path }) => ({
      path: pathToFileURL(require.resolve(path)).href,
      external: true,
    }));
  },
};

/** The code of each validator, by what stands for it in an import. */
const compile = (file: string, exported: Record<string, unknown>): Map<string, string> => {
  const names = Object.keys(exported);
  if (!names.length) throw new Error(`${file} exports no validator: export const name = compileValidator(schema)`);
  return new Map(names.map((name) => [`?validator=${name}`, standaloneCode(file, name, exported[name])]));
};

const standaloneCode = (file: string, name: string, validator: unknown): string => {
  const { schema } = (validator ?? {}) as { schema?: unknown };
  if (typeof validator !== 'function' || schema === undefined)
    throw new Error(
      `${file} exports "${name}", which compileValidator did not make: move it to another file, and export each validator by its name`,
    );
  const ajv = ajvFor(schema, { source: true, esm: true, formats: FORMATS });
  const code = standalone
    .default(ajv, ajv.compile(schema as AnySchema))
    // Nothing imports it, and esbuild would keep a name for it.
    .replace(/export default \w+;/, '');
  // Ajv leaves its helpers and the formats to be required by name. An application need not be able to resolve them.
  return code.replaceAll(
    /require\("(ajv(?:-formats)?\/[^"]+)"\)/g,
    (_all, helper: string) => `require(${JSON.stringify(require.resolve(helper))})`,
  );
};

/** Only for formats that are more than a regular expression: of the others the expression is in the code. */
const FORMATS = _`require("ajv-formats/dist/formats").fullFormats`;

const reexport = (modules: ReadonlyMap<string, string>): string =>
  [...modules.keys()]
    .map((module) => [module.slice(module.indexOf('=') + 1), module].map((text) => JSON.stringify(text)))
    .map(([name, module]) => `export { validate as ${name} } from ${module};`)
    .join('\n');
