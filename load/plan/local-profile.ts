import type { FanOutProfile } from './fan-out-profile.ts';
import type { Figures } from './prices-and-quotas.ts';

/**
 * The local run on this machine. All functions share one gateway and the cores with everything else, so it posts like one
 * function; `speed` is this machine's, where 1 is that of the machine the figures were measured on.
 */
export const localProfile = (speed: number, figures: Figures): FanOutProfile => ({
  startMs: figures.localStartMs.value / speed,
  scanPageMs: 0,
  pageRows: Math.floor(figures.scanPageBytes.value / figures.rowBytes.value),
  postsPerSecond: figures.localPostsPerSecond.value * speed,
  postMs: 0,
  concurrency: 1,
  targetSeconds: figures.targetSeconds.value,
});
