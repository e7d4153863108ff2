import { join } from 'node:path';
import type { CaseReport } from '../report.ts';
import type { BenchRun } from '../run-bench.ts';
import { runSender } from '../senders/run-sender.ts';
import { median } from '../timing.ts';
import { ANSWER_SETTINGS } from './answer-settings.ts';

/** Measures how much time the sender's function adds to the time of the queue, with few and with many connections. */
export const senderLatency = async (run: BenchRun): Promise<CaseReport> => {
  const few = await measure(run, 10);
  const many = await measure(run, 10_000);
  const row = (connections: string, { tookMs, queueMs }: Sent): string[] => [
    connections,
    tookMs.toFixed(2),
    queueMs.toFixed(2),
    (tookMs - queueMs).toFixed(2),
  ];
  const worst = Math.max(few.tookMs - few.queueMs, many.tookMs - many.queueMs);
  return {
    title: 'send-message, warm, median',
    columns: ['connections', 'function ms', 'queue ms', 'added ms'],
    rows: [row('10', few), row('10,000', many)],
    figures: [
      {
        name: "Sender's added latency, the larger of 10 and 10,000 connections",
        value: worst,
        unit: 'ms',
        target: 4,
        stretch: 2,
        better: 'less',
      },
    ],
  };
};

interface Sent {
  /** Median time of the handler, in milliseconds. */
  tookMs: number;
  /** Median time of the queue's answer, as the stub measured it, in milliseconds. */
  queueMs: number;
}

const measure = async ({ stub, handlers, quick, onProgress }: BenchRun, connections: number): Promise<Sent> => {
  onProgress(`send-message with ${connections.toLocaleString('en')} connections`);
  const messages = quick ? 100 : 300;
  const file = join(handlers.folder, 'send-message.mjs');
  const { tookMs, counts } = await runSender(stub, { ...ANSWER_SETTINGS, connections }, { file, messages });
  return { tookMs, queueMs: median(counts.queueTook.slice(-messages)) };
};
