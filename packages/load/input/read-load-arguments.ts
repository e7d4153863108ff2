import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { MAX_MESSAGE_BYTES } from '../../../schemas/quotas.ts';
import { format } from '../text/format.ts';
import { InputError } from '../workload/input-error.ts';
import { MIN_MESSAGE_BYTES } from '../workload/message-token.ts';
import { parseQuantity } from '../workload/parse-quantity.ts';
import type { Phase } from '../workload/phase.ts';
import { failConditions } from './fail-conditions.ts';
import type { LoadArguments } from './load-arguments.ts';
import { readScenario } from './read-scenario.ts';

const OPTIONS = {
  url: { type: 'string' },
  connections: { type: 'string', default: '200' },
  rate: { type: 'string' },
  duration: { type: 'string' },
  size: { type: 'string', default: '200B' },
  ramp: { type: 'string', default: '450/s' },
  churn: { type: 'string', default: '0%/s' },
  slow: { type: 'string', default: '0%' },
  scenario: { type: 'string' },
  settle: { type: 'string', default: '5s' },
  processes: { type: 'string' },
  header: { type: 'string', multiple: true },
  query: { type: 'string', multiple: true },
  subprotocol: { type: 'string' },
  frame: { type: 'string', default: '{"action":"send-message","message":"{{message}}"}' },
  'sender-included': { type: 'boolean', default: false },
  fault: { type: 'string', multiple: true },
  cold: { type: 'boolean', default: false },
  out: { type: 'string', default: 'load-report' },
  compare: { type: 'string' },
  'fail-on': { type: 'string' },
} as const;

/** One process keeps up with so many, with room to spare. */
const CONNECTIONS_A_PROCESS = 5_000;
const DELIVERIES_A_PROCESS = 15_000;

type Values = ReturnType<typeof valuesOf>;

/**
 * Reads the options of `npm run load`.
 * @throws {InputError} naming the option, what was given and what is expected.
 */
export const readLoadArguments = (args: readonly string[]): LoadArguments => {
  const values = valuesOf(args);
  const phases = phasesOf(values);
  return {
    url: values.url === undefined ? undefined : urlOf(values.url),
    query: (values.query ?? []).map((pair) => pairOf('--query', pair, '=', 'name=value')),
    target: {
      headers: headersOf(values.header ?? []),
      ...(values.subprotocol !== undefined && { subprotocol: values.subprotocol }),
      frame: frameOf(values.frame),
      senderIncluded: values['sender-included'],
    },
    workload: {
      phases,
      connectionsPerSecond: atLeast('--ramp', parseQuantity('rate', '--ramp', values.ramp), 1, '1/s'),
      sizeBytes: sizeOf(values.size),
      slowShare: atMost('--slow', parseQuantity('share', '--slow', values.slow), 1, '100%'),
      settleMs: atLeast('--settle', parseQuantity('duration', '--settle', values.settle), 100, '100ms'),
    },
    processes:
      values.processes === undefined
        ? processesFor(phases)
        : atLeast('--processes', parseQuantity('count', '--processes', values.processes), 1, '1'),
    faults: faultsOf(values),
    cold: values.cold,
    out: values.out,
    compare: values.compare,
    failOn: values['fail-on'] === undefined ? [] : failConditions(values['fail-on']),
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

const phasesOf = (values: Values): Phase[] => {
  const connections = atLeast(
    '--connections',
    parseQuantity('count', '--connections', values.connections),
    2,
    '2: a sender and who receives',
  );
  const churnPerSecond = parseQuantity('shareRate', '--churn', values.churn);
  if (values.scenario !== undefined) {
    for (const name of ['rate', 'duration'] as const) {
      if (values[name] !== undefined)
        throw new InputError(`--${name}: expected in the phases of the scenario, got ${values[name]} beside it.`);
    }
    return readScenario(values.scenario, textOf(values.scenario), { connections, churnPerSecond });
  }
  const rate = parseQuantity('rate', '--rate', values.rate ?? '10/s');
  const durationMs = atLeast(
    '--duration',
    parseQuantity('duration', '--duration', values.duration ?? '30s'),
    1_000,
    '1s',
  );
  return [{ name: 'steady', durationMs, rateFrom: rate, rateTo: rate, burst: 0, connections, churnPerSecond }];
};

const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new InputError(`--scenario: expected a YAML file, got ${file}: ${(error as Error).message}.`);
  }
};

const faultsOf = ({ fault = [], url }: Values): string[] => {
  if (fault.length === 0 || url === undefined) return fault;
  throw new InputError(`--fault: expected no --url beside it, because faults are the local run's, got ${url}.`);
};

const urlOf = (text: string): string => {
  if (/^wss?:$/.test(URL.parse(text)?.protocol ?? '')) return text;
  throw new InputError(`--url: expected a URL that starts with ws:// or wss://, got ${JSON.stringify(text)}.`);
};

const headersOf = (texts: readonly string[]): Record<string, string> =>
  Object.fromEntries(texts.map((text) => pairOf('--header', text, ':', '"Authorization: Bearer …"')));

/** The value is not shown: it may be a token. */
const pairOf = (option: string, text: string, separator: string, expected: string): [name: string, value: string] => {
  const at = text.indexOf(separator);
  if (at < 1)
    throw new InputError(
      `${option}: expected ${expected}, got a text of ${text.length} characters without ${JSON.stringify(separator)}.`,
    );
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
};

const frameOf = (text: string): string => {
  if (text.split('{{message}}').length === 2) return text;
  throw new InputError(`--frame: expected a text with {{message}} in it once, got ${JSON.stringify(text)}.`);
};

const sizeOf = (text: string): number => {
  const bytes = parseQuantity('bytes', '--size', text);
  if (bytes >= MIN_MESSAGE_BYTES && bytes <= MAX_MESSAGE_BYTES) return bytes;
  const range = `${MIN_MESSAGE_BYTES}B (the message's id and time) to ${format.bytes(MAX_MESSAGE_BYTES).replace(' ', '')}`;
  throw new InputError(`--size: expected ${range}, got ${text}.`);
};

const atLeast = (option: string, value: number, least: number, shown: string): number => {
  if (value >= least) return value;
  throw new InputError(`${option}: expected at least ${shown}, got ${value}.`);
};

const atMost = (option: string, value: number, most: number, shown: string): number => {
  if (value <= most) return value;
  throw new InputError(`${option}: expected at most ${shown}, got ${format.share(value)}.`);
};

const processesFor = (phases: readonly Phase[]): number => {
  const needed = phases.map(({ connections, rateFrom, rateTo }) =>
    Math.max(connections / CONNECTIONS_A_PROCESS, (connections * Math.max(rateFrom, rateTo)) / DELIVERIES_A_PROCESS),
  );
  return Math.min(availableParallelism(), Math.max(1, Math.ceil(Math.max(...needed))));
};
