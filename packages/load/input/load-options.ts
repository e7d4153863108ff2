import { readFileSync } from 'node:fs';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { availableParallelism } from 'node:os';
import { MAX_MESSAGE_BYTES } from '../../../schemas/quotas.ts';
import { expecting, type Options, type Parse, pair, UsageError, type Values } from '../../command-line/command.ts';
import { format } from '../text/format.ts';
import { MIN_MESSAGE_BYTES } from '../workload/message-token.ts';
import { quantity } from '../workload/quantity.ts';
import type { Target } from '../workload/target.ts';
import { MAX_SETTLE_MS, type Phase, type Workload } from '../workload/workload.ts';
import { failConditions } from './fail-conditions.ts';
import { churn, connectionCount, readScenario } from './read-scenario.ts';

/** Whether a text may be what `expected` says, which stays a text. */
const textThat = (expected: string, fits: (given: string) => boolean) =>
  expecting(expected, (given) => (fits(given) ? given : undefined));

const nameAndValue = pair(/^\s*([^:\s]+)\s*:\s*(.*)$/, '"Name: value" such as "Authorization: Bearer …"', true);

const header: Parse<[name: string, value: string]> = (given, name) => {
  const [field, value] = nameAndValue(given, name);
  try {
    validateHeaderName(field);
    validateHeaderValue(field, value);
  } catch {
    throw new UsageError(
      `${name}: expected characters that a header may have, got others in a text of ${given.length}.`,
    );
  }
  return [field, value];
};

/** As many as a large machine has cores. */
const MOST_PROCESSES = 128;

const FRAME = '{"action":"send-message","message":"{{message}}"}';

/** What `npm run load` takes. */
export const LOAD_OPTIONS = {
  url: {
    type: textThat('a URL that starts with ws:// or wss://', (given) =>
      /^wss?:$/.test(URL.parse(given)?.protocol ?? ''),
    ),
    value: 'URL',
    help: 'ws:// or wss:// of the stage',
  },
  app: {
    type: 'text',
    value: 'COMMAND',
    help: 'runs this application here and loads it, as middy-fanout local --app does',
  },
  connections: { type: connectionCount, default: '200', help: 'held during the run' },
  // No defaults in the table: beside a scenario neither may be given. See `phasesOf`.
  rate: { type: quantity('rate'), value: '10/s', help: 'messages a second, by senders among the connections' },
  duration: { type: quantity('duration', (ms) => ms >= 1_000, 'at least 1s'), value: '30s', help: 'of the sending' },
  size: {
    type: quantity(
      'bytes',
      (bytes) => bytes >= MIN_MESSAGE_BYTES && bytes <= MAX_MESSAGE_BYTES,
      `from ${MIN_MESSAGE_BYTES}B (the message's id and time) to ${format.bytes(MAX_MESSAGE_BYTES).replace(' ', '')}`,
    ),
    default: '200B',
    help: 'of a message, 48B to 128KB',
  },
  ramp: {
    type: quantity('rate', (rate) => rate >= 1, 'at least 1/s'),
    default: '450/s',
    help: 'new connections a second (API Gateway takes 500 per account and Region)',
  },
  churn: {
    type: churn,
    default: '0%/s',
    value: '2%/s',
    help: 'share of connections killed without a close frame and replaced',
  },
  slow: {
    type: quantity('share', (share) => share <= 1, 'at most 100%'),
    default: '0%',
    value: '5%',
    help: 'share of connections that read only 50 ms of each second',
  },
  scenario: {
    type: 'text',
    value: 'FILE',
    help: 'phases in YAML instead of --rate and --duration, see docs/load-testing.md',
  },
  settle: {
    type: quantity('duration', (ms) => ms >= 100 && ms <= MAX_SETTLE_MS, 'from 100ms to 10m'),
    default: '5s',
    help: 'how long a message may take and not count as lost',
  },
  processes: {
    type: quantity(
      'count',
      (count) => count >= 1 && count <= MOST_PROCESSES,
      `from 1 to ${MOST_PROCESSES}: each takes 50 MB and more`,
    ),
    value: 'N',
    help: 'generator processes; default by connections and rate',
  },
  header: {
    type: header,
    repeated: true,
    value: '"Name: value"',
    help: 'with each handshake, such as Authorization',
  },
  query: {
    type: pair(/^([^=]+)=(.*)$/, 'name=value', true),
    repeated: true,
    value: 'name=value',
    help: "added to the URL, the local run's too",
  },
  subprotocol: {
    type: textThat('a name without spaces and separators', (given) => /^[\w!#$%&'*+.^`|~-]+$/.test(given)),
    value: 'NAME',
    help: 'asked for in each handshake',
  },
  frame: {
    type: textThat('a text with {{message}} in it once', (given) => given.split('{{message}}').length === 2),
    default: FRAME,
    value: 'TEXT',
    help: `frame that sends a message, {{message}} once in it\ndefault ${FRAME}`,
  },
  'sender-included': { type: 'flag', help: 'the sender expects its own message' },
  fault: {
    type: 'text',
    repeated: true,
    value: 'SPEC',
    help: 'what the local run breaks on purpose, as npm start takes it',
  },
  cold: { type: 'flag', help: 'skip warm-up and prediction (implied by --fault)' },
  out: { type: 'text', default: 'load-report', help: 'folder of report.json and report.html' },
  compare: { type: 'text', value: 'FILE', help: 'a report.json to compare with' },
  'fail-on': {
    type: failConditions,
    repeated: true,
    value: 'CONDITIONS',
    help: 'such as "lost>0,p99>250ms": exit code 1 if one is met',
  },
} as const satisfies Options;

export type LoadOptions = Values<typeof LOAD_OPTIONS>;

/** What a run does. Its target's URL is that of the options, or the local run's. */
export interface Load {
  target: Omit<Target, 'url'>;
  workload: Workload;
  /** Generator processes. */
  processes: number;
}

/** @throws {UsageError} if options do not go together, or the scenario cannot be read. */
export const loadOf = (options: LoadOptions): Load => {
  const { url, app, fault, header, subprotocol, frame, senderIncluded, ramp, size, slow, settle } = options;
  if (fault.length > 0 && url !== undefined)
    throw new UsageError(`--fault: expected no --url beside it, because faults are the local run's, got ${url}.`);
  if (app !== undefined && url !== undefined)
    throw new UsageError(`--app: expected no --url beside it, because it runs the target here, got ${url}.`);
  const phases = phasesOf(options);
  return {
    target: {
      headers: Object.fromEntries(header),
      ...(subprotocol !== undefined && { subprotocol }),
      frame,
      senderIncluded,
    },
    workload: { phases, connectionsPerSecond: ramp, sizeBytes: size, slowShare: slow, settleMs: settle },
    processes: processesOf(options.processes, phases),
  };
};

const phasesOf = (options: LoadOptions): Phase[] => {
  const { scenario, connections, churn: churnPerSecond, rate = 10, duration: durationMs = 30_000 } = options;
  if (scenario === undefined) {
    return [{ name: 'steady', durationMs, rateFrom: rate, rateTo: rate, burst: 0, connections, churnPerSecond }];
  }
  for (const name of ['rate', 'duration'] as const) {
    if (options[name] !== undefined)
      throw new UsageError(`--${name}: expected in the phases of the scenario, not beside --scenario.`);
  }
  return readScenario(scenario, textOf(scenario), { connections, churnPerSecond });
};

const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`--scenario: expected a YAML file, got ${file}: ${(error as Error).message}.`);
  }
};

/** One process keeps up with so many, with room to spare. */
const CONNECTIONS_A_PROCESS = 5_000;
const DELIVERIES_A_PROCESS = 15_000;

/** Each has a connection in each phase: one without any could not send its share of the messages. */
const processesOf = (given: number | undefined, phases: readonly Phase[]): number => {
  const fewest = Math.min(...phases.map(({ connections }) => connections));
  if (given === undefined) return Math.min(fewest, processesFor(phases));
  if (given <= fewest) return given;
  throw new UsageError(`--processes: expected no more than there are connections, which is ${fewest}, got ${given}.`);
};

const processesFor = (phases: readonly Phase[]): number => {
  const needed = phases.map(({ connections, rateFrom, rateTo }) =>
    Math.max(connections / CONNECTIONS_A_PROCESS, (connections * Math.max(rateFrom, rateTo)) / DELIVERIES_A_PROCESS),
  );
  return Math.min(availableParallelism(), Math.max(1, Math.ceil(Math.max(...needed))));
};
