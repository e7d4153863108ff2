import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  countDue,
  LoadGenerator,
  readErrorFrame,
  sendTimes,
} from '../../../../packages/load/generator/load-generator.ts';
import { monotonicUs } from '../../../../packages/load/generator/machine.ts';
import { until } from '../../../support/until.ts';
import { aTarget } from '../a-target.ts';
import { aPhase, aWorkload } from '../a-workload.ts';
import { type BroadcastServer, startBroadcastServer } from '../start-broadcast-server.ts';

describe('LoadGenerator', () => {
  let server: BroadcastServer;
  let generator: LoadGenerator;
  beforeEach(async () => {
    server = await startBroadcastServer();
  });
  afterEach(async () => {
    await generator.close(0);
    await server.stop();
  });

  const open = async (connections: number, rate: number): Promise<void> => {
    start(connections, rate, 10_000);
    await until(() => generator.sample().open === connections);
  };
  const start = (connections: number, rate: number, connectionsPerSecond: number): void => {
    const phases = [aPhase({ connections, rateFrom: rate, rateTo: rate, durationMs: 100 })];
    generator = new LoadGenerator({
      ...{ index: 0, processes: 1, runId: '0badcafe', target: aTarget(server.url) },
      workload: aWorkload({ phases, connectionsPerSecond }),
    });
  };
  /** Blocks the event loop, as a busy machine does. */
  const block = (ms: number): void => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  };
  const messagesAtTheServer = async (): Promise<number> => {
    const closed = [...server.server.clients].map((client) => once(client, 'close'));
    await generator.close(1_000);
    await Promise.all(closed);
    return server.planted.messages;
  };

  it('sends all due messages, even if it was blocked until the end of the run', async () => {
    await open(2, 400);
    generator.begin(monotonicUs());
    block(110);
    generator.stop();
    expect(await messagesAtTheServer()).toBe(40);
  });

  it('sends no message before its due time when it is stopped', async () => {
    await open(2, 400);
    generator.begin(monotonicUs() + 60_000_000);
    generator.stop();
    expect(await messagesAtTheServer()).toBe(0);
  });

  it('handles other events at a rate that it cannot send, and counts the unsent messages', async () => {
    await open(2, 1e20);
    generator.begin(monotonicUs() - 100_000);
    await sleep(1); // lets another timer run
    generator.stop();
    const { sent, unsent } = generator.sample();
    expect(sent).toBeGreaterThan(0);
    expect(Object.values(unsent).reduce((sum, count) => sum + count, sent)).toBe(1e19);
    expect(Object.keys(unsent)).toContain('the generator is too slow');
  });

  it('runs to the end of a phase that is longer than the longest timer of Node', async () => {
    const phases = [aPhase({ connections: 8, rateFrom: 0, rateTo: 0, durationMs: 1e10, churnPerSecond: 50 })];
    generator = new LoadGenerator({
      ...{ index: 0, processes: 1, runId: '0badcafe', target: aTarget(server.url) },
      workload: aWorkload({ phases, connectionsPerSecond: 10_000 }),
    });
    await until(() => generator.sample().open === 8);
    generator.begin(monotonicUs());
    await sleep(10); // Node changes a delay that is too long to 1 ms
    generator.sample();
    await until(() => generator.sample().killed > 0);
  });

  it('does not open connections faster than the ramp, even if it was blocked', async () => {
    start(12, 0, 20);
    block(1_000);
    const fromMs = performance.now();
    await until(() => generator.sample().open === 12);
    // Two connections open immediately to catch up. The other ten open 50 ms apart.
    expect(performance.now() - fromMs).toBeGreaterThan(450);
  });
});

describe('sendTimes', () => {
  it('sends at even intervals at a steady rate, starting at 0', () => {
    expect([...sendTimes([aPhase({ durationMs: 1_000, rateFrom: 4, rateTo: 4 })])]).toEqual([0, 250, 500, 750]);
  });

  it('sends a burst at the start of its phase, in addition to the rate', () => {
    const phases = [
      aPhase({ durationMs: 500, rateFrom: 0, rateTo: 0 }),
      aPhase({ durationMs: 1_000, rateFrom: 2, rateTo: 2, burst: 3 }),
    ];
    expect([...sendTimes(phases)]).toEqual([500, 500, 500, 500, 1_000]);
  });

  it('increases the rate on a ramp up, and decreases it on a ramp down', () => {
    const up = [...sendTimes([aPhase({ durationMs: 10_000, rateFrom: 0, rateTo: 10 })])];
    const down = [...sendTimes([aPhase({ durationMs: 10_000, rateFrom: 10, rateTo: 0 })])];
    expect([up.length, down.length]).toEqual([50, 50]);
    expect(up.filter((ms) => ms < 5_000)).toHaveLength(13);
    expect(down.filter((ms) => ms < 5_000)).toHaveLength(38);
  });

  it('yields ordered times within the phases, as many as the rates require, for any phases', () => {
    const phase = fc.record({
      durationMs: fc.integer({ min: 1_000, max: 60_000 }),
      rateFrom: fc.integer({ min: 0, max: 50 }),
      rateTo: fc.integer({ min: 0, max: 50 }),
      burst: fc.integer({ min: 0, max: 5 }),
    });
    fc.assert(
      fc.property(fc.array(phase.map(aPhase), { minLength: 1, maxLength: 3 }), (phases) => {
        const times = [...sendTimes(phases)];
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        expect(times.at(-1) ?? 0).toBeLessThanOrEqual(phases.reduce((sum, { durationMs }) => sum + durationMs, 0));
        const required = phases.reduce(
          (sum, { burst, rateFrom, rateTo, durationMs }) =>
            sum + burst + (((rateFrom + rateTo) / 2) * durationMs) / 1_000,
          0,
        );
        expect(times.length - required).toBeGreaterThan(-1e-6);
        expect(times.length - required).toBeLessThan(phases.length);
      }),
      { numRuns: 50 },
    );
  });
});

it('countDue counts the times of sendTimes up to any time, for any phases', () => {
  const phase = fc.record({
    durationMs: fc.integer({ min: 1_000, max: 60_000 }),
    rateFrom: fc.integer({ min: 0, max: 50 }),
    rateTo: fc.integer({ min: 0, max: 50 }),
    burst: fc.integer({ min: 0, max: 5 }),
  });
  const phases = fc.array(phase.map(aPhase), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(phases, fc.double({ min: 0, max: 200_000, noNaN: true }), (some, atMs) => {
      const exact = [...sendTimes(some)];
      const near = exact.filter((ms) => Math.abs(ms - atMs) < 0.001).length; // rounding can go up or down
      expect(Math.abs(countDue(some, atMs) - exact.filter((ms) => ms <= atMs).length)).toBeLessThanOrEqual(near);
    }),
    { numRuns: 200 },
  );
});

it.each([
  ['{"message": "Internal server error", "connectionId":"Q=", "requestId":"Q="}', 'Internal server error'],
  [
    '{"message":"The message does not match its schema","connectionId":"Q=","requestId":"Q=","code":"MESSAGE_INVALID"}',
    'MESSAGE_INVALID',
  ],
  ['{"message":"hello"}', undefined],
  ['hello', undefined],
  ['{broken', undefined],
  ['', undefined],
])('readErrorFrame reads %s as %s', (text, code) => {
  expect(readErrorFrame(Buffer.from(text))).toBe(code);
});
