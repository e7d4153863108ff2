import type { CaseReport } from '../../report.ts';
import type { BenchRun } from '../../run-bench.ts';
import { runVariant } from '../../run-variant.ts';
import { ANSWER_SETTINGS } from '../answer-settings.ts';

const ROOMS = 1_000;
const MEMBERS = 50;
/** Records of a FIFO queue in one batch, at most. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
const BATCH = 10;

/**
 * Measures how many messages one function delivers to 1,000 rooms of 50, in batches of ten rooms, with a stub that
 * answers without delay. With one batch at a time the function waits for its calls; with four, as four functions on
 * this machine would work, the CPU time is the limit.
 */
export const manyRooms = async (run: BenchRun): Promise<CaseReport> => {
  const rows: string[][] = [];
  for (const parallel of [1, 4]) {
    run.onProgress(`${ROOMS} rooms × ${MEMBERS}, ${parallel} batches at a time`);
    const batches = run.quick ? 60 : 300;
    const { cpuMs, startedAt, endedAt, counts } = await runVariant(
      run.workerFile,
      run.stub,
      { ...ANSWER_SETTINGS, latencyMs: 0, jitterMs: 0, queueMs: 0, connections: ROOMS * MEMBERS, members: MEMBERS },
      {
        variant: 'channel-fan-out',
        connections: ROOMS * MEMBERS,
        channels: ROOMS,
        messages: BATCH,
        messageBytes: 1_024,
        postsPerSecond: 100_000,
        warmUps: 20,
        batches,
        parallel,
      },
    );
    const tookMs = endedAt - startedAt;
    rows.push([
      String(parallel),
      ...[batches * BATCH, counts.posts].map((count) => Math.round((count * 1_000) / tookMs).toLocaleString('en')),
      counts.queued.toLocaleString('en'),
      (cpuMs / counts.posts).toFixed(3),
      (cpuMs / tookMs).toFixed(2),
      (counts.cpuMs / tookMs).toFixed(2),
    ]);
  }
  return {
    title: `${ROOMS.toLocaleString('en')} rooms of ${MEMBERS}, one process, a stub without delay`,
    columns: [
      'batches at a time',
      'messages a second',
      'posts a second',
      'handed over',
      'CPU ms a post',
      'CPU share',
      'CPU share of the stub',
    ],
    rows,
    figures: [],
  };
};
