import type { FanOutProfile } from './fan-out-profile.ts';
import type { PlanQuestion } from './plan-question.ts';
import type { Figures } from './prices-and-quotas.ts';

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
