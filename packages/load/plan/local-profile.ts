import type { MessageTimes } from '../generator/delivery-ledger.ts';
import type { FanOutProfile } from './fan-out-profile.ts';
import type { Figures } from './prices-and-quotas.ts';

/**
 * The local run as its warm-up shows it: the second half of those messages, each sent when nothing else was under way.
 * `undefined` where nothing was delivered.
 */
export const localProfile = (
  { sentAtUs, firstAtUs, lastAtUs }: MessageTimes,
  connections: number,
  figures: Figures,
): FanOutProfile | undefined => {
  const delivered = [...sentAtUs.keys()].filter((message) => !Number.isNaN(lastAtUs[message]));
  const warm = delivered.slice(delivered.length >> 1);
  if (warm.length === 0) return undefined;
  const medianMs = (ends: Float64Array, starts: Float64Array): number =>
    median(warm.map((message) => ((ends[message] as number) - (starts[message] as number)) / 1_000));
  return {
    startMs: medianMs(firstAtUs, sentAtUs),
    scanPageMs: 0,
    pageRows: figures.scanPageRows.value,
    postsPerSecond: (connections / Math.max(1, medianMs(lastAtUs, firstAtUs))) * 1_000,
    postMs: 0,
    concurrency: figures.concurrency.value,
    targetSeconds: figures.targetSeconds.value,
  };
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
