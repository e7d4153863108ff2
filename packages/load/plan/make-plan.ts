import { awsProfile } from './fan-out-profile.ts';
import { type MonthlyCosts, monthlyCosts } from './monthly-costs.ts';
import { type Obstacle, planObstacles } from './plan-obstacles.ts';
import type { PlanQuestion } from './plan-options.ts';
import type { Figures } from './prices-and-quotas.ts';
import { type BroadcastTimes, timeToLastClient } from './time-to-last-client.ts';

export interface Plan {
  question: PlanQuestion;
  postsPerSecond: number;
  /** Share of the account's requests a second: 1 is the whole quota. */
  quotaShare: number;
  times: BroadcastTimes;
  /** Times of one broadcast while no other is sent. */
  timesAlone: BroadcastTimes;
  /** Segments of a broadcast that are handed over to other functions. */
  segments: number;
  /** Read request units of one broadcast's scan. */
  scanUnits: number;
  scanPages: number;
  /** Time until all clients are connected again after all connections were lost, in seconds. */
  stormSeconds: number;
  /** New connections a second, because API Gateway closes a connection after two hours. */
  reconnectsPerSecond: number;
  obstacles: Obstacle[];
  costs: MonthlyCosts;
}

/** Computes what a stage of this framework does on AWS and what it costs, from the figures only. */
export const makePlan = (question: PlanQuestion, figures: Figures): Plan => {
  const { connections, rate, requestsPerSecond } = question;
  const profile = awsProfile(question, figures);
  const times = timeToLastClient(connections, rate, profile);
  const tableBytes = connections * figures.rowBytes.value;
  return {
    question,
    postsPerSecond: connections * rate,
    quotaShare: (connections * rate + rate) / requestsPerSecond,
    times,
    timesAlone: timeToLastClient(connections, 0, profile),
    segments: Math.ceil(
      Math.max(0, connections - profile.postsPerSecond * profile.targetSeconds) / figures.segmentConnections.value,
    ),
    scanUnits: Math.ceil(tableBytes / figures.readUnitBytes.value),
    scanPages: Math.ceil(connections / figures.scanPageRows.value),
    stormSeconds: connections / figures.newConnectionsPerSecond.value,
    reconnectsPerSecond: connections / figures.connectionSeconds.value,
    obstacles: planObstacles(question, times, figures),
    costs: monthlyCosts(question, profile, figures),
  };
};
