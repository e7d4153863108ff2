import type { ReceivedMessage } from '../engines/engine-protocol.ts';
import type { QueueAccess } from '../engines/start-engines.ts';
import type { EventSource, Invoker, LambdaFunction } from '../model/application.ts';
import type { Clock } from '../runtime/clock.ts';
import { failedMessages } from './failed-messages.ts';
import { gatherBatch } from './gather-batch.ts';
import { isRecursiveLoop, nextTraceHeader } from './trace-lineage.ts';

/** Lambda begins with five concurrent batches and adds up to 300 a minute. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html */
const INITIAL_CONCURRENCY = 5;
const ADDED_CONCURRENCY = 5;
const ADDED_AFTER_MS = 1_000;
const MAX_CONCURRENCY = 1_250;

export interface MappingOptions {
  source: EventSource;
  /** Asked at each batch: a reload may change it. */
  definition: () => LambdaFunction;
  invoker: Invoker;
  queues: QueueAccess;
  clock: Clock;
  log: (line: string) => void;
}

/** One queue → function mapping: polls from each start until the next stop. */
export class EventSourceMapping {
  readonly #options: MappingOptions;
  readonly #running = new Set<Promise<void>>();
  readonly #left: ReceivedMessage[] = [];
  readonly #maxConcurrency: number;
  #concurrency: number;
  /** When it last grew, or had room. */
  #grownAtMs = 0;
  #polling = Promise.resolve();
  #stopped = true;

  constructor(options: MappingOptions) {
    this.#options = options;
    this.#maxConcurrency = options.source.maximumConcurrency ?? MAX_CONCURRENCY;
    this.#concurrency = Math.min(INITIAL_CONCURRENCY, this.#maxConcurrency);
  }

  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#polling = this.#polling.then(() => this.#poll());
  }

  /** Receives nothing more, and waits for the batches that are being run. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const { source, queues } = this.#options;
    await queues.wake(source.queueArn).catch(() => {}); // the queues may have ended before
    await this.#polling;
    await Promise.all(this.#running);
  }

  async #poll(): Promise<void> {
    const { source, queues } = this.#options;
    const isFifo = source.queueArn.endsWith('.fifo');
    const limits = {
      queueArn: source.queueArn,
      batchSize: source.batchSize,
      windowMs: source.batchingWindowSeconds * 1_000,
    };
    while (!this.#stopped) {
      await this.#untilRoom();
      if (this.#stopped) break;
      const batch = await gatherBatch(queues, limits, this.#left, () => this.#stopped).catch((error: Error) =>
        this.#giveUp(error),
      );
      if (this.#stopped) this.#left.push(...batch);
      else if (batch.length > 0) this.#begin(batch);
      // It must not run beside what comes before it in its group: the queue holds it back until then.
      if (isFifo) await this.#releaseLeft();
    }
    await this.#releaseLeft();
  }

  async #releaseLeft(): Promise<void> {
    const { source, queues } = this.#options;
    const unused = this.#left.splice(0).map(({ receiptHandle }) => receiptHandle);
    if (unused.length > 0) await queues.release(source.queueArn, unused).catch(() => {}); // as in stop
  }

  #giveUp(error: Error): [] {
    if (!this.#stopped) this.#options.log(`${this.#options.source.logicalId} stopped polling: ${error.message}`);
    this.#stopped = true;
    return [];
  }

  /** Waits while as many batches run as may. While it lasts, more may, and never more than the mapping allows. */
  async #untilRoom(): Promise<void> {
    const { clock } = this.#options;
    const isFull = () => this.#running.size >= this.#concurrency;
    if (!isFull()) this.#grownAtMs = clock.now();
    while (isFull()) {
      const growth = Promise.withResolvers<void>();
      const cancel = clock.after(this.#grownAtMs + ADDED_AFTER_MS - clock.now(), growth.resolve);
      await Promise.race([...this.#running, growth.promise]);
      cancel();
      if (clock.now() < this.#grownAtMs + ADDED_AFTER_MS) continue;
      this.#concurrency = Math.min(this.#concurrency + ADDED_CONCURRENCY, this.#maxConcurrency);
      this.#grownAtMs = clock.now();
    }
  }

  #begin(batch: readonly ReceivedMessage[]): void {
    const run = this.#run(batch)
      .catch((error: Error) => void this.#giveUp(error))
      .finally(() => this.#running.delete(run));
    this.#running.add(run);
  }

  async #run(received: readonly ReceivedMessage[]): Promise<void> {
    const { source, invoker, queues } = this.#options;
    const definition = this.#options.definition();
    const batch = await this.#withoutLoops(received, definition);
    if (batch.length === 0) return;
    const traceHeaders = batch.map(({ attributes }) => attributes.AWSTraceHeader);
    const result = await invoker.invoke(source.functionName, sqsEvent(source.queueArn, batch), {
      traceHeader: nextTraceHeader(traceHeaders, definition.arn),
    });
    const ids = batch.map(({ messageId }) => messageId);
    const failed = failedMessages(result, ids, source.reportBatchItemFailures);
    if (result.ok && failed.size > 0) this.#options.log(describeFailed(failed.size, ids.length, source));
    // The failed ones come back when their visibility timeout has passed.
    const done = batch.filter(({ messageId }) => !failed.has(messageId));
    if (done.length > 0)
      await queues.delete(
        source.queueArn,
        done.map(({ receiptHandle }) => receiptHandle),
      );
  }

  /** Lambda stops a function that feeds its own queue, unless it is told to allow it. */
  async #withoutLoops(
    batch: readonly ReceivedMessage[],
    definition: LambdaFunction,
  ): Promise<readonly ReceivedMessage[]> {
    const { source, queues, log } = this.#options;
    if (definition.recursiveLoop === 'Allow') return batch;
    const isLoop = ({ attributes }: ReceivedMessage) => isRecursiveLoop(attributes.AWSTraceHeader, definition.arn);
    const loops = batch.filter(isLoop);
    if (loops.length === 0) return batch;
    const handles = loops.map(({ receiptHandle }) => receiptHandle);
    const where =
      (await queues.deadLetter(source.queueArn, handles)) === 'moved' ? 'sent to the dead-letter queue' : 'deleted';
    log(
      `${definition.functionName} was stopped in a recursive loop through ${source.queueArn}: ${loops.length} of its messages ${where}. Allow it with RecursiveLoop: Allow`,
    );
    return batch.filter((message) => !isLoop(message));
  }
}

const describeFailed = (failed: number, all: number, { functionName, queueArn }: EventSource): string =>
  `${functionName} failed ${failed} of ${all} messages of ${queueArn.split(':').at(-1)}: the queue gives them again, or to its dead-letter queue`;

interface RawAttribute {
  DataType?: string;
  StringValue?: string;
  BinaryValue?: string;
}

const messageAttributesOf = (attributes: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(attributes as Record<string, RawAttribute>).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        ...(StringValue !== undefined && { stringValue: StringValue }),
        ...(BinaryValue !== undefined && { binaryValue: BinaryValue }),
        stringListValues: [],
        binaryListValues: [],
        dataType: DataType,
      },
    ]),
  );

/**
 * The event of a batch, field by field as Lambda's.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event
 */
export const sqsEvent = (queueArn: string, messages: readonly ReceivedMessage[]) => ({
  Records: messages.map(({ messageId, receiptHandle, body, attributes, messageAttributes, ...digests }) => ({
    ...{ messageId, receiptHandle, body, attributes },
    messageAttributes: messageAttributesOf(messageAttributes),
    ...(digests.md5OfMessageAttributes && { md5OfMessageAttributes: digests.md5OfMessageAttributes }),
    md5OfBody: digests.md5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: queueArn.split(':')[3],
  })),
});
