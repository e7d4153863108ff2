import { format } from '../text/format.ts';
import { textTable } from '../text/text-table.ts';
import type { Plan } from './make-plan.ts';
import type { Cost } from './monthly-costs.ts';

const { bytes, duration, number, share } = format;

const dollars = (value: number): string => `$${value >= 100 ? number(value) : value.toFixed(2)}`;

/** A plan for the terminal. */
export const planTable = (plan: Plan): string => {
  const { question, times, lonely, costs } = plan;
  const { connections, rate, sizeBytes, requestsPerSecond, hours } = question;
  const rows = [
    [
      'Posts',
      `${number(plan.postsPerSecond)}/s, ${share(plan.quotaShare)} of the account's ${number(requestsPerSecond)} requests a second`,
    ],
    ['Fan-out', fanOutText(plan)],
    [
      'One broadcast',
      `first client after ${duration(lonely.firstMs)}, last after ${duration(lonely.lastMs)}, when nothing else is sent`,
    ],
    [
      'At this rate',
      times.utilization < 1 ? `last client after ${duration(times.lastMs)}` : 'never catches up, see below',
    ],
    [
      'Scan',
      `${number(plan.scanUnits)} read units a broadcast, in ${number(plan.scanPages)} pages; a batch shares one scan`,
    ],
    ['All reconnect', `${duration(plan.stormSeconds * 1_000)} at the quota of new connections`],
    ['Two-hour limit', `${number(plan.reconnectsPerSecond)} reconnects/s, for ever`],
  ];
  const obstacles = plan.obstacles.map(
    ({ what, remedies }) =>
      `! Impossible: ${what}. Possible with one of:\n${remedies.map((remedy) => `    - ${remedy}`).join('\n')}`,
  );
  return `${[
    `${number(connections)} connections, ${number(rate)}/s of ${bytes(sizeBytes)}, ${number(hours)} hours a month`,
    textTable(rows),
    ...obstacles,
    textTable([
      ...costRows('Connected, waiting', costs.idle),
      ['', '', ''],
      ...costRows('Broadcasting', costs.broadcasting),
      ['', '', ''],
      totalRow(plan),
    ]),
    'us-east-1 list prices without free tiers. packages/load/plan/prices-and-quotas.ts has every number with its date and source.',
  ].join('\n\n')}\n`;
};

const fanOutText = ({ times, segments, question: { concurrency } }: Plan): string => {
  const used = `${share(times.utilization)} of ${concurrency} functions' capacity`;
  return segments > 0
    ? `${used}; a broadcast leaves ${number(segments)} segments to other functions`
    : `${used}; one function reaches everybody`;
};

const costRows = (title: string, costs: readonly Cost[]): string[][] => [
  [title, '', `${dollars(sumOf(costs))} a month`],
  ...costs.map(({ part, amount, unit, dollars: value }) => [`  ${part}`, `${compact(amount)} ${unit}`, dollars(value)]),
];

const totalRow = ({ costs }: Plan): string[] => [
  'Together',
  '',
  `${dollars(sumOf([...costs.idle, ...costs.broadcasting]))} a month`,
];

const sumOf = (costs: readonly Cost[]): number => costs.reduce((sum, cost) => sum + cost.dollars, 0);

const compact = (value: number): string => {
  if (value >= 1e9) return `${number(Number((value / 1e9).toPrecision(4)))} billion`;
  return value >= 1e6 ? `${number(Number((value / 1e6).toPrecision(4)))} million` : number(Math.round(value));
};
