import { createRequire } from 'node:module';
import { basename, dirname, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { _, type AnySchema } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import { type BuildFailure, build, type Plugin } from 'esbuild';
import { ajvFor } from '../../schemas/validation/compile-validator.ts';

const require = createRequire(import.meta.url);

/**
 * Replaces each `*.validator.ts` with the compiled code of the validators that it exports, so that no function carries
 * Ajv. Importing Ajv and compiling takes 73 ms of a cold start; the compiled code takes under 1 ms.
 * @param sources Receives the source files of the validators.
 */
export const compileValidators = (sources: Set<string>): Plugin => ({
  name: 'compile-validators',
  setup({ onResolve, onLoad }) {
    // One module for each validator: two validators of one file may use the same names inside, or different drafts.
    onResolve({ filter: /^\?validator=/ }, ({ path, importer, pluginData }) => ({
      path: importer,
      suffix: path,
      pluginData,
      // A function may import only some of a file's validators.
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
        // The error comes from Ajv or from generated code, so it has no line of this file.
        const text = error instanceof Error ? error.message : String(error);
        return { errors: [{ text, location: { file: relative('', path), line: 1 } }] };
      }
    });
  },
});

/** Imports the current text of the file, not the module in Node's cache, so that a watching bundler sees a change. */
const importFresh = async (path: string): Promise<{ exported: Record<string, unknown>; inputs: string[] }> => {
  const url = pathToFileURL(path).href;
  const { outputFiles, metafile } = await build({
    entryPoints: [path],
    absWorkingDir: process.cwd(),
    bundle: true,
    format: 'esm',
    platform: 'node',
    // The code runs from a data URL, so the location of its file is set here.
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
    plugins: [useOwnAjv],
  });
  const code = outputFiles.map(({ contents }) => Buffer.from(contents).toString('base64')).join('');
  return {
    exported: await import(`data:text/javascript;base64,${code}`),
    inputs: Object.keys(metafile.inputs).map((input) => resolve(input)),
  };
};

/**
 * Uses the framework's copy of Ajv, so that an application need not install Ajv, and each build has the same version.
 */
const useOwnAjv: Plugin = {
  name: 'use-own-ajv',
  setup({ onResolve }) {
    onResolve({ filter: /^ajv(-draft-04|-formats)?(\/|$)/ }, ({ path }) => ({
      path: pathToFileURL(require.resolve(path)).href,
      external: true,
    }));
  },
};

/** The code of each validator, by the suffix that selects it in an import: `?validator=name`. */
const compile = (file: string, exported: Record<string, unknown>): Map<string, string> => {
  const names = Object.keys(exported);
  if (!names.length)
    throw new Error(`${file} exports no validator. Write: export const name = compileValidator(schema)`);
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
    // The default export is not imported, and esbuild would keep a name for it.
    .replace(/export default \w+;/, '');
  // The code requires Ajv's helpers and formats by name, and an application may not be able to resolve these names.
  return code.replaceAll(
    /require\("(ajv(?:-formats)?\/[^"]+)"\)/g,
    (_all, helper: string) => `require(${JSON.stringify(require.resolve(helper))})`,
  );
};

/** Loads the formats that are functions. A format that is a regular expression is part of the code already. */
const FORMATS = _`require("ajv-formats/dist/formats").fullFormats`;

const reexport = (modules: ReadonlyMap<string, string>): string =>
  [...modules.keys()]
    .map((module) => [module.slice(module.indexOf('=') + 1), module].map((text) => JSON.stringify(text)))
    .map(([name, module]) => `export { validate as ${name} } from ${module};`)
    .join('\n');
