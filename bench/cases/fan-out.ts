import type { CaseReport } from '../report.ts';
import { type BenchOptions, runBench } from '../run-bench.ts';
import { batchWithFaults } from './batch-with-faults.ts';
import { costOfAPost } from './cost-of-a-post.ts';
import { importCost } from './import-cost.ts';
import { manyConnections } from './many-connections.ts';
import { senderLatency } from './sender-latency.ts';

/** Compares the fan-out with the usual SDK loop and with an unsigned raw TLS socket. */
export const fanOut = (options: BenchOptions): Promise<CaseReport[]> =>
  runBench([costOfAPost, batchWithFaults, manyConnections, senderLatency, importCost], options);
