import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundle } from '../infra/bundle.ts';
import { buildOptions } from '../infra/bundling/build-options.ts';
import { batchWithFaults } from './cases/batch-with-faults.ts';
import type { CaseReport } from './cases/case-report.ts';
import { costOfAPost } from './cases/cost-of-a-post.ts';
import { importCost } from './cases/import-cost.ts';
import { manyConnections } from './cases/many-connections.ts';
import { senderLatency } from './cases/sender-latency.ts';
import { startStub } from './stub/start-stub.ts';

const CASES = [costOfAPost, batchWithFaults, manyConnections, senderLatency, importCost];

export interface BenchOptions {
  /** Under a minute instead of under six. */
  quick: boolean;
  /** Told what is measured next. */
  onProgress: (line: string) => void;
}

/** Measures our fan-out beside the way it replaces and the least that is possible, all against one stub of AWS. */
export const runBench = async (options: BenchOptions): Promise<CaseReport[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'fan-out-bench-'));
  const stub = await startStub();
  try {
    const workerFile = await bundleWorker(folder);
    const { folder: handlersFolder } = await bundle('handlers/*.ts');
    const reports: CaseReport[] = [];
    for (const measure of CASES) {
      reports.push(await measure({ ...options, stub, workerFile, handlersFolder, folder }));
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
