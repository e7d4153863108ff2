import { relative } from 'node:path';
import type { BuildOptions, Plugin } from 'esbuild';
import { compileValidators } from './compile-validators.ts';
import type { Entries } from './find-entries.ts';

/**
 * What esbuild is asked for. Its own writing is off: see `write-outputs.ts`.
 * @param sources Gets the files that a bundle is made of and esbuild's metafile does not list.
 */
export const buildOptions = (entries: Entries, folder: string, sources: Set<string> = new Set()) =>
  ({
    entryPoints: Object.fromEntries(entries),
    absWorkingDir: process.cwd(),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // The SDK's credential providers become chunks that are loaded when asked for, and all functions share the rest.
    splitting: true,
    // The SDK's ES modules, which esbuild can shake, before its CommonJS: 375 KiB instead of 585.
    mainFields: ['module', 'main'],
    minify: true,
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    // Else JSX becomes calls of a `React` that nobody has imported, which fail at the first event.
    jsx: 'automatic',
    // CommonJS inside an ES module still asks for Node's own modules with require, and where it is.
    banner: {
      js: "import{createRequire as $createRequire}from'node:module';const require=$createRequire(import.meta.url),__dirname=import.meta.dirname,__filename=import.meta.filename;",
    },
    logLevel: 'silent',
    plugins: [compileValidators(sources), requireHttp, refuseOtherFiles],
  }) as const satisfies BuildOptions;

/** What is imported elsewhere, and cannot be part of a function's code. */
const OTHER_FILE =
  /\.(node|wasm|css|s[ac]ss|less|html?|md|ya?ml|xml|csv|sql|gql|graphql|pem|svg|png|jpe?g|gif|webp|ico)$/;

/** Says what to do instead: esbuild knows no way for most of them, and would write a `.css` beside the functions. */
const refuseOtherFiles: Plugin = {
  name: 'refuse-other-files',
  setup: ({ onLoad }) => {
    onLoad({ filter: OTHER_FILE }, ({ path }) => {
      const text = `${relative(process.cwd(), path)} cannot be part of a bundle: import a .ts, .js, .json or .txt with what the function needs of it`;
      return { errors: [{ text }] };
    });
  },
};

const NAMESPACE = 'require-http';
const HTTP = /^(?:node:)?(https?)$/;

/**
 * Loads `node:http` and `node:https` by `require` where a source imports them. An import of a built-in module reads every
 * export it has, and `WebSocket`, which `node:http` re-exports, loads the whole of Node's undici: a quarter of the cold start.
 */
export const requireHttp: Plugin = {
  name: 'require-http',
  setup: (build) => {
    build.onResolve({ filter: HTTP }, ({ path, kind }) =>
      kind === 'require-call'
        ? { path, external: true }
        : { path: path.replace(HTTP, 'node:$1'), namespace: NAMESPACE },
    );
    build.onLoad({ filter: HTTP, namespace: NAMESPACE }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
      loader: 'js',
    }));
  },
};
