import { describe, expect, it } from '@jest/globals';
import { makePlan } from '../../../../packages/load/plan/make-plan.ts';
import type { PlanQuestion } from '../../../../packages/load/plan/plan-options.ts';
import { PRICES_AND_QUOTAS } from '../../../../packages/load/plan/prices-and-quotas.ts';

const plan = (question: Partial<PlanQuestion> = {}) =>
  makePlan(
    { connections: 1_000, rate: 1, sizeBytes: 200, hours: 730, requestsPerSecond: 10_000, concurrency: 2, ...question },
    PRICES_AND_QUOTAS,
  );
const dollars = (costs: readonly { part: string; dollars: number }[], part: string): number =>
  costs.find((cost) => cost.part === part)?.dollars ?? Number.NaN;

describe('makePlan', () => {
  it('reaches 1,000 connections with one function well inside the quota', () => {
    const { quotaShare, times, segments, obstacles } = plan();
    expect(quotaShare).toBeCloseTo(0.1001, 4);
    expect(times).toMatchObject({ functions: 1, utilization: 0.125 });
    expect({ segments, obstacles }).toEqual({ segments: 0, obstacles: [] });
  });

  it('computes the time of the posts at the rate of the quota', () => {
    const { timesAlone } = plan({ connections: 20_000, rate: 0.1 });
    expect(timesAlone.lastMs - timesAlone.firstMs).toBeCloseTo(20_000 / 4, 0);
  });

  it('hands the rest over to other functions if one function cannot reach all connections', () => {
    const { timesAlone, segments } = plan({ connections: 100_000, rate: 0.01 });
    expect(segments).toBe(16);
    expect((timesAlone.lastMs - timesAlone.firstMs) / 1_000).toBeCloseTo(100_000 / 8_000, 1);
  });

  it('says that a rate is impossible, and how to make it possible', () => {
    const { obstacles, times } = plan({ connections: 50_000, rate: 10, sizeBytes: 2_048 });
    expect(times.lastMs).toBe(Number.POSITIVE_INFINITY);
    expect(obstacles.map(({ problem }) => problem)).toEqual([
      expect.stringMatching(/^500,000 posts a second exceed 80 % of .*, which is 8,000: /),
    ]);
    expect(obstacles[0]?.remedies).toEqual([
      expect.stringMatching(
        /^raise the account's quota to 625,\d+ requests a second or more and the concurrency to \d+$/,
      ),
      'coalesce 63 messages into a frame',
      'send at most 0.16 messages a second',
    ]);
  });

  it('lists remedies that make the plan possible', () => {
    const [quota, , rate] = plan({ connections: 50_000, rate: 10 }).obstacles[0]?.remedies ?? [];
    const [requestsPerSecond = 0, concurrency = 0] = (quota?.match(/[\d,]+/g) ?? []).map((text) =>
      Number(text.replaceAll(',', '')),
    );
    expect(plan({ connections: 50_000, rate: 10, requestsPerSecond, concurrency }).obstacles).toEqual([]);
    expect(plan({ connections: 50_000, rate: Number(rate?.match(/[\d.]+/)?.[0]) * 0.999 }).obstacles).toEqual([]);
    expect(plan({ connections: 50_000, rate: 10 / 63 }).obstacles).toEqual([]);
  });

  it('finds every other obstacle', () => {
    const problems = (question: Partial<PlanQuestion>): string =>
      plan(question)
        .obstacles.map(({ problem }) => problem)
        .join();
    expect(problems({ sizeBytes: 200_000 })).toContain('a message of 195 KB is too large');
    expect(problems({ sizeBytes: 40_000 })).toContain('does not fit a frame');
    expect(problems({ connections: 4_000_000, rate: 0.0001 })).toContain('the two-hour limit alone causes');
    expect(problems({ connections: 1_000_000, rate: 1, requestsPerSecond: 2_000_000, concurrency: 200 })).toContain(
      'one scan a broadcast reads',
    );
  });

  it('computes the known costs of 200,000 idle connections', () => {
    const { costs } = plan({ connections: 200_000, rate: 0, hours: 720 });
    expect(dollars(costs.idle, 'Connection minutes')).toBeCloseTo(2_160, 0);
    expect(dollars(costs.idle, 'Pings of idle connections')).toBeCloseTo(960, -1);
    const reconnects = costs.idle
      .filter(({ part }) => part.startsWith('Reconnects'))
      .reduce((sum, cost) => sum + cost.dollars, 0);
    expect(reconnects).toBeGreaterThan(115);
    expect(reconnects).toBeLessThan(140);
  });

  it('computes a dollar for a million deliveries, and more for messages above 32 KB', () => {
    const million = { connections: 1_000, rate: 1 / 3.6, hours: 1 };
    expect(dollars(plan(million).costs.broadcasting, 'Messages')).toBeCloseTo(1.001, 3);
    expect(dollars(plan({ ...million, sizeBytes: 33 * 1_024 }).costs.broadcasting, 'Messages')).toBeCloseTo(2.002, 3);
  });

  it('does not need pings if broadcasts keep the connections open', () => {
    expect(dollars(plan({ rate: 1 / 600 }).costs.idle, 'Pings of idle connections')).toBe(0);
    expect(dollars(plan({ rate: 1 / 601 }).costs.idle, 'Pings of idle connections')).toBeGreaterThan(0);
  });

  it('computes the scan and the reconnects of a million connections', () => {
    const { scanPages, scanUnits, stormSeconds, reconnectsPerSecond } = plan({ connections: 1_000_000, rate: 0.001 });
    expect({ scanPages, scanUnits, stormSeconds }).toEqual({ scanPages: 500, scanUnits: 13_184, stormSeconds: 2_000 });
    expect(reconnectsPerSecond).toBeCloseTo(138.9, 1);
  });
});

it('every figure has a unit, a Region, a date and a source', () => {
  for (const figure of Object.values(PRICES_AND_QUOTAS)) {
    expect(figure.value).toBeGreaterThan(0);
    expect(figure.date).toMatch(/^20\d\d-\d\d$/);
    for (const text of [figure.unit, figure.region, figure.source]) expect(text.length).toBeGreaterThan(1);
  }
});
