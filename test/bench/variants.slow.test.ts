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
