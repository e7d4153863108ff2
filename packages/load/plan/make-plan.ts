import { awsProfile } from './fan-out-profile.ts';
import { type MonthlyCosts, monthlyCosts } from './monthly-costs.ts';
import { type Obstacle, planObstacles } from './plan-obstacles.ts';
import type { PlanQuestion } from './plan-options.ts';
import type { Figures } from './prices-and-quotas.ts';
import { type BroadcastTimes, timeToLastClient } from './time-to-last-client.ts';

export interface Plan {
  question: PlanQuestion;
  postsPerSecond: number;
  /** Share of the account's requests a second, 1 is all of it. */
  quotaShare: number;
  times: BroadcastTimes;
  /** What one broadcast takes when nothing else is going on. */
  lonely: BroadcastTimes;
  /** Segments that a broadcast leaves to other functions. */
  segments: number;
  /** Read request units of one broadcast's scan. */
  scanUnits: number;
  scanPages: number;
  /** Until everybody is connected again after all connections were lost, in seconds. */
  stormSeconds: number;
  /** New connections a second because none lives longer than two hours. */
  reconnectsPerSecond: number;
  obstacles: Obstacle[];
  costs: MonthlyCosts;
}

/** What a stage of this architecture does at a size, on AWS, and what it costs. Plain arithmetic on the figures. */
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
    lonely: timeToLastClient(connections, 0, profile),
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
