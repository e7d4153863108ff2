import { join } from 'node:path';
import { bundle } from '../../../infra/bundle.ts';
import type { CaseReport } from '../../report.ts';
import type { BenchRun } from '../../run-bench.ts';
import { runSender } from '../../senders/run-sender.ts';
import { median } from '../../timing.ts';
import { ANSWER_SETTINGS } from '../answer-settings.ts';
import { medianRatio } from './measure-pairs.ts';

/** One event of a route, in medians. */
interface Measured {
  tookMs: number;
  cpuMs: number;
  /** Messages in the queues for each event. */
  sends: number;
  /** Reads and writes of tables. */
  tableCalls: number;
}

/**
 * Measures a route that publishes, and `send-message`, which broadcasts the same text. Both validate the event, and
 * `publish` also validates the data. The queue is that of the stub, because it counts what is sent. The CPU may be a tenth
 * more, because this much is noise on a shared machine.
 */
export const publishCost = async (run: BenchRun): Promise<CaseReport> => {
  // A bundle has the code of channels only with a handler `channels`.
  const senders = await bundle(
    'bench/senders/publish.ts',
    'handlers/send-message.ts',
    'examples/rooms/handlers/channels.ts',
  );
  const { stub } = run;
  const messages = run.quick ? 200 : 1_000;
  const rounds = run.quick ? 5 : 11;
  const environment = {
    FAN_OUT_CHANNELS_TABLE: 'channels',
    FAN_OUT_CHANNEL_QUEUE_URL: stub.environment.FAN_OUT_BROADCAST_QUEUE_URL ?? '',
  };
  const measure = async (file: string): Promise<Measured> => {
    const { tookMs, cpuMs, sent, counts } = await runSender(stub, ANSWER_SETTINGS, { file, messages, environment });
    return { tookMs, cpuMs, sends: counts.queued / sent, tableCalls: counts.readUnits + counts.writes };
  };
  const pairs: (readonly [Measured, Measured])[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    run.onProgress(`broadcast and publish in a route, round ${round} of ${rounds}`);
    const broadcast = await measure(join(senders.folder, 'send-message.mjs'));
    pairs.push([broadcast, await measure(join(senders.folder, 'publish.mjs'))]);
  }
  const row = (name: string, side: readonly Measured[]): string[] => [
    name,
    ...[({ sends }: Measured) => sends, ({ tableCalls }: Measured) => tableCalls].map((pick) =>
      String(median(side.map(pick))),
    ),
    ...[({ cpuMs }: Measured) => cpuMs, ({ tookMs }: Measured) => tookMs].map((pick) =>
      median(side.map(pick)).toFixed(2),
    ),
  ];
  return {
    title: 'A route that publishes, and one that broadcasts, warm',
    columns: ['route', 'messages sent', 'calls of tables', 'CPU ms', 'ms'],
    rows: [
      row(
        'broadcast',
        pairs.map(([broadcast]) => broadcast),
      ),
      row(
        'publish',
        pairs.map(([, publish]) => publish),
      ),
    ],
    figures: [
      {
        name: 'Messages that publish sends',
        value: Math.max(...pairs.map(([, { sends }]) => sends)),
        unit: 'SendMessage',
        target: 1,
        stretch: 1,
        better: 'less',
      },
      {
        name: 'CPU of a route that publishes against one that broadcasts',
        value: medianRatio(pairs, ({ cpuMs }) => cpuMs),
        unit: 'times',
        target: 1.1,
        stretch: 1,
        better: 'less',
      },
    ],
  };
};
