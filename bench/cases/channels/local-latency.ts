import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { WebSocket } from 'ws';
import { type LocalRun, startLocal } from '../../../packages/local/run/start-local.ts';
import type { CaseReport } from '../../report.ts';
import type { BenchRun } from '../../run-bench.ts';
import { median, timed } from '../../timing.ts';

const MEMBERS = 100;
const WARM_UPS = 30;
const TEXT = 'x'.repeat(100);
/** Longest wait for the deliveries of one message, in milliseconds. */
const PATIENCE_MS = 30_000;

/**
 * Measures the time from sending a message to its last of 100 deliveries in the local run, with its own table and
 * queues: a client of the example `rooms` publishes to its room, and a client of the default chat broadcasts to all
 * others. Both applications run in this process, and their messages alternate.
 */
export const localLatency = async (run: BenchRun): Promise<CaseReport> => {
  const rounds = run.quick ? 100 : 300;
  run.onProgress('starting the local run of the chat and of rooms');
  const crowds = await Promise.all([startChat(run.folder), startRooms(run.folder)]);
  try {
    const [broadcast, publish] = crowds;
    for (let round = 0; round < WARM_UPS; round += 1) for (const crowd of crowds) await crowd.deliver();
    run.onProgress(`${rounds} messages to ${MEMBERS} members in each`);
    const pairs: (readonly [number, number])[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const broadcastMs = await timed(broadcast.deliver);
      pairs.push([broadcastMs, await timed(publish.deliver)]);
    }
    const row = (name: string, took: readonly number[]): string[] => [
      name,
      median(took).toFixed(1),
      (took.toSorted((a, b) => a - b)[Math.floor(took.length * 0.95)] ?? Number.NaN).toFixed(1),
    ];
    const sides = [pairs.map(([broadcastMs]) => broadcastMs), pairs.map(([, publishMs]) => publishMs)] as const;
    return {
      title: `From sending to the last of ${MEMBERS} members in the local run`,
      columns: ['', 'p50 ms', 'p95 ms'],
      rows: [row('broadcast', sides[0]), row('publish', sides[1])],
      figures: [
        {
          name: 'Time from publish to the last member against a broadcast, p50',
          value: median(sides[1]) / median(sides[0]),
          unit: 'times',
          target: 1.5,
          stretch: 1.2,
          better: 'less',
        },
      ],
    };
  } finally {
    for (const { stop } of crowds) await stop();
  }
};

/** The clients of one application. */
interface Crowd {
  /** Sends one message. Resolves when it has reached 100 clients. */
  deliver: () => Promise<void>;
  stop: () => Promise<void>;
}

const startChat = async (folder: string): Promise<Crowd> => {
  const { run, clients } = await startClients('infra/app.ts', join(folder, 'chat'), MEMBERS + 1);
  return createCrowd(run, clients, { action: 'send-message', message: TEXT });
};

const startRooms = async (folder: string): Promise<Crowd> => {
  const { run, clients } = await startClients('examples/rooms/app.ts', join(folder, 'rooms'), MEMBERS);
  for (const client of clients) {
    const answered = once(client, 'message', { signal: AbortSignal.timeout(PATIENCE_MS) });
    client.send(JSON.stringify({ action: 'subscribe', channel: 'room:1', ackId: 1 }));
    const [data] = await answered;
    const { type } = JSON.parse(String(data));
    if (type !== 'ack') throw new Error(`Expected a subscription, got ${data}`);
  }
  return createCrowd(run, clients, { action: 'publish', channel: 'room:1', data: { text: TEXT } });
};

const startClients = async (
  app: string,
  cdkOut: string,
  count: number,
): Promise<{ run: LocalRun; clients: WebSocket[] }> => {
  const context = JSON.stringify({ 'aws:cdk:disable-asset-staging': true });
  await promisify(execFile)(process.execPath, [app], {
    env: { ...process.env, CDK_OUTDIR: cdkOut, CDK_CONTEXT_JSON: context, CDK_VALIDATION: 'false' },
  });
  const run = await startLocal({ cdkOut });
  const clients: WebSocket[] = [];
  for (let client = 0; client < count; client += 1) {
    const webSocket = new WebSocket(run.ready.apis[0]?.webSocketUrl ?? '', { perMessageDeflate: false });
    await once(webSocket, 'open');
    clients.push(webSocket);
  }
  return { run, clients };
};

const createCrowd = (run: LocalRun, clients: readonly WebSocket[], frame: object): Crowd => {
  const text = JSON.stringify(frame);
  let left = 0;
  let onLast = (): void => {};
  for (const client of clients)
    client.on('message', () => {
      left -= 1;
      if (left === 0) onLast();
    });
  return {
    deliver: () =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`${left} of ${MEMBERS} deliveries are missing`)), PATIENCE_MS);
        onLast = () => {
          clearTimeout(timer);
          resolve();
        };
        left = MEMBERS;
        clients[0]?.send(text);
      }),
    stop: async () => {
      for (const client of clients) client.terminate();
      await run.stop();
    },
  };
};
