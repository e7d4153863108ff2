import { parseArgs } from 'node:util';
import { InputError } from '../workload/input-error.ts';
import { parseQuantity } from '../workload/parse-quantity.ts';
import type { PlanQuestion } from './plan-question.ts';
import type { Figures } from './prices-and-quotas.ts';

const OPTIONS = {
  connections: { type: 'string', default: '1000' },
  rate: { type: 'string', default: '10/s' },
  size: { type: 'string', default: '200B' },
  hours: { type: 'string', default: '730' },
  quota: { type: 'string' },
  concurrency: { type: 'string' },
} as const;

/**
 * Reads the options of `npm run plan`.
 * @throws {InputError} naming the option, what was given and what is expected.
 */
export const readPlanArguments = (args: readonly string[], figures: Figures): PlanQuestion => {
  const { connections, rate, size, hours, quota, concurrency } = valuesOf(args);
  return {
    connections: positive('--connections', parseQuantity('count', '--connections', connections)),
    rate: parseQuantity('rate', '--rate', rate),
    sizeBytes: positive('--size', parseQuantity('bytes', '--size', size)),
    hours: positive('--hours', parseQuantity('count', '--hours', hours)),
    requestsPerSecond:
      quota === undefined
        ? figures.requestsPerSecond.value
        : positive('--quota', parseQuantity('rate', '--quota', quota)),
    concurrency:
      concurrency === undefined
        ? figures.concurrency.value
        : atLeastTwo(parseQuantity('count', '--concurrency', concurrency)),
  };
};

const valuesOf = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: false }).values;
  } catch (error) {
    const [first] = (error as Error).message.split('. ');
    throw new InputError(
      `${first}. Known options: ${Object.keys(OPTIONS)
        .map((name) => `--${name}`)
        .join(' ')}.`,
    );
  }
};

const positive = (option: string, value: number): number => {
  if (value > 0) return value;
  throw new InputError(`${option}: expected more than 0, got ${value}.`);
};

/** The least that Lambda takes for an SQS event source. */
const atLeastTwo = (value: number): number => {
  if (value >= 2) return value;
  throw new InputError(`--concurrency: expected at least 2, the least of an SQS event source, got ${value}.`);
};
