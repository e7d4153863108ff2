import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BuildOptions, Plugin } from 'esbuild';
import { compileValidators } from './compile-validators.ts';
import { type Entries, hasChannels } from './find-entries.ts';

/**
 * The options of esbuild. It does not write the files itself: `write-outputs.ts` does.
 * @param sources Receives the source files that esbuild's metafile does not list.
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
    // The SDK's credential providers become chunks that are loaded when needed. All functions share the other chunks.
    splitting: true,
    // Prefers the SDK's ES modules, whose unused exports esbuild can drop: 375 KiB instead of 585 KiB with CommonJS.
    mainFields: ['module', 'main'],
    minify: true,
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    // By default JSX becomes calls of `React`, which the source may not import: the function fails at its first event.
    jsx: 'automatic',
    banner: { js: COMMONJS_NAMES },
    logLevel: 'silent',
    plugins: [
      compileValidators(sources),
      requireHttp,
      refuseOtherFiles,
      dropUnusedBanners,
      ...(hasChannels(entries) ? [] : [leaveChannelsOut]),
    ],
  }) as const satisfies BuildOptions;

/** CommonJS code in an ES module still needs `require` for Node's own modules, `__dirname` and `__filename`. */
const COMMONJS_NAMES =
  "import{createRequire as $createRequire}from'node:module';const require=$createRequire(import.meta.url),__dirname=import.meta.dirname,__filename=import.meta.filename;";

/**
 * Empties the banner's line in files that use none of its names. Most use none, and `createRequire` in each of 20 files
 * took 3 % of the CPU time of a cold start.
 */
const dropUnusedBanners: Plugin = {
  name: 'drop-unused-banners',
  setup: ({ onEnd }) => {
    onEnd(({ outputFiles = [] }) => {
      for (const output of outputFiles) {
        const code = output.text.replace(COMMONJS_NAMES, '');
        if (!/\b(require|__dirname|__filename)\b/.test(code)) output.contents = Buffer.from(code);
      }
    });
  },
};

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CHANNEL_CODE =
  /\/(dynamo-channel-table|sqs-channel-queue|provide-channel-actions|end-connections|read-channel-rules)\.[jt]s$/;

/**
 * Leaves the framework's code of channels out of an application without channels. It is loaded only when needed, but
 * what it shares with the handlers became six more files of each function: 4 % of the CPU time of a cold start.
 */
const leaveChannelsOut: Plugin = {
  name: 'leave-channels-out',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: CHANNEL_CODE }, ({ kind, importer }) =>
      kind === 'dynamic-import' && importer.startsWith(ROOT) ? { path: 'left-out', namespace: 'channels' } : undefined,
    );
    onLoad({ filter: /./, namespace: 'channels' }, () => ({
      contents: `throw new Error(${JSON.stringify(LEFT_OUT)});`,
    }));
  },
};

const LEFT_OUT =
  'This bundle has no channels: add handlers/channels.ts with "export const handler = channelRoutes(channels)"';

/** Types of files that other bundlers import, and that cannot be part of a function's code. */
const OTHER_FILE =
  /\.(node|wasm|css|s[ac]ss|less|html?|md|ya?ml|xml|csv|sql|gql|graphql|pem|svg|png|jpe?g|gif|webp|ico)$/;

/** Refuses them with a remedy. esbuild cannot load most of them, and would write a `.css` beside the functions. */
const refuseOtherFiles: Plugin = {
  name: 'refuse-other-files',
  setup: ({ onLoad }) => {
    onLoad({ filter: OTHER_FILE }, ({ path }) => {
      const text = `${relative(process.cwd(), path)} cannot be part of a bundle: copy the content that the function needs to a .ts, .js, .json or .txt, and import that`;
      return { errors: [{ text }] };
    });
  },
};

const NAMESPACE = 'require-http';
const HTTP = /^(?:node:)?(https?)$/;

/**
 * Loads `node:http` and `node:https` with `require`, also if a source imports them. An import of a built-in module
 * reads all its exports, and the export `WebSocket` of `node:http` loads all of Node's undici: a quarter of the cold
 * start.
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
