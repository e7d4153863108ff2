import type { MessageTimes } from '../generator/delivery-ledger.ts';
import type { PlanQuestion } from './plan-options.ts';
import type { Figures } from './prices-and-quotas.ts';

/** How fast a fan-out is, on AWS or where it was measured. */
export interface FanOutProfile {
  /** From a frame to the start of the function that fans it out, in milliseconds. */
  startMs: number;
  /** Until the first page of the scan is there, in milliseconds. */
  scanPageMs: number;
  /** Rows of a page. */
  pageRows: number;
  /** A function's posts a second. */
  postsPerSecond: number;
  /** One post, in milliseconds. */
  postMs: number;
  /** Functions at once. */
  concurrency: number;
  /** How long a function posts before the rest is others' work, in seconds. */
  targetSeconds: number;
}

/** The fan-out as it is deployed: paced to its share of the account's quota, and no faster than its core and its sockets. */
export const awsProfile = (
  { requestsPerSecond, concurrency }: Pick<PlanQuestion, 'requestsPerSecond' | 'concurrency'>,
  figures: Figures,
): FanOutProfile => ({
  startMs: figures.routeMs.value + figures.pickUpMs.value,
  scanPageMs: figures.scanPageMs.value,
  pageRows: figures.scanPageRows.value,
  postsPerSecond: Math.min(
    (requestsPerSecond * figures.postShare.value) / concurrency,
    (figures.postsInFlight.value * 1_000) / figures.postMs.value,
    1_000 / figures.postCpuMs.value,
  ),
  postMs: figures.postMs.value,
  concurrency,
  targetSeconds: figures.targetSeconds.value,
});

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
