import { readFileSync } from 'node:fs';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { availableParallelism } from 'node:os';
import { MAX_MESSAGE_BYTES } from '../../../schemas/quotas.ts';
import { expecting, type Options, type Parse, pair, UsageError, type Values } from '../../command-line/command.ts';
import { format } from '../text/format.ts';
import { MIN_MESSAGE_BYTES } from '../workload/message-token.ts';
import { quantity } from '../workload/quantity.ts';
import type { Target } from '../workload/target.ts';
import { type ChannelLoad, MAX_SETTLE_MS, type Phase, type Workload } from '../workload/workload.ts';
import { failConditions } from './fail-conditions.ts';
import { churn, connectionCount, readScenario } from './read-scenario.ts';

/** Makes a parser that checks the text of an option and returns it unchanged. */
const checkedText = (expected: string, fits: (given: string) => boolean) =>
  expecting(expected, (given) => (fits(given) ? given : undefined));

const nameAndValue = pair(/^\s*([^:\s]+)\s*:\s*(.*)$/, '"Name: value" such as "Authorization: Bearer …"', true);

const header: Parse<[name: string, value: string]> = (given, name) => {
  const [field, value] = nameAndValue(given, name);
  try {
    validateHeaderName(field);
    validateHeaderValue(field, value);
  } catch {
    throw new UsageError(
      `${name}: expected only characters that are valid in a header, got ${given.length} characters, some of them invalid.`,
    );
  }
  return [field, value];
};

/** Our choice: the cores of a large machine. */
const MAX_PROCESSES = 128;

const FRAME = '{"action":"send-message","message":"{{message}}"}';
/** The schema of the rooms example's channel. */
const CHANNEL_DATA = '{"text":"{{message}}"}';
const ROOMS_MAX_BYTES = 1_000;
/** A frame from a client has at most 32 KB. This leaves room for its other fields. */
const MAX_PUBLISH_BYTES = 31 * 1_024;

const DEFAULT_CONNECTIONS = 200;
const DEFAULT_MEMBERS = 50;
/** Our choice: most clients, because each takes memory. */
const MAX_CHANNEL_CONNECTIONS = 100_000;

/** The options of `npm run load`. */
export const LOAD_OPTIONS = {
  url: {
    type: checkedText('a URL that starts with ws:// or wss://', (given) =>
      /^wss?:$/.test(URL.parse(given)?.protocol ?? ''),
    ),
    value: 'URL',
    help: 'the stage, ws:// or wss://',
  },
  app: {
    type: 'text',
    value: 'COMMAND',
    help: 'run this application here, as middy-fanout local --app does, and load it',
  },
  connections: {
    type: connectionCount,
    value: 'N',
    help: `number of open connections; default ${DEFAULT_CONNECTIONS}`,
  },
  channels: {
    type: quantity('count', (count) => count >= 1, 'at least 1'),
    value: 'N',
    help: 'load N channels room:… with clients of fanout.v1 instead of broadcasts\nwithout --url and --app it starts the rooms example',
  },
  members: {
    type: quantity('count', (count) => count >= 1, 'at least 1'),
    value: 'M',
    help: `clients in each channel, each with its own connection; default ${DEFAULT_MEMBERS}; needs --channels`,
  },
  // `rate` and `duration` have their defaults in `phasesOf`, because they are invalid beside a scenario.
  rate: {
    type: quantity('rate'),
    value: '10/s',
    help: 'messages a second, sent by random connections; with --channels over all channels',
  },
  duration: { type: quantity('duration', (ms) => ms >= 1_000, 'at least 1s'), value: '30s', help: 'how long to send' },
  size: {
    type: quantity(
      'bytes',
      (bytes) => bytes >= MIN_MESSAGE_BYTES && bytes <= MAX_MESSAGE_BYTES,
      `from ${MIN_MESSAGE_BYTES}B (the message's id and time) to ${format.bytes(MAX_MESSAGE_BYTES).replace(' ', '')}`,
    ),
    default: '200B',
    help: 'size of a message, 48B to 128KB',
  },
  ramp: {
    type: quantity('rate', (rate) => rate >= 1, 'at least 1/s'),
    default: '450/s',
    help: 'new connections a second (API Gateway accepts 500 per account and Region)',
  },
  churn: {
    type: churn,
    default: '0%/s',
    value: '2%/s',
    help: 'share of connections closed without a close frame and replaced; with --channels the clients resume',
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
    help: 'YAML file with phases, instead of --rate and --duration; see docs/load-testing.md',
  },
  settle: {
    type: quantity('duration', (ms) => ms >= 100 && ms <= MAX_SETTLE_MS, 'from 100ms to 10m'),
    default: '5s',
    help: 'a delivery that takes longer counts as lost',
  },
  processes: {
    type: quantity(
      'count',
      (count) => count >= 1 && count <= MAX_PROCESSES,
      `from 1 to ${MAX_PROCESSES}, because each takes 50 MB or more`,
    ),
    value: 'N',
    help: 'number of generator processes; default by connections and rate',
  },
  header: {
    type: header,
    repeated: true,
    value: '"Name: value"',
    help: 'header of each handshake, such as Authorization',
  },
  query: {
    type: pair(/^([^=]+)=(.*)$/, 'name=value', true),
    repeated: true,
    value: 'name=value',
    help: 'query parameter to add to the URL, also of the local run',
  },
  subprotocol: {
    type: checkedText('a name without spaces and separators', (given) => /^[\w!#$%&'*+.^`|~-]+$/.test(given)),
    value: 'NAME',
    help: 'subprotocol to request in each handshake',
  },
  frame: {
    type: checkedText(
      'text that contains {{message}} exactly once',
      (given) => given.split('{{message}}').length === 2,
    ),
    value: 'TEXT',
    help: `frame that sends a message, with {{message}} exactly once\ndefault ${FRAME}\nwith --channels the JSON of data, default ${CHANNEL_DATA}`,
  },
  'sender-included': { type: 'flag', help: 'expect each message at its sender too' },
  fault: {
    type: 'text',
    repeated: true,
    value: 'SPEC',
    help: 'fault to inject into the local run; see npm start -- --help',
  },
  cold: { type: 'flag', help: 'skip warm-up and prediction (implied by --fault)' },
  out: { type: 'text', default: 'load-report', help: 'folder for report.json and report.html' },
  compare: { type: 'text', value: 'FILE', help: 'report.json of an earlier run to compare with' },
  'fail-on': {
    type: failConditions,
    repeated: true,
    value: 'CONDITIONS',
    help: 'exit with 1 if one of these is met, such as "lost>0,p99>250ms"',
  },
} as const satisfies Options;

export type LoadOptions = Values<typeof LOAD_OPTIONS>;

/** A run, without the URL of its target: that is in the options or comes from the local run. */
export interface Load {
  target: Omit<Target, 'url'>;
  workload: Workload;
  /** Generator processes. */
  processes: number;
}

/** @throws {UsageError} if options exclude each other or the scenario is invalid. */
export const loadOf = (options: LoadOptions): Load => {
  const { url, app, fault, header, senderIncluded, ramp, size, slow, settle } = options;
  if (fault.length > 0 && url !== undefined)
    throw new UsageError(
      `--fault and --url exclude each other: faults are injected into the local run. Got --url ${url}.`,
    );
  if (app !== undefined && url !== undefined)
    throw new UsageError(`--app and --url exclude each other: --app runs the target here. Got --url ${url}.`);
  const channels = channelLoadOf(options);
  const phases = phasesOf(options, channels ? channels.channels * channels.members : options.connections);
  const subprotocol = channels ? 'fanout.v1' : options.subprotocol;
  return {
    target: {
      headers: Object.fromEntries(header),
      ...(subprotocol !== undefined && { subprotocol }),
      frame: options.frame ?? (channels ? CHANNEL_DATA : FRAME),
      senderIncluded: senderIncluded || channels !== undefined,
    },
    workload: {
      ...{ phases, connectionsPerSecond: ramp, sizeBytes: size, slowShare: slow, settleMs: settle },
      ...(channels && { channels }),
    },
    processes: channels
      ? channelProcessesOf(options.processes, phases, channels)
      : processesOf(options.processes, phases),
  };
};

const NOT_WITH_CHANNELS = {
  connections: 'each member of a channel has its own: give --members',
  scenario: 'the rate of channels does not change during a run: give --rate and --duration',
  slow: 'a slow client looks like one that lost messages',
  subprotocol: 'the clients speak fanout.v1. For a protected stage give --header or --query',
  senderIncluded: 'a publisher always receives its own message',
} as const;

/** @throws {UsageError} if there are members without channels, or an option that channels do not have. */
const channelLoadOf = (options: LoadOptions): ChannelLoad | undefined => {
  const { channels, members = DEFAULT_MEMBERS, frame, size, url, app } = options;
  if (channels === undefined) {
    if (options.members === undefined) return undefined;
    throw new UsageError('--members: these are the clients in each channel, so give --channels N too.');
  }
  for (const [name, why] of Object.entries(NOT_WITH_CHANNELS))
    if (options[name as keyof typeof NOT_WITH_CHANNELS])
      throw new UsageError(
        `--${name === 'senderIncluded' ? 'sender-included' : name} and --channels exclude each other: ${why}.`,
      );
  if (channels * members < 2 || channels * members > MAX_CHANNEL_CONNECTIONS)
    throw new UsageError(
      `--channels: expected channels × members from 2 to ${format.number(MAX_CHANNEL_CONNECTIONS)}, got ${channels} × ${members}.`,
    );
  const most = url === undefined && app === undefined ? ROOMS_MAX_BYTES : MAX_PUBLISH_BYTES;
  if (size > most)
    throw new UsageError(
      `--size: expected at most ${most}B with --channels${most === ROOMS_MAX_BYTES ? ', as a room of the rooms example takes' : ''}, got ${size}B.`,
    );
  if (frame !== undefined && !isJson(frame))
    throw new UsageError(`--frame: expected with --channels the JSON of data, such as ${CHANNEL_DATA}, got ${frame}.`);
  return { channels, members };
};

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text.replace('{{message}}', ''));
    return true;
  } catch {
    return false;
  }
};

/** Our choice: a client costs more than a plain connection. */
const CLIENTS_A_PROCESS = 1_000;
const CLIENT_DELIVERIES_A_PROCESS = 5_000;

/** All members of a channel are in one process. */
const channelProcessesOf = (
  given: number | undefined,
  phases: readonly Phase[],
  { channels, members }: ChannelLoad,
): number => {
  if (given !== undefined && given > channels)
    throw new UsageError(`--processes: expected at most one a channel, which is ${channels}, got ${given}.`);
  const rate = Math.max(...phases.map(({ rateTo }) => rateTo));
  const needed = Math.max((channels * members) / CLIENTS_A_PROCESS, (rate * members) / CLIENT_DELIVERIES_A_PROCESS, 1);
  return given ?? Math.min(channels, availableParallelism(), Math.ceil(needed));
};

const phasesOf = (options: LoadOptions, connections = DEFAULT_CONNECTIONS): Phase[] => {
  const { scenario, churn: churnPerSecond, rate = 10, duration: durationMs = 30_000 } = options;
  if (scenario === undefined) {
    return [{ name: 'steady', durationMs, rateFrom: rate, rateTo: rate, burst: 0, connections, churnPerSecond }];
  }
  for (const name of ['rate', 'duration'] as const) {
    if (options[name] !== undefined)
      throw new UsageError(
        `--${name} and --scenario exclude each other: write the ${name} into the phases of the scenario.`,
      );
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

/** Our choice, well below the most that one process handles. */
const CONNECTIONS_A_PROCESS = 5_000;
const DELIVERIES_A_PROCESS = 15_000;

/** Each process needs a connection in each phase, to send its share of the messages. */
const processesOf = (given: number | undefined, phases: readonly Phase[]): number => {
  const fewestConnections = Math.min(...phases.map(({ connections }) => connections));
  if (given === undefined) return Math.min(fewestConnections, processesFor(phases));
  if (given <= fewestConnections) return given;
  throw new UsageError(`--processes: expected at most one a connection, which is ${fewestConnections}, got ${given}.`);
};

const processesFor = (phases: readonly Phase[]): number => {
  const needed = phases.map(({ connections, rateFrom, rateTo }) =>
    Math.max(connections / CONNECTIONS_A_PROCESS, (connections * Math.max(rateFrom, rateTo)) / DELIVERIES_A_PROCESS),
  );
  return Math.min(availableParallelism(), Math.max(1, Math.ceil(Math.max(...needed))));
};
