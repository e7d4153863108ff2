import { once } from 'node:events';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { LoadGenerator } from '../../../../packages/load/generator/load-generator.ts';
import { monotonicUs } from '../../../../packages/load/generator/machine.ts';
import { until } from '../../../support/until.ts';
import { aTarget } from '../a-target.ts';
import { aPhase, aWorkload } from '../a-workload.ts';
import { type BroadcastServer, startBroadcastServer } from '../start-broadcast-server.ts';

let server: BroadcastServer;
let generator: LoadGenerator;
beforeEach(async () => {
  server = await startBroadcastServer();
});
afterEach(async () => {
  await generator.leave(0);
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
/** Holds the event loop up, as a busy machine does. */
const block = (ms: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
};
const messagesAtTheServer = async (): Promise<number> => {
  const closed = [...server.server.clients].map((client) => once(client, 'close'));
  await generator.leave(1_000);
  await Promise.all(closed);
  return server.planted.messages;
};

it('sends all that was due although it was held up until the end of the run', async () => {
  await open(2, 400);
  generator.begin(monotonicUs());
  block(110);
  generator.stop();
  expect(await messagesAtTheServer()).toBe(40);
});

it('sends nothing that is not due when it is stopped', async () => {
  await open(2, 400);
  generator.begin(monotonicUs() + 60_000_000);
  generator.stop();
  expect(await messagesAtTheServer()).toBe(0);
});

it('opens connections no faster than the ramp, although it was held up', async () => {
  start(12, 0, 20);
  block(1_000);
  const fromMs = performance.now();
  await until(() => generator.sample().open === 12);
  // Two are caught up at once, ten come 50 ms after each other.
  expect(performance.now() - fromMs).toBeGreaterThan(450);
});
