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
  /** Runs fewer and smaller rounds, for a quick look. Do not publish its figures. */
  readonly quick: boolean;
  /** Called with a line for each step. */
  readonly onProgress: (line: string) => void;
}

/** The input of every case. */
export interface BenchRun extends BenchOptions {
  readonly stub: Stub;
  /** The bundle of the variants, with the options of the functions. */
  readonly workerFile: string;
  /** The bundles of the handlers. */
  readonly handlers: Handlers;
  /** A folder for files that last as long as the run. */
  readonly folder: string;
}

/** Runs cases of the fan-out one after the other, against the same stub of AWS. */
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

/**
 * Bundles the variants with the options of the functions, so that memory and start equal a Lambda's. Returns the file.
 */
export const bundleWorker = async (folder: string): Promise<string> => {
  await build({ ...buildOptions(new Map([['worker', WORKER]]), folder), write: true });
  return join(folder, 'worker.mjs');
};
