import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bundleWorker } from '../../bench/run-bench.ts';
import { runVariant } from '../../bench/run-variant.ts';
import { type Stub, startStub } from '../../bench/stub/start-stub.ts';

let folder: string;
let workerFile: string;
let stub: Stub;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-test-'));
  [workerFile, stub] = await Promise.all([bundleWorker(folder), startStub()]);
});
afterAll(async () => {
  await stub.stop();
  await rm(folder, { recursive: true });
});

const order = { connections: 200, messages: 2, messageBytes: 100, postsPerSecond: 10_000, warmUps: 0 };
/** Each process reads the time of day once, at its start, and a busy machine may delay it then. */
const CLOCKS_APART_MS = 1_000;
const settings = { connections: 200, latencyMs: 5, jitterMs: 4, staleShare: 0, throttledShare: 0, queueMs: 0 };

describe('the variants of the bench, over TLS', () => {
  it.each(['sdk-loop', 'fan-out', 'raw-tls'] as const)(
    '%s delivers every message to every connection',
    async (variant) => {
      const { counts, cpuMs, startedAt, endedAt, heapBytes, peakBytes } = await runVariant(workerFile, stub, settings, {
        ...order,
        variant,
      });
      expect(counts).toMatchObject({ posts: 400, delivered: 400 });
      expect(counts.firstDeliveredAt).toBeGreaterThan(startedAt - CLOCKS_APART_MS);
      expect(counts.lastDeliveredAt).toBeLessThan(endedAt + CLOCKS_APART_MS);
      expect(counts.lastDeliveredAt - counts.firstDeliveredAt).toBeLessThanOrEqual(endedAt - startedAt);
      for (const measured of [cpuMs, heapBytes, peakBytes]) expect(measured).toBeGreaterThan(0);
    },
  );

  it('channel-fan-out delivers each message to the members of its room, and reads no other row', async () => {
    const { counts } = await runVariant(
      workerFile,
      stub,
      { ...settings, connections: 5_000, members: 20 },
      { ...order, variant: 'channel-fan-out', warmUps: 1, channels: 4, batches: 2, parallel: 2 },
    );
    expect(counts).toMatchObject({ posts: 80, delivered: 80, scans: 0, queued: 0, writes: 8, readUnits: 8 });
    expect(counts.firstPostedAt).toBeLessThanOrEqual(counts.firstDeliveredAt);
  });

  it.each([true, false])('large-room delivers every message, and its segments (protocol: %s)', async (protocol) => {
    const { counts } = await runVariant(
      workerFile,
      stub,
      { ...settings, members: 1_500, protocol },
      { ...order, variant: 'large-room', postsPerSecond: 2_000 },
    );
    expect(counts).toMatchObject({ posts: 3_000, delivered: 3_000 });
  });

  it.each([
    ['sdk-loop', 2],
    ['fan-out', 1],
  ] as const)('%s meets the same faults, and scans %d times', async (variant, scans) => {
    const faults = { ...settings, staleShare: 0.01, throttledShare: 0.02 };
    const { counts } = await runVariant(workerFile, stub, faults, { ...order, variant });
    expect(counts).toMatchObject({ delivered: 396, scans, deletedRows: 2 });
    expect(counts.throttled).toBeGreaterThan(0);
  });
});
