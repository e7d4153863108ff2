import type { FromSchema, JSONSchema } from 'json-schema-to-ts';

/** Version of `report.json`. It changes when a field is renamed or removed or means something else. */
export const REPORT_VERSION = 1;

const number = (description: string) => ({ type: 'number', description }) as const;
const count = (description: string) => ({ type: 'integer', minimum: 0, description }) as const;
const counts = (description: string) =>
  ({ type: 'object', additionalProperties: { type: 'integer', minimum: 0 }, description }) as const;
const text = (description: string) => ({ type: 'string', description }) as const;

const distribution = (description: string) =>
  ({
    type: 'object',
    description,
    additionalProperties: false,
    required: ['count', 'mean', 'p50', 'p90', 'p95', 'p99', 'p999', 'max'],
    properties: {
      count: count('Values'),
      mean: number('Milliseconds'),
      p50: number('Milliseconds'),
      p90: number('Milliseconds'),
      p95: number('Milliseconds'),
      p99: number('Milliseconds'),
      p999: number('Milliseconds'),
      max: number('Milliseconds'),
    },
  }) as const;

const phase = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'durationMs', 'rateFrom', 'rateTo', 'burst', 'connections', 'churnPerSecond'],
  properties: {
    name: text('As in the scenario'),
    durationMs: number('Milliseconds'),
    rateFrom: number('Messages a second at its start'),
    rateTo: number('Messages a second at its end'),
    burst: count('Messages at once at its start'),
    connections: count('Connections held'),
    churnPerSecond: number('Share of the connections killed each second, 0 to 1'),
  },
} as const;

const queue = {
  type: 'object',
  additionalProperties: false,
  required: ['visible', 'inFlight', 'oldestAgeMs'],
  properties: {
    visible: count('Records that wait'),
    inFlight: count('Records that a function works on'),
    oldestAgeMs: number('Age of the oldest record, milliseconds'),
  },
} as const;

const interval = {
  type: 'object',
  additionalProperties: false,
  required: [
    'second',
    'open',
    'opened',
    'killed',
    'closed',
    'connectFailures',
    'sent',
    'deliveries',
    'duplicates',
    'outOfOrder',
    'overdue',
    'errorFrames',
    'latencyMs',
    'lastClientMs',
    'queues',
    'generator',
  ],
  properties: {
    second: number('Seconds between the start of the first phase and the start of this interval'),
    open: count('Connections open at its end'),
    opened: count('Handshakes that succeeded'),
    killed: count('Connections killed by churn'),
    closed: count('Connections that the target closed'),
    connectFailures: count('Handshakes that failed'),
    sent: count('Messages sent'),
    deliveries: count('First deliveries of a message to a connection'),
    duplicates: count('Further deliveries of the same message to the same connection'),
    outOfOrder: count('Deliveries after a message that was sent later'),
    overdue: count('Deliveries overdue at its end, as estimated while it ran'),
    errorFrames: counts('Error frames by code'),
    latencyMs: {
      description: 'From sending to delivery, of the deliveries of this interval; null without any',
      anyOf: [
        { type: 'null' },
        {
          type: 'object',
          additionalProperties: false,
          required: ['p50', 'p95', 'p99', 'max'],
          properties: { p50: number('ms'), p95: number('ms'), p99: number('ms'), max: number('ms') },
        },
      ],
    },
    lastClientMs: {
      description: 'From sending to the last first delivery, of the messages sent in this interval; null without any',
      anyOf: [
        { type: 'null' },
        {
          type: 'object',
          additionalProperties: false,
          required: ['p50', 'max'],
          properties: { p50: number('ms'), max: number('ms') },
        },
      ],
    },
    queues: {
      type: 'object',
      description: 'By name, at its end. Only where the target tells',
      additionalProperties: queue,
    },
    generator: {
      type: 'object',
      additionalProperties: false,
      required: ['cpu', 'eventLoopDelayMs', 'behindMs', 'machineCpu'],
      properties: {
        cpu: number('Share of a core that the busiest generator process used'),
        eventLoopDelayMs: number('99th percentile of the event loop delay of the slowest process, milliseconds'),
        behindMs: number('Most that a message was sent behind schedule, milliseconds'),
        machineCpu: number('Share of all cores of this machine that was busy, 0 to 1'),
      },
    },
  },
} as const;

/** `report.json`. All seconds count from the start of the first phase, unless their description says otherwise. */
export const reportSchema = {
  type: 'object',
  additionalProperties: false,
  required: [
    'version',
    'startedAt',
    'ended',
    'target',
    'machine',
    'workload',
    'totals',
    'connections',
    'latencyMs',
    'lastClientMs',
    'firstClientMs',
    'handshakeMs',
    'histogram',
    'slow',
    'outages',
    'generator',
    'intervalSeconds',
    'intervals',
    'lossyMessages',
    'batchSizes',
    'account',
    'predictions',
  ],
  properties: {
    version: { type: 'integer', const: REPORT_VERSION, description: 'Of this format' },
    startedAt: text('ISO 8601, start of the first phase'),
    ended: {
      type: 'object',
      additionalProperties: false,
      required: ['reason', 'second', 'detail'],
      properties: {
        reason: { type: 'string', enum: ['finished', 'interrupted', 'target died'], description: 'Why the run ended' },
        second: number('When'),
        detail: text('One sentence, or empty'),
      },
    },
    target: {
      type: 'object',
      additionalProperties: false,
      required: ['url', 'local'],
      properties: {
        url: text('Without query string and credentials'),
        local: { type: 'boolean', description: 'Whether the run started its own local run' },
      },
    },
    machine: {
      type: 'object',
      additionalProperties: false,
      required: ['node', 'platform', 'cpus', 'cpu'],
      properties: {
        node: text('Version'),
        platform: text('OS and architecture'),
        cpus: count('Cores'),
        cpu: text('Model'),
      },
    },
    workload: {
      type: 'object',
      additionalProperties: false,
      required: ['phases', 'connectionsPerSecond', 'sizeBytes', 'slowShare', 'settleMs', 'processes', 'senderIncluded'],
      properties: {
        phases: { type: 'array', items: phase, description: 'In their order' },
        connectionsPerSecond: number('Ramp'),
        sizeBytes: count('Bytes of a message'),
        slowShare: number('Share of connections that read slowly, 0 to 1'),
        settleMs: number('How long a message may take and not count as lost'),
        processes: count('Generator processes'),
        senderIncluded: { type: 'boolean', description: 'Whether a sender expects its own message' },
      },
    },
    totals: {
      type: 'object',
      additionalProperties: false,
      required: [
        'sent',
        'unsent',
        'expected',
        'received',
        'lost',
        'lostEntirely',
        'deliveries',
        'duplicates',
        'outOfOrder',
        'own',
        'refused',
        'cutOff',
        'unsettled',
        'errorFrames',
        'otherFrames',
      ],
      properties: {
        sent: count('Messages'),
        unsent: counts('Messages of the schedule that could not be sent, by reason'),
        expected: count('Deliveries to connections that were present throughout. expected = received + lost'),
        received: count('Of the expected ones, those that came'),
        lost: count('Of the expected ones, those that did not'),
        lostEntirely: count('Messages that reached nobody, without an error frame to the sender'),
        deliveries: count('First deliveries, to connections that were not present throughout too'),
        duplicates: count('Further deliveries of the same message to the same connection'),
        outOfOrder: count('Deliveries after a message that was sent later'),
        own: count('Deliveries of a message to its sender, where it should not get it'),
        refused: count('Messages answered with an error frame that reached nobody; not in expected'),
        cutOff: count('Messages that reached nobody and whose sender lost its connection; not in expected'),
        unsettled: count('Messages sent less than settleMs before the run ended; not in expected'),
        errorFrames: counts('Received, by code'),
        otherFrames: count('Received texts that are neither a message of this run nor an error frame'),
      },
    },
    connections: {
      type: 'object',
      additionalProperties: false,
      required: ['wanted', 'mostOpen', 'opened', 'failed', 'closedByTarget', 'killed', 'rampMs'],
      properties: {
        wanted: count('Most that a phase asks for'),
        mostOpen: count('Most that were open at once'),
        opened: count('Handshakes that succeeded'),
        failed: counts('Handshakes that failed, by status or error code'),
        closedByTarget: counts('By close code'),
        killed: count('By churn'),
        rampMs: number('Until the connections of the first phase were open'),
      },
    },
    latencyMs: distribution('From sending to each delivery. Connections that read slowly are left out'),
    lastClientMs: distribution('From sending to the last delivery, of each message'),
    firstClientMs: distribution('From sending to the first delivery, of each message'),
    handshakeMs: distribution('Of each connection'),
    histogram: {
      type: 'object',
      additionalProperties: false,
      required: ['buckets', 'hdr'],
      description: 'Of latencyMs',
      properties: {
        buckets: {
          type: 'array',
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['fromMs', 'toMs', 'count'],
            properties: { fromMs: number('Above'), toMs: number('Up to'), count: count('Deliveries') },
          },
        },
        hdr: text('HdrHistogram V2, compressed, Base64, in microseconds; empty without deliveries'),
      },
    },
    slow: {
      type: 'object',
      additionalProperties: false,
      required: ['expected', 'lost'],
      properties: { expected: count('Of totals.expected, to slow connections'), lost: count('Of totals.lost') },
    },
    outages: {
      type: 'array',
      description: 'Times at which no connection was open',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['fromSecond', 'toSecond'],
        properties: {
          fromSecond: number('Start'),
          toSecond: { anyOf: [{ type: 'number' }, { type: 'null' }], description: 'null: to the end' },
        },
      },
    },
    generator: {
      type: 'object',
      additionalProperties: false,
      required: ['limited', 'findings', 'cpu', 'eventLoopDelayMs', 'behindMs'],
      properties: {
        limited: { type: 'boolean', description: 'Whether the generator, not the target, limits what was measured' },
        findings: { type: 'array', items: { type: 'string' }, description: 'Why, and what to do' },
        cpu: number('Mean share of a core of all generator processes together'),
        eventLoopDelayMs: number('Median over the intervals'),
        behindMs: number('Most that a message was sent behind schedule'),
      },
    },
    intervalSeconds: number('Length of an interval'),
    intervals: { type: 'array', items: interval },
    lossyMessages: {
      type: 'array',
      description: 'The first 100 messages that somebody did not receive',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['message', 'second', 'expected', 'lost'],
        properties: {
          message: count('Its place in the schedule'),
          second: number('When it was sent'),
          expected: count('Connections'),
          lost: count('Connections'),
        },
      },
    },
    batchSizes: counts('Invocations of the fan-out by how many records they worked on. Only where the target tells'),
    account: counts('Sums of what the fan-out accounted for, by outcome. Only where the target tells'),
    predictions: {
      type: 'array',
      description: 'What the planner expected of this run beside what was measured',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'unit', 'predicted', 'measured'],
        properties: { name: text('What'), unit: text('Unit'), predicted: number('Value'), measured: number('Value') },
      },
    },
  },
} as const satisfies JSONSchema;

export type Report = FromSchema<typeof reportSchema>;
export type ReportInterval = Report['intervals'][number];
export type Distribution = Report['latencyMs'];
