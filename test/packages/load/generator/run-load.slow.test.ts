import { afterEach, describe, expect, it } from '@jest/globals';
import { OutageWatch, runLoad } from '../../../../packages/load/generator/run-load.ts';
import { aTarget } from '../a-target.ts';
import { aPhase, aWorkload } from '../a-workload.ts';
import { type BroadcastServer, type Faults, startBroadcastServer } from '../start-broadcast-server.ts';

describe('runLoad', () => {
  let server: BroadcastServer;
  afterEach(() => server.stop());

  const run = async (faults: Faults, processes = 1) => {
    server = await startBroadcastServer(faults);
    return runLoad({
      target: aTarget(server.url),
      workload: aWorkload({ phases: [aPhase({ rateFrom: 60, rateTo: 60 })] }),
      processes,
    });
  };

  it('counts every planted loss and duplicate exactly', async () => {
    const { account, timeline } = await run({ dropEvery: 100, duplicateEvery: 57 }, 2);
    expect(server.planted).toMatchObject({ messages: 60, posts: 60 * 19, dropped: 11, duplicated: 20 });
    expect(account).toMatchObject({ expected: 60 * 19, lost: 11, lostEntirely: 0 });
    expect(timeline.totals).toMatchObject({ sent: 60, duplicates: 20, own: 0, deliveries: 60 * 19 - 11 });
  });

  it('starts as soon as all connections are open, with an equal share in each process', async () => {
    const { rampMs, timeline } = await run({}, 2);
    expect(timeline.intervals[0]?.open).toEqual([10, 10]);
    expect(timeline.totals).toMatchObject({ opened: 20, mostOpen: 20 });
    // The wait for connections that do not open would be 30 seconds.
    expect(rampMs).toBeLessThan(30_000);
  });

  it('counts every message and delivery in an interval, even the first', async () => {
    const { timeline } = await run({});
    const inIntervals = (key: 'sent' | 'deliveries'): number =>
      timeline.intervals.reduce((sum, interval) => sum + interval[key], 0);
    expect([inIntervals('sent'), inIntervals('deliveries')]).toEqual([60, 60 * 19]);
  });

  it('counts planted changes of order, and counts refused messages separately from losses', async () => {
    const { account, timeline } = await run({ swapEvery: 11, refuseEvery: 7 });
    const { swapped, refused, posts } = server.planted;
    expect([swapped > 0, refused]).toEqual([true, 8]);
    // The sender of one of two swapped messages does not see the swap. On a busy machine the messages of two senders
    // can reach the server out of order, which adds more.
    expect(timeline.totals.outOfOrder).toBeGreaterThanOrEqual(swapped * 18);
    expect(timeline.totals.errorFrames).toEqual({ 'Internal server error': refused });
    expect(account).toMatchObject({ refused, lost: 0, expected: posts });
  });

  it('counts every message of a frame with several messages', async () => {
    const { account, timeline } = await run({ batchEvery: 4, dropEvery: 100, duplicateEvery: 57, swapEvery: 11 });
    const { dropped, duplicated, swapped } = server.planted;
    expect(account).toMatchObject({ expected: 60 * 19, lost: dropped, lostEntirely: 0 });
    expect(timeline.totals).toMatchObject({ duplicates: duplicated, deliveries: 60 * 19 - dropped, otherFrames: 0 });
    expect(timeline.totals.latency.totalCount).toBe(60 * 19 - dropped);
    // A connection sees a swap only if it received both messages and sent neither.
    expect(timeline.totals.outOfOrder).toBeGreaterThanOrEqual(swapped * 18 - dropped);
  });
});

describe('OutageWatch', () => {
  it('records the start and end of each period without a connection', () => {
    const watch = new OutageWatch();
    for (const [atUs, open] of [
      [1, 5],
      [2, 0],
      [3, 0],
      [4, 2],
      [5, 0],
    ] as const)
      watch.record(atUs, open);
    expect(watch.outages).toEqual([
      { fromUs: 2, toUs: 4 },
      { fromUs: 5, toUs: undefined },
    ]);
  });

  it('calls a target dead after five seconds without a connection', () => {
    const watch = new OutageWatch();
    watch.record(1_000_000, 0);
    expect(watch.isDead(5_999_999)).toBe(false);
    expect(watch.isDead(6_000_000)).toBe(true);
    watch.record(6_000_001, 1);
    expect(watch.isDead(99_000_000)).toBe(false);
  });
});
