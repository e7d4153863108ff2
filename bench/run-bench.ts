import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundle } from '../infra/bundle.ts';
import { buildOptions } from '../infra/bundling/build-options.ts';
import type { Handlers } from '../infra/bundling/handlers.ts';
import type { CaseReport } from './report.ts';
import { type Stub, startStub } from './stub/start-stub.ts';

export interface BenchOptions {
  /** Fewer rounds and smaller: a look, not a measurement to publish. */
  readonly quick: boolean;
  /** Told what is measured next. */
  readonly onProgress: (line: string) => void;
}

/** What every case of a run is given. */
export interface BenchRun extends BenchOptions {
  readonly stub: Stub;
  /** The ways, bundled as functions are. */
  readonly workerFile: string;
  /** Our functions, bundled. */
  readonly handlers: Handlers;
  /** Where files may be written that last as long as the run. */
  readonly folder: string;
}

/** Runs cases of the fan-out one after the other, all against one stub of AWS. */
export const runBench = async (
  cases: readonly ((run: BenchRun) => Promise<CaseReport>)[],
  options: BenchOptions,
): Promise<CaseReport[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'fan-out-bench-'));
  const stub = await startStub();
  try {
    const workerFile = await bundleWorker(folder);
    const handlers = await bundle('handlers/*.ts');
    const reports: CaseReport[] = [];
    for (const measure of cases) {
      reports.push(await measure({ ...options, stub, workerFile, handlers, folder }));
    }
    return reports;
  } finally {
    await stub.stop();
    await rm(folder, { recursive: true });
  }
};

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));

/** Bundles the ways with the options of our functions, so that memory and start are those of a Lambda. Gives the file. */
export const bundleWorker = async (folder: string): Promise<string> => {
  await build({ ...buildOptions(new Map([['worker', WORKER]]), folder), write: true });
  return join(folder, 'worker.mjs');
};
