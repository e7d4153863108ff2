import { format } from '../text/format.ts';
import { textTable } from '../text/text-table.ts';
import type { Plan } from './make-plan.ts';
import type { Cost } from './monthly-costs.ts';
import type { Obstacle } from './plan-obstacles.ts';

const { bytes, duration, number, share } = format;

const dollars = (value: number): string => `$${value >= 100 ? number(value) : value.toFixed(2)}`;

/** Formats a plan for the terminal. */
export const planTable = (plan: Plan): string => {
  const { question, times, timesAlone, costs } = plan;
  const { connections, rate, sizeBytes, requestsPerSecond, hours } = question;
  const rows = [
    [
      'Posts',
      `${number(plan.postsPerSecond)}/s, ${share(plan.quotaShare)} of the account's ${number(requestsPerSecond)} requests a second`,
    ],
    ['Fan-out', fanOutText(plan)],
    [
      'One broadcast',
      `first client after ${duration(timesAlone.firstMs)}, last after ${duration(timesAlone.lastMs)}, while no other is sent`,
    ],
    ['At this rate', times.utilization < 1 ? `last client after ${duration(times.lastMs)}` : 'impossible, see below'],
    [
      'Scan',
      `${number(plan.scanUnits)} read units a broadcast, in ${number(plan.scanPages)} pages; the broadcasts of a batch share one scan`,
    ],
    ['All reconnect', `${duration(plan.stormSeconds * 1_000)}, limited by the quota of new connections`],
    ['Two-hour limit', `${number(plan.reconnectsPerSecond)} reconnects/s all the time`],
  ];
  return `${[
    `${number(connections)} connections, ${number(rate)}/s of ${bytes(sizeBytes)}, ${number(hours)} hours a month`,
    textTable(rows),
    ...obstacleTexts(plan.obstacles),
    costTable({ 'Idle connections': costs.idle, Broadcasts: costs.broadcasting }),
    PRICES_NOTE,
  ].join('\n\n')}\n`;
};

export const PRICES_NOTE =
  'List prices of us-east-1 without free tiers. packages/load/plan/prices-and-quotas.ts has each figure with its date and source.';

/** Formats each obstacle with its remedies. */
export const obstacleTexts = (obstacles: readonly Obstacle[]): string[] =>
  obstacles.map(
    ({ problem, remedies }) =>
      `! Impossible: ${problem}. Do one of:\n${remedies.map((remedy) => `    - ${remedy}`).join('\n')}`,
  );

/** Formats costs by title, with their sums. */
export const costTable = (costs: Readonly<Record<string, readonly Cost[]>>): string =>
  textTable([
    ...Object.entries(costs).flatMap(([title, own]) => [...costRows(title, own), ['', '', '']]),
    ['Total', '', `${dollars(sumOf(Object.values(costs).flat()))} a month`],
  ]);

const fanOutText = ({ times, segments, question: { concurrency } }: Plan): string => {
  const used = `${share(times.utilization)} of ${concurrency} functions' capacity`;
  return segments > 0
    ? `${used}; ${number(segments)} segments of a broadcast are handed over to other functions`
    : `${used}; one function reaches all connections`;
};

const costRows = (title: string, costs: readonly Cost[]): string[][] => [
  [title, '', `${dollars(sumOf(costs))} a month`],
  ...costs.map(({ part, amount, unit, dollars: value }) => [`  ${part}`, `${compact(amount)} ${unit}`, dollars(value)]),
];

const sumOf = (costs: readonly Cost[]): number => costs.reduce((sum, cost) => sum + cost.dollars, 0);

const compact = (value: number): string => {
  if (value >= 1e9) return `${number(Number((value / 1e9).toPrecision(4)))} billion`;
  return value >= 1e6 ? `${number(Number((value / 1e6).toPrecision(4)))} million` : number(Math.round(value));
};
