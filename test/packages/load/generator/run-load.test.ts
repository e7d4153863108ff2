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

  it('begins as soon as all connections are open, an equal share at each process', async () => {
    const { rampMs, timeline } = await run({}, 2);
    expect(timeline.intervals[0]?.open).toEqual([10, 10]);
    expect(timeline.totals).toMatchObject({ opened: 20, mostOpen: 20 });
    // So long it waits for connections that do not come.
    expect(rampMs).toBeLessThan(30_000);
  });

  it('puts all that was sent and delivered into the intervals, the first message too', async () => {
    const { timeline } = await run({});
    const inIntervals = (key: 'sent' | 'deliveries'): number =>
      timeline.intervals.reduce((sum, of) => sum + of[key], 0);
    expect([inIntervals('sent'), inIntervals('deliveries')]).toEqual([60, 60 * 19]);
  });

  it('counts planted changes of order, and tells refused messages from lost ones', async () => {
    const { account, timeline } = await run({ swapEvery: 11, refuseEvery: 7 });
    const { swapped, refused, posts } = server.planted;
    expect([swapped > 0, refused]).toEqual([true, 8]);
    // A sender does not get its own message: it sees one change of order less when it sent either of the two. On a busy
    // machine two senders' messages may reach the server in another order than they were sent in, which adds some.
    expect(timeline.totals.outOfOrder).toBeGreaterThanOrEqual(swapped * 18);
    expect(timeline.totals.errorFrames).toEqual({ 'Internal server error': refused });
    expect(account).toMatchObject({ refused, lost: 0, expected: posts });
  });

  it('counts every message of a frame that holds several', async () => {
    const { account, timeline } = await run({ batchEvery: 4, dropEvery: 100, duplicateEvery: 57, swapEvery: 11 });
    const { dropped, duplicated, swapped } = server.planted;
    expect(account).toMatchObject({ expected: 60 * 19, lost: dropped, lostEntirely: 0 });
    expect(timeline.totals).toMatchObject({ duplicates: duplicated, deliveries: 60 * 19 - dropped, otherFrames: 0 });
    expect(timeline.totals.latency.totalCount).toBe(60 * 19 - dropped);
    // A connection that was not posted both, or sent one of the two, sees no change of order.
    expect(timeline.totals.outOfOrder).toBeGreaterThanOrEqual(swapped * 18 - dropped);
  });
});

describe('OutageWatch', () => {
  it('notes when no connection was open, and until when', () => {
    const watch = new OutageWatch();
    for (const [atUs, open] of [
      [1, 5],
      [2, 0],
      [3, 0],
      [4, 2],
      [5, 0],
    ] as const)
      watch.note(atUs, open);
    expect(watch.outages).toEqual([
      { fromUs: 2, toUs: 4 },
      { fromUs: 5, toUs: undefined },
    ]);
  });

  it('takes a target for dead that took no connection for five seconds', () => {
    const watch = new OutageWatch();
    watch.note(1_000_000, 0);
    expect(watch.isDead(5_999_999)).toBe(false);
    expect(watch.isDead(6_000_000)).toBe(true);
    watch.note(6_000_001, 1);
    expect(watch.isDead(99_000_000)).toBe(false);
  });
});
