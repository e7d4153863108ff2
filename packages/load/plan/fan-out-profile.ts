import type { MessageTimes } from '../generator/delivery-ledger.ts';
import type { PlanQuestion } from './plan-options.ts';
import type { Figures } from './prices-and-quotas.ts';

/** The speed of a fan-out, on AWS or as measured. */
export interface FanOutProfile {
  /** Time from a frame to the start of the fan-out function, in milliseconds. */
  startMs: number;
  /** Time to read the first page of the scan, in milliseconds. */
  scanPageMs: number;
  /** Rows of a page. */
  pageRows: number;
  /** Posts of one function in a second. */
  postsPerSecond: number;
  /** Time of one post, in milliseconds. */
  postMs: number;
  /** Functions that run at the same time. */
  concurrency: number;
  /** Time that a function posts before it hands the rest over, in seconds. */
  targetSeconds: number;
}

/**
 * The fan-out on AWS. The posts of a function are limited by its share of the account's quota, its core and its
 * sockets.
 */
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
 * The local run, as measured by the second half of the warm-up's messages. Each was sent alone.
 * @returns `undefined` if no message was delivered.
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
