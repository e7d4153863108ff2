import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/** Node's own folder for compiled code. Named here because a function's thread has no TEMP of ours to find it by. */
const COMPILE_CACHE = join(tmpdir(), 'node-compile-cache');

const BOOTSTRAP = `
const { entry, compileCache } = require('node:worker_threads').workerData;
require('node:module').enableCompileCache(compileCache);
import(entry);
`;

/**
 * Starts a thread on a module of ours. The packaged JavaScript starts as it is. TypeScript starts with Node's compile
 * cache, which keeps the code without its types: a thread that strips them itself takes 25 to 60 ms and 10 MB more.
 * @param name The module's file name without extension, beside the one that asks.
 * @param from `import.meta.url` of the module that asks.
 */
export const startWorker = (name: string, from: string, options: WorkerOptions & { workerData: object }): Worker => {
  const entry = new URL(`./${name}${from.endsWith('.ts') ? '.ts' : '.js'}`, from);
  // The parent's own flags (jest's, --require) are not for its threads.
  const common = { execArgv: [], ...options };
  if (entry.href.endsWith('.js')) return new Worker(entry, common);
  const workerData = { ...options.workerData, entry: entry.href, compileCache: COMPILE_CACHE };
  return new Worker(BOOTSTRAP, { ...common, eval: true, workerData });
};
