import { describe, expect, it } from '@jest/globals';
import { makeChannelPlan } from '../../../../../packages/load/plan/channels/make-channel-plan.ts';
import type { ChannelQuestion } from '../../../../../packages/load/plan/plan-options.ts';
import { PRICES_AND_QUOTAS } from '../../../../../packages/load/plan/prices-and-quotas.ts';
import { MAX_CHANNELS } from '../../../../../schemas/channels/channel-rules.ts';
import { MAX_MESSAGE_FRAME_BYTES } from '../../../../../schemas/channels/frames.ts';

const questionOf = (given: Partial<ChannelQuestion>): ChannelQuestion => {
  const { channels = 1_000, members = 50, connections = channels * members } = given;
  const rest = { rate: 100, sizeBytes: 200, hours: 730, requestsPerSecond: 10_000, concurrency: 2 };
  return { ...rest, ...given, channels, members, connections };
};
const plan = (given: Partial<ChannelQuestion> = {}) => makeChannelPlan(questionOf(given), PRICES_AND_QUOTAS);
const amount = (costs: readonly { part: string; amount: number }[], part: string): number =>
  costs.find((cost) => cost.part === part)?.amount ?? Number.NaN;
const numberIn = (text = ''): number => Number(/[\d,]+(\.\d+)?/.exec(text)?.[0].replaceAll(',', ''));

describe('makeChannelPlan', () => {
  it('computes the posts and the share of the quota, with acks and syncs', () => {
    const { postsPerSecond, quotaShare } = plan();
    expect(postsPerSecond).toBe(5_000);
    expect(quotaShare).toBeCloseTo((100 * 52 + 2 * (50_000 / 420 + 50_000 / 7_200)) / 10_000, 6);
  });

  it('computes the use of a second from the counted operations', () => {
    const idle = plan({ rate: 0 }).perSecond;
    const { perSecond } = plan();
    expect(perSecond.writeUnits - idle.writeUnits).toBeCloseTo(2 * 100, 6);
    expect(perSecond.readUnits - idle.readUnits).toBeCloseTo((2 + 1 + 2) * 100, 6); // 50 subscriptions have two units
    expect(perSecond.fifoRequests - idle.fifoRequests).toBeCloseTo(3 * 100, 6);
    expect(perSecond.messages - idle.messages).toBeCloseTo(52 * 100, 6);
    expect(idle.connectionMinutes).toBeCloseTo(50_000 / 60, 6);
  });

  it('computes the costs of idle connections as docs/channel-costs.md has them', () => {
    const { idle } = plan({ channels: 600, connections: 10_000 }).costs;
    const counted = idle.filter(({ part }) => part !== 'Compute' && !part.startsWith('Polling'));
    expect(counted.reduce((sum, { dollars }) => sum + dollars, 0)).toBeCloseTo(430.13, 2);
  });

  it('computes the costs of messages as docs/channel-costs.md has them', () => {
    const hour = { channels: 1_000, members: 100, rate: 1_000_000 / 3_600, hours: 1, requestsPerSecond: 100_000 };
    const { publishing } = plan(hour).costs;
    const counted = publishing.filter(({ part }) => !/compute|Transfer|Logs/.test(part));
    expect(counted.reduce((sum, { dollars }) => sum + dollars, 0)).toBeCloseTo(105.9, 2);
    expect(amount(publishing, 'Messages')).toBeCloseTo(102_000_000, 0);
  });

  it('reaches the members of a small channel with one function, and the rest of a large one with segments', () => {
    const small = plan({ rate: 0.1 });
    expect(small.segments).toBe(0);
    expect(small.lastMs).toBe(small.firstMs); // 50 posts are within the first 100 ms
    const large = plan({ channels: 1, members: 10_500, rate: 0.1 });
    expect(large.batch).toMatchObject({ records: 1, handedOver: 10_000 });
    expect(large.segments).toBe(2);
    // 500 in a quarter of a second, 100 ms of which need no wait, and the others at the other half of the rate
    expect(large.lastMs - large.firstMs).toBeCloseTo(150 + 30 + 2_500, 6);
    const requests = amount(large.costs.publishing, 'Broadcast queue');
    expect(requests).toBeCloseTo(0.1 * 730 * 3_600 * 2 * 3, 3);
  });

  it('lets more messages share a batch if the functions are busier', () => {
    const batches = [1, 50, 100, 106, 1_000].map((rate) => plan({ rate }).batch.records);
    expect(batches).toEqual([1, 1, 2, 10, 10]); // full batches take 105 messages a second
  });

  it('counts the share of a batch by messages of one channel only', () => {
    const writesOf = (given: Partial<ChannelQuestion>): number =>
      amount(plan({ hours: 1, ...given }).costs.publishing, 'Table: writes') / 3_600;
    expect(writesOf({ channels: 1_000, rate: 100 })).toBeCloseTo(200, 6);
    // A busy channel: each batch has several of its messages, and moves the head once.
    expect(writesOf({ channels: 1, members: 2, rate: 80 })).toBeLessThan(100);
  });
});

describe('the limits of channels', () => {
  it.each<[string, Partial<ChannelQuestion>]>([
    ["the functions' concurrency", {}],
    ["the account's posts", { concurrency: 4 }],
    ['the posts that are handed over', { channels: 1, members: 10_000, rate: 0.1 }],
    ['one channel, in its order', { channels: 1, members: 2, rate: 10 }],
    ["one partition's writes", { channels: 1, members: 1, rate: 1, sizeBytes: 100_000 }],
  ])('%s binds first', (name, given) => {
    const { limits, obstacles } = plan(given);
    expect(limits[0]?.name).toBe(name);
    for (const { used, publishesPerSecond } of limits)
      expect(used).toBeCloseTo((given.rate ?? 100) / publishesPerSecond, 9);
    expect(obstacles.map(({ problem }) => problem).filter((problem) => !problem.includes('does not fit'))).toEqual([]);
  });

  it('are the documented ones', () => {
    const limits = Object.fromEntries(plan().limits.map((limit) => [limit.name, limit.publishesPerSecond]));
    expect(limits).toMatchObject({
      "the account's posts": 8_000 / 50,
      "one group's records": 300 * 1_000,
      "one partition's writes": 1_000 * 1_000,
    });
  });

  const impossible = {
    "the account's posts": { rate: 170, concurrency: 10 },
    'the posts that are handed over': { channels: 1, members: 10_000, rate: 0.5 },
    "the functions' concurrency": { members: 1, rate: 1_000 },
    'one channel, in its order': { channels: 1, members: 2, rate: 100 },
    "one group's records": { channels: 1, members: 2, rate: 310 },
    "one partition's writes": { channels: 10, members: 1, rate: 200, sizeBytes: 100_000 },
  } as const satisfies Record<string, Partial<ChannelQuestion>>;

  it.each(Object.entries(impossible))(
    '%s: the plan says that it is impossible, and each remedy helps',
    (name, given) => {
      const exceeds = (changed: Partial<ChannelQuestion>, figures = {}): boolean => {
        const { limits, obstacles } = makeChannelPlan(questionOf({ ...given, ...changed }), {
          ...PRICES_AND_QUOTAS,
          ...figures,
        });
        const limit = limits.find((one) => one.name === name);
        const exceeded = (limit?.used ?? 0) >= 1;
        expect(obstacles.includes(limit?.obstacle as never)).toBe(exceeded);
        return exceeded;
      };
      expect(exceeds({})).toBe(true);
      const obstacle = plan(given).limits.find((one) => one.name === name)?.obstacle;
      expect(obstacle?.problem).not.toContain('NaN');
      expect(obstacle?.remedies.length).toBeGreaterThan(0);
      for (const remedy of obstacle?.remedies ?? []) {
        const value = numberIn(remedy);
        const channelPostShare = { ...PRICES_AND_QUOTAS.channelPostShare, value: value / 100 };
        if (remedy.startsWith('raise the account')) expect(exceeds({ requestsPerSecond: value })).toBe(false);
        else if (remedy.startsWith('raise channelFanOut')) expect(exceeds({ concurrency: value })).toBe(false);
        else if (remedy.startsWith('lower channelFanOut')) expect(exceeds({}, { channelPostShare })).toBe(false);
        else if (remedy.startsWith('use at least')) expect(exceeds({ channels: value })).toBe(false);
        else if (remedy.startsWith('publish fewer')) expect(exceeds({ rate: value * 0.999 })).toBe(false);
        else throw new Error(`The test does not know the remedy: ${remedy}`);
      }
    },
  );

  it('has no other function to add for a single channel', () => {
    const { obstacles } = plan({ channels: 1, members: 2, rate: 400 });
    const problem = obstacles.find(({ problem }) => problem.includes('functions of the channels'));
    expect(problem?.remedies).toEqual([expect.stringMatching(/^publish fewer/)]);
  });

  it('finds a message that is too large, and too many connections', () => {
    const problems = (given: Partial<ChannelQuestion>): string =>
      plan({ rate: 0, ...given })
        .obstacles.map(({ problem }) => problem)
        .join();
    expect(problems({ sizeBytes: 122_800 })).toContain('is too large for a channel');
    expect(problems({ sizeBytes: 40_000 })).toContain('does not fit a frame');
    expect(problems({ channels: 100_000 })).toContain('the two-hour limit alone causes');
    expect(problems({})).toBe('');
  });

  it('have the numbers of the schemas', () => {
    const { maxChannels, maxChannelFrameBytes } = PRICES_AND_QUOTAS;
    expect([maxChannels.value, maxChannelFrameBytes.value]).toEqual([MAX_CHANNELS, MAX_MESSAGE_FRAME_BYTES]);
  });
});
