import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Draft } from '../../../../../packages/local/engines/sqs/message.ts';
import { Queue } from '../../../../../packages/local/engines/sqs/queue.ts';
import { type ModelOptions, QueueModel } from './queue-model.ts';

type Step =
  | { do: 'send'; group: string; deduplicationId: string; delayMs: number; faultDelayMs: number }
  | { do: 'receive'; most: number; visibilityMs: number }
  | { do: 'delete'; which: number }
  | { do: 'change'; which: number; visibilityMs: number }
  | { do: 'release'; which: number }
  | { do: 'wait'; ms: number };

const DEAD_ARN = 'arn:aws:sqs:us-east-1:123456789012:dead';
const DAY_MS = 86_400_000;

const visibilityMs = fc.constantFrom(0, 10_000, 30_000);
const which = fc.nat({ max: 1_000 });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('send' as const),
        group: fc.constantFrom('a', 'b', 'c'),
        deduplicationId: fc.oneof(fc.constantFrom('x', 'y', 'z'), fc.uuid()),
        delayMs: fc.constantFrom(0, 0, 5_000, 60_000),
        faultDelayMs: fc.constantFrom(0, 0, 0, 10_000),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('receive' as const),
        most: fc.integer({ min: 1, max: 10 }),
        visibilityMs,
      }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('delete' as const), which }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('change' as const), which, visibilityMs }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('release' as const), which }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('wait' as const),
        ms: fc.constantFrom(1, 4_999, 5_000, 10_000, 30_000, 240_000, 300_000),
      }),
    },
  ),
  { maxLength: 80, size: 'max' },
);

interface RunOptions extends ModelOptions {
  delayMs: number;
}

/** A queue, its dead-letter queue and its model. Each step runs on all of them and compares them. */
class Run {
  nowMs = 1_800_000_000_000;
  readonly model: QueueModel;
  readonly dead: Queue;
  readonly queue: Queue;
  readonly handles: string[] = [];
  readonly #isFifo: boolean;
  readonly #delayMs: number;
  #ids = 0;
  #known = 0;

  constructor(options: RunOptions) {
    this.#isFifo = options.isFifo;
    this.#delayMs = options.delayMs;
    this.model = new QueueModel(options);
    const now = () => this.nowMs;
    const newId = () => `id-${++this.#ids}`;
    const kind = options.isFifo ? { FifoQueue: 'true' } : {};
    const retention = { MessageRetentionPeriod: '1209600' };
    this.dead = new Queue({ arn: DEAD_ARN, attributes: { ...kind, ...retention }, now, newId });
    this.queue = new Queue({
      arn: 'arn:aws:sqs:us-east-1:123456789012:jobs',
      attributes: {
        ...{ ...kind, ...retention },
        DelaySeconds: String(options.delayMs / 1_000),
        ...(options.deduplicatesByGroup && { DeduplicationScope: 'messageGroup' }),
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn: DEAD_ARN, maxReceiveCount: options.maxReceiveCount }),
      },
      now,
      newId,
      findQueue: (arn) => (arn === DEAD_ARN ? this.dead : undefined),
    });
  }

  step(step: Step): void {
    if (step.do === 'wait') this.nowMs += step.ms;
    if (step.do === 'send') this.#send(step);
    if (step.do === 'receive') this.receive(step.most, step.visibilityMs);
    const handle = 'which' in step ? this.handles[step.which % this.handles.length] : undefined;
    if (step.do === 'delete' && handle !== undefined)
      expect(this.queue.delete(handle)).toBe(this.model.delete(this.nowMs, handle));
    if (step.do === 'release' && handle !== undefined) {
      this.model.release(this.nowMs, handle);
      this.queue.release([handle]);
    }
    if (step.do === 'change' && handle !== undefined) {
      const expected = this.model.changeVisibility(this.nowMs, handle, step.visibilityMs);
      expect(this.queue.changeVisibility(handle, step.visibilityMs)).toBe(expected);
    }
    expect(this.queue.counts()).toMatchObject(this.model.counts(this.nowMs));
  }

  receive(most: number, visibilityMs: number): number {
    const given = this.queue.receive(most, visibilityMs);
    const known = new Set(this.model.dead);
    const moved = [...this.dead.messages()].map(({ message }) => message.messageId).filter((id) => !known.has(id));
    expect(this.model.receive(this.nowMs, most, visibilityMs, given, moved)).toEqual([]);
    this.handles.push(...given.map(({ receiptHandle }) => receiptHandle));
    return given.length + moved.length;
  }

  /** Receives all remaining messages, so that a lost message is noticed. */
  drain(): void {
    for (let isEmpty = false; !isEmpty; ) {
      this.nowMs += DAY_MS / 24;
      isEmpty = this.receive(10, 30_000) === 0;
      for (const handle of this.handles.splice(0)) {
        expect(this.queue.delete(handle)).toBe(this.model.delete(this.nowMs, handle));
      }
    }
    expect(this.model.messages).toEqual([]);
    expect(this.queue.counts()).toEqual({ visible: 0, delayed: 0, inFlight: 0 });
  }

  #send({ group, deduplicationId, delayMs, faultDelayMs }: Extract<Step, { do: 'send' }>): void {
    const original = this.model.original(this.nowMs, group, deduplicationId);
    const draft: Draft = { body: 'x', md5OfBody: '', messageAttributes: {}, senderId: '' };
    const fifo = { groupId: group, deduplicationId };
    const delays = { faultDelayMs, ...(!this.#isFifo && { delayMs }) };
    const sent = this.queue.send({ ...draft, ...(this.#isFifo && fifo) }, delays);
    if (original !== undefined) {
      expect(sent.messageId).toBe(original);
      return;
    }
    const delay = (this.#isFifo ? this.#delayMs : delayMs) + faultDelayMs;
    this.model.send(this.nowMs, sent.messageId, group, deduplicationId, delay);
    if (!this.#isFifo) return;
    const sequence = Number(sent.sequenceNumber?.slice(1));
    expect(sent.sequenceNumber).toMatch(/^\d{20}$/);
    expect(sequence).toBeGreaterThan(this.#known);
    this.#known = sequence;
  }
}

const options = (isFifo: boolean): fc.Arbitrary<RunOptions> =>
  fc.record({
    isFifo: fc.constant(isFifo),
    maxReceiveCount: fc.integer({ min: 1, max: 4 }),
    delayMs: fc.constantFrom(0, 0, 5_000),
    deduplicatesByGroup: fc.constant(false),
    ...(isFifo && { deduplicatesByGroup: fc.boolean() }),
  });

it.each([
  ['a standard queue', false],
  ['a FIFO queue', true],
])('%s behaves like its model for any sequence of sends, receives, deletes, changes and waits', (_, isFifo) => {
  fc.assert(
    fc.property(options(isFifo), steps, (runOptions, sequence) => {
      const run = new Run(runOptions);
      for (const step of sequence) run.step(step);
      run.drain();
    }),
    { numRuns: 200 },
  );
});
