import fc from 'fast-check';

/** A connection. All times are milliseconds from the start of the run. */
export interface ScenarioConnection {
  connectsAt: number;
  /** How long the handshake takes after the row was written. */
  handshakeMs: number;
  leavesAt: number;
  /** Until then it reads so slowly that every post gets 429. */
  slowUntil: number;
  /** Its row holds an id that API Gateway calls invalid (400). */
  malformed: boolean;
  /** When its token and its row expire. */
  expiresAt: number;
  /** API Gateway answers 413 for every message to it. */
  narrow: boolean;
  /** The format of its row: as this framework writes it, or as other code does. */
  row: 'standard' | 'milliseconds' | 'fraction' | 'text' | 'negative';
}

export interface ScenarioBroadcast {
  sentAt: number;
  lifeMs: number;
  /** Index of the connection that sent it. */
  sender: number;
  /** API Gateway answers 413 for it. */
  tooLarge: boolean;
}

/** A period in which a share of the calls fails. */
export interface ScenarioFault {
  kind: 'throttled' | 'failed' | 'reset' | 'hang' | 'forbidden' | 'scan' | 'delete' | 'send' | 'dead-letter';
  from: number;
  forMs: number;
  share: number;
}

export interface Scenario {
  seed: number;
  connections: ScenarioConnection[];
  broadcasts: ScenarioBroadcast[];
  faults: ScenarioFault[];
  /** Ordinals of calls to AWS in the run during which the function is killed, before or after the effect. */
  kills: { call: number; after: boolean }[];
  /** Ordinals of messages that SQS delivers twice, and the delay of the second delivery. */
  twice: { message: number; delayMs: number }[];
  /** Ordinals of invocations that begin with little time left, and that time in milliseconds. */
  starved: { invocation: number; leftMs: number }[];
  /** Ordinals of messages that SQS delivers late. */
  late: { message: number; delayMs: number }[];
  pageRows: number;
  postsPerSecond: number;
  targetMs: number;
  latencyMs: number;
}

const NEVER = 1e12;
/** Faults end before a segment has used its attempts up, which takes at least a minute and a half. */
const FAULTS_END_MS = 60_000;

const ms = (max: number) => fc.integer({ min: 0, max });
/** The usual value in four of five cases. */
const rarely = <T>(usual: T, arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary });

const connection: fc.Arbitrary<ScenarioConnection> = fc.record({
  connectsAt: rarely(0, ms(8_000)),
  handshakeMs: rarely(0, ms(29_000)),
  leavesAt: rarely(NEVER, ms(20_000)),
  slowUntil: rarely(0, fc.constantFrom(2_000, 20_000, NEVER)),
  malformed: rarely(false, fc.boolean()),
  expiresAt: rarely(NEVER, ms(20_000)),
  narrow: rarely(false, fc.boolean()),
  row: rarely('standard', fc.constantFrom('milliseconds', 'fraction', 'text', 'negative')),
});

const broadcast: fc.Arbitrary<ScenarioBroadcast> = fc.record({
  sentAt: ms(10_000),
  lifeMs: rarely(600_000, ms(20_000)),
  sender: ms(20),
  tooLarge: rarely(false, fc.boolean()),
});

const fault: fc.Arbitrary<ScenarioFault> = fc
  .record({
    kind: fc.constantFrom<ScenarioFault['kind'][]>(
      'throttled',
      'failed',
      'reset',
      'hang',
      'forbidden',
      'scan',
      'delete',
      'send',
      'dead-letter',
    ),
    from: ms(15_000),
    forMs: fc.constantFrom(1_000, 10_000, 40_000),
    share: fc.constantFrom(0.05, 0.3, 1),
  })
  .filter(({ from, forMs }) => from + forMs <= FAULTS_END_MS);

/** Any course of events for a few connections and broadcasts. */
export const scenario: fc.Arbitrary<Scenario> = fc.record({
  seed: fc.integer(),
  connections: fc.array(connection, { maxLength: 10 }),
  broadcasts: fc.array(broadcast, { minLength: 1, maxLength: 4 }),
  faults: fc.array(fault, { maxLength: 3 }),
  kills: rarely<Scenario['kills']>(
    [],
    fc.array(fc.record({ call: fc.integer({ min: 1, max: 60 }), after: fc.boolean() }), { maxLength: 3 }),
  ),
  twice: rarely<Scenario['twice']>(
    [],
    fc.array(fc.record({ message: ms(8), delayMs: ms(20_000) }), { minLength: 1, maxLength: 2 }),
  ),
  late: fc.array(fc.record({ message: ms(8), delayMs: ms(20_000) }), { maxLength: 1 }),
  starved: rarely<Scenario['starved']>(
    [],
    fc.array(fc.record({ invocation: ms(8), leftMs: fc.constantFrom(0, 20, 200, 499) }), { maxLength: 2 }),
  ),
  pageRows: fc.integer({ min: 1, max: 5 }),
  postsPerSecond: fc.constantFrom(3, 50, 4_000),
  targetMs: fc.constantFrom(1_000, 5_000),
  latencyMs: fc.constantFrom(1, 20, 300),
});
