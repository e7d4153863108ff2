import { format } from '../text/format.ts';
import type { PlanQuestion } from './plan-options.ts';
import type { Figures } from './prices-and-quotas.ts';
import type { BroadcastTimes } from './time-to-last-client.ts';

/** Something that does not work as asked. */
export interface Obstacle {
  what: string;
  /** What would make it possible. */
  remedies: string[];
}

const { bytes, number } = format;

/** What is impossible about a question, and what would make it possible. */
export const planObstacles = (question: PlanQuestion, times: BroadcastTimes, figures: Figures): Obstacle[] => [
  ...tooManyPosts(question, times, figures),
  ...tooLarge(question, figures),
  ...tooManyReconnects(question, figures),
  ...tooMuchScanning(question, figures),
];

const tooManyPosts = (
  { connections, rate, requestsPerSecond, concurrency }: PlanQuestion,
  { utilization }: BroadcastTimes,
  figures: Figures,
): Obstacle[] => {
  if (utilization < 1) return [];
  const posts = connections * rate;
  const share = figures.postShare.value;
  const usable = requestsPerSecond * share;
  const functions = Math.ceil(posts / functionLimit(figures)) + 1;
  const remedies = [
    `raise the account's quota to ${number(Math.ceil((posts + rate) / share) + 1)} requests a second or more${functions > concurrency ? ` and the concurrency to ${number(functions)}` : ''}`,
    `coalesce ${number(Math.floor(posts / usable) + 1)} messages into a frame`,
    `send at most ${number(Math.floor((usable / connections) * 1_000) / 1_000)} messages a second`,
  ];
  if (posts < usable) {
    return [
      {
        what: `${concurrency} functions cannot make ${number(posts)} posts a second`,
        remedies: ['raise the concurrency of the fan-out'],
      },
    ];
  }
  const of = `the ${number(usable)} that ${number(share * 100)} % of the account's quota of ${number(requestsPerSecond)} allow`;
  return [{ what: `${number(posts)} posts a second are more than ${of}: the queue would never empty`, remedies }];
};

/** Posts a second of a function that no quota slows. */
const functionLimit = ({ postsInFlight, postMs, postCpuMs }: Figures): number =>
  Math.min((postsInFlight.value * 1_000) / postMs.value, 1_000 / postCpuMs.value);

const tooLarge = ({ sizeBytes }: PlanQuestion, { maxMessageBytes, meteredBytes }: Figures): Obstacle[] => {
  if (sizeBytes > maxMessageBytes.value) {
    return [
      {
        what: `${bytes(sizeBytes)} are more than a message may have`,
        remedies: [`send at most ${bytes(maxMessageBytes.value)}, or a link`],
      },
    ];
  }
  if (sizeBytes <= meteredBytes.value) return [];
  const what = `a client's message of ${bytes(sizeBytes)} does not fit a frame of ${bytes(meteredBytes.value)}`;
  return [{ what, remedies: ['let backends send such messages, or clients fragment them'] }];
};

const tooManyReconnects = ({ connections }: PlanQuestion, figures: Figures): Obstacle[] => {
  const { newConnectionsPerSecond: quota, connectionSeconds: life } = figures;
  if (connections / life.value <= quota.value) return [];
  const what = `reconnecting every two hours alone takes ${number(Math.ceil(connections / life.value))} new connections a second, more than ${number(quota.value)}`;
  return [
    {
      what,
      remedies: ["raise the account's quota of new connections", 'spread the connections over accounts or Regions'],
    },
  ];
};

const tooMuchScanning = ({ connections, rate }: PlanQuestion, figures: Figures): Obstacle[] => {
  const { rowBytes, readUnitBytes, tableReadUnitsPerSecond: quota } = figures;
  const units = (rate * connections * rowBytes.value) / readUnitBytes.value;
  if (units <= quota.value) return [];
  const what = `scanning for every broadcast reads ${number(Math.round(units))} units a second, more than the ${number(quota.value)} of a new table`;
  return [
    { what, remedies: ['let broadcasts share scans (up to ten of a batch do)', "warm the table's throughput up"] },
  ];
};
