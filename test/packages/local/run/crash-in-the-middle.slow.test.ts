import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import WebSocket from 'ws';
import { synthesize } from '../../../../packages/local/cli/synthesize.ts';
import { createFaults } from '../../../../packages/local/faults/create-faults.ts';
import { parseFaults } from '../../../../packages/local/faults/parse-faults.ts';
import type { LocalEvent } from '../../../../packages/local/model/local-event.ts';
import { type LocalRun, startLocal } from '../../../../packages/local/run/start-local.ts';
import { createMovableClock } from '../../../../packages/local/runtime/clock.ts';
import { until } from '../../../support/until.ts';
import { aFunction } from '../functions/a-function.ts';

const CONNECTIONS = 300;
/** Most writes to sockets before the crash. Some of them connect and scan. */
const MAX_WRITES = 250;
const VISIBILITY_MS = 180_000;
const FAULT = 'function:crash=fan-out@50%';

/** Whether the first invocation of the fan-out crashes after more than 100 writes, and the next ones do not. */
const isCrashInTheMiddle = (seed: number): boolean => {
  const fanOut = aFunction({ handler: 'fan-out.handler' });
  const { crashAfterWrites } = createFaults(parseFaults([FAULT]), seed, () => [fanOut]);
  const [first = 0, ...others] = Array.from({ length: 4 }, () => crashAfterWrites('echo'));
  return first > 100 && first < MAX_WRITES && others.every((write) => write === undefined);
};
const seed = Array.from({ length: 1_000 }, (_, index) => index).find(isCrashInTheMiddle) as number;

const clock = createMovableClock();
const events: LocalEvent[] = [];
let run: LocalRun;
beforeAll(async () => {
  const outFolder = mkdtempSync(join(tmpdir(), 'crash-'));
  const context = { 'aws:cdk:disable-asset-staging': true };
  const cdkOut = await synthesize({ command: 'node infra/app.ts', outFolder, context });
  run = await startLocal({ cdkOut, clock, seed, faults: [FAULT], log: (event) => events.push(event) });
});
afterAll(() => run.stop());

const fanOuts = (ok: boolean) =>
  events.filter((event) => event.type === 'invocation' && /FanOutHandler/.test(event.functionName) && event.ok === ok);

describe('a fan-out that is killed in the middle of a broadcast', () => {
  it('delivers the message to every connection', async () => {
    const received = new Map<number, number>();
    const open = async (client: number): Promise<WebSocket> => {
      const webSocket = new WebSocket(run.ready.apis[0]?.webSocketUrl as string);
      webSocket.on('message', () => received.set(client, (received.get(client) ?? 0) + 1));
      await once(webSocket, 'open');
      return webSocket;
    };
    const sender = await open(0);
    for (let client = 1; client < CONNECTIONS; client += 10) {
      await Promise.all(Array.from({ length: Math.min(10, CONNECTIONS - client) }, (_, index) => open(client + index)));
    }
    sender.send(JSON.stringify({ action: 'send-message', message: 'hello' }));
    await until(() => fanOuts(false).length === 1);
    await until(() => received.size > 0);
    expect(received.size).toBeLessThan(CONNECTIONS - 1);

    await clock.advance(VISIBILITY_MS);
    await until(() => received.size === CONNECTIONS - 1 && fanOuts(true).length > 0);
    // Only the posts of the killed attempt arrive twice.
    const twice = [...received.values()].filter((count) => count === 2).length;
    expect(twice).toBeGreaterThan(0);
    expect(twice).toBeLessThanOrEqual(MAX_WRITES);
    expect(Math.max(...received.values())).toBe(2);
  });
});
