import type { Plugin } from 'esbuild';

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
