import { expect, it } from '@jest/globals';
import type { FanOutProfile } from '../../../../packages/load/plan/fan-out-profile.ts';
import { predictRun } from '../../../../packages/load/plan/predict-run.ts';
import type { Phase } from '../../../../packages/load/workload/workload.ts';
import { aReport } from '../a-report.ts';
import { aPhase } from '../a-workload.ts';

const profile: FanOutProfile = {
  ...{
    startMs: 40,
    scanPageMs: 0,
    pageRows: 19_000,
    postsPerSecond: 5_000,
    postMs: 0,
    concurrency: 1,
    targetSeconds: 5,
  },
};
const predicted = (...phases: Phase[]): number[] =>
  predictRun(aReport({ workload: { ...aReport().workload, phases } }), profile).map(
    (prediction) => prediction.predicted,
  );

it('predicts the start and the posts of a broadcast below the capacity', () => {
  expect(predicted(aPhase({ connections: 1_000, rateFrom: 4, rateTo: 4 }))).toEqual([40, 240]);
});

it('predicts a growing wait above the capacity', () => {
  const phase = aPhase({ connections: 1_000, rateFrom: 10, rateTo: 10, durationMs: 30_000 });
  expect(predicted(phase)).toEqual([40 + 15_000, 240 + 15_000]);
});

it('predicts that the messages of a burst are posted one after the other', () => {
  expect(predicted(aPhase({ connections: 500, rateFrom: 0, rateTo: 0, burst: 20 }))).toEqual([40 + 1_000, 140 + 1_000]);
});

it('predicts the median message of all phases', () => {
  const few = aPhase({ connections: 5_000, rateFrom: 1, rateTo: 1, durationMs: 1_000 });
  const many = aPhase({ connections: 100, rateFrom: 10, rateTo: 10, durationMs: 10_000 });
  expect(predicted(few, many)).toEqual([40, 60]);
});

it('has the measured values, and is empty for a run without deliveries', () => {
  const report = aReport();
  expect(predictRun(report, profile).map(({ measured }) => measured)).toEqual([
    report.firstClientMs.p50,
    report.lastClientMs.p50,
  ]);
  expect(predictRun(aReport({ lastClientMs: { ...report.lastClientMs, count: 0 } }), profile)).toEqual([]);
});
