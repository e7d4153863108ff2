import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/** Node's default folder for compiled code. The thread of a function cannot find it, because it has no TEMP. */
const COMPILE_CACHE = join(tmpdir(), 'node-compile-cache');

/** Takes away what Node gives to a script: in an ES module on Lambda there is no `require`. */
const BOOTSTRAP = `{
const { entry, compileCache } = require('node:worker_threads').workerData;
require('node:module').enableCompileCache(compileCache);
for (const name of ['require', 'module', 'exports', '__filename', '__dirname']) delete globalThis[name];
import(entry);
}`;

/**
 * Starts a thread that runs a module of this package. Packaged JavaScript runs as it is. TypeScript runs from Node's
 * compile cache, which keeps code without types: a thread that strips types itself takes 25 to 60 ms and 10 MB more.
 * @param name The module's file name without extension. The module is in the folder of the caller.
 * @param from `import.meta.url` of the caller.
 */
export const startWorker = (name: string, from: string, options: WorkerOptions & { workerData: object }): Worker => {
  const entry = new URL(`./${name}${from.endsWith('.ts') ? '.ts' : '.js'}`, from);
  // A thread must not inherit flags of the process, such as jest's or --require.
  const common = { execArgv: [], ...options };
  if (entry.href.endsWith('.js')) return new Worker(entry, common);
  const workerData = { ...options.workerData, entry: entry.href, compileCache: COMPILE_CACHE };
  return new Worker(BOOTSTRAP, { ...common, eval: true, workerData });
};
