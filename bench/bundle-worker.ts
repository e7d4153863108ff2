import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildOptions } from '../infra/bundling/build-options.ts';

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));

/** Bundles the ways with the options of our functions, so that memory and start are those of a Lambda. Gives the file. */
export const bundleWorker = async (folder: string): Promise<string> => {
  await build({ ...buildOptions(new Map([['worker', WORKER]]), folder), write: true });
  return join(folder, 'worker.mjs');
};
