import type { CaseReport } from '../../report.ts';
import type { BenchRun } from '../../run-bench.ts';
import type { VariantRun } from '../../run-variant.ts';
import { median } from '../../timing.ts';
import { ANSWER_SETTINGS } from '../answer-settings.ts';
import { cpuPerPost, measurePairs, medianRatio, type Side } from './measure-pairs.ts';

const MEMBERS = 100;
const FEW = 1_000;
const MANY = 100_000;

/**
 * Measures a message to a room of 100 with 1,000 and with 100,000 other connections. Table and queue are the services
 * of the stub, because the reads are what could grow: the stub counts their capacity units from the bytes of the items.
 * Users have the length of a Cognito `sub`.
 */
export const smallRoom = async (run: BenchRun): Promise<CaseReport> => {
  const messages = run.quick ? 40 : 100;
  const sideOf = (connections: number): Side => ({
    name: `a room of ${MEMBERS} beside ${connections.toLocaleString('en')}`,
    settings: { ...ANSWER_SETTINGS, connections, members: MEMBERS },
    order: {
      variant: 'channel-fan-out',
      connections: MEMBERS,
      messages: 1,
      messageBytes: 1_024,
      postsPerSecond: 10_000,
      warmUps: 20,
      batches: messages,
    },
  });
  const pairs = await measurePairs(run, [sideOf(FEW), sideOf(MANY)], run.quick ? 3 : 11);
  const unitsOf = ({ counts }: VariantRun): number => counts.readUnits / messages;
  const row = (name: string, runs: readonly VariantRun[]): string[] => [
    name,
    ...[unitsOf, ({ counts }: VariantRun) => counts.writes / messages].map((pick) => median(runs.map(pick)).toFixed(1)),
    median(runs.map(({ cpuMs }) => cpuMs / messages)).toFixed(2),
    median(runs.map(cpuPerPost)).toFixed(3),
  ];
  const ratio = medianRatio(pairs, ({ cpuMs }) => cpuMs);
  return {
    title: `A message to a room of ${MEMBERS}, by other connections`,
    columns: ['others', 'read units', 'writes', 'CPU ms a message', 'CPU ms a post'],
    rows: [
      row(
        FEW.toLocaleString('en'),
        pairs.map(([few]) => few),
      ),
      row(
        MANY.toLocaleString('en'),
        pairs.map(([, many]) => many),
      ),
    ],
    figures: [
      {
        name: `Read units of a message to ${MEMBERS} members, with 100,000 others`,
        value: Math.max(...pairs.flat().map(unitsOf)),
        unit: 'units',
        target: 4,
        stretch: 3,
        better: 'less',
      },
      {
        name: 'CPU of the same with 100,000 others against 1,000',
        value: ratio,
        unit: 'times',
        target: 1.1,
        stretch: 1.02,
        better: 'less',
      },
    ],
  };
};
