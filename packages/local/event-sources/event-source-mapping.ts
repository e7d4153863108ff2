import type { ReceivedMessage } from '../engines/engine-protocol.ts';
import type { QueueAccess } from '../engines/start-engines.ts';
import type { EventSource, Invoker, LambdaFunction } from '../model/application.ts';
import type { Clock } from '../runtime/clock.ts';
import { failedMessages } from './failed-messages.ts';
import { gatherBatch } from './gather-batch.ts';
import { isRecursiveLoop, nextTraceHeader } from './trace-lineage.ts';

/** Lambda starts with five concurrent batches and adds up to 300 a minute. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html */
const INITIAL_CONCURRENCY = 5;
const ADDED_CONCURRENCY = 5;
const ADDED_AFTER_MS = 1_000;
const MAX_CONCURRENCY = 1_250;

export interface MappingOptions {
  source: EventSource;
  /** Called for each batch, because a reload may change the function. */
  definition: () => LambdaFunction;
  invoker: Invoker;
  queues: QueueAccess;
  clock: Clock;
  log: (line: string) => void;
}

/** The mapping of one queue to one function. It polls from each `start` until the next `stop`. */
export class EventSourceMapping {
  readonly #options: MappingOptions;
  readonly #running = new Set<Promise<void>>();
  readonly #leftover: ReceivedMessage[] = [];
  readonly #maxConcurrency: number;
  #concurrency: number;
  /** How long the whole concurrency has been in use, in milliseconds. It starts again when the concurrency grows. */
  #busyMs = 0;
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

  /** Receives no more messages, and waits for the running batches. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const { source, queues } = this.#options;
    await queues.wake(source.queueArn).catch(() => {}); // the queues may have stopped already
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
      await this.#waitForCapacity();
      if (this.#stopped) break;
      const batch = await gatherBatch(queues, limits, this.#leftover, () => this.#stopped).catch((error: Error) =>
        this.#giveUp(error),
      );
      if (this.#stopped) this.#leftover.push(...batch);
      else if (batch.length > 0) this.#begin(batch);
      // The queue holds these messages back until the earlier messages of their group have ended.
      if (isFifo) await this.#releaseLeftover();
    }
    await this.#releaseLeftover();
  }

  async #releaseLeftover(): Promise<void> {
    const { source, queues } = this.#options;
    const unused = this.#leftover.splice(0).map(({ receiptHandle }) => receiptHandle);
    if (unused.length > 0) await queues.release(source.queueArn, unused).catch(() => {}); // as in stop()
  }

  #giveUp(error: Error): [] {
    if (!this.#stopped) this.#options.log(`${this.#options.source.logicalId} stopped polling: ${error.message}`);
    this.#stopped = true;
    return [];
  }

  /** Waits until another batch may run. While it waits, the concurrency grows to the maximum of the mapping. */
  async #waitForCapacity(): Promise<void> {
    const { clock } = this.#options;
    const isFull = () => this.#running.size >= this.#concurrency;
    if (!isFull()) this.#busyMs = 0;
    while (isFull()) {
      const growth = Promise.withResolvers<void>();
      const fromMs = clock.now();
      const cancel = clock.after(ADDED_AFTER_MS - this.#busyMs, growth.resolve);
      await Promise.race([...this.#running, growth.promise]);
      cancel();
      this.#busyMs += clock.now() - fromMs;
      if (this.#busyMs < ADDED_AFTER_MS) continue;
      this.#concurrency = Math.min(this.#concurrency + ADDED_CONCURRENCY, this.#maxConcurrency);
      this.#busyMs = 0;
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
    // The queue delivers the failed messages again after their visibility timeout.
    const done = batch.filter(({ messageId }) => !failed.has(messageId));
    if (done.length > 0)
      await queues.delete(
        source.queueArn,
        done.map(({ receiptHandle }) => receiptHandle),
      );
  }

  /** Lambda stops a function that feeds its own queue, unless `RecursiveLoop` allows it. */
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
    const destination =
      (await queues.deadLetter(source.queueArn, handles)) === 'moved' ? 'sent to the dead-letter queue' : 'deleted';
    log(
      `${definition.functionName} was stopped in a recursive loop through ${source.queueArn}: ${loops.length} of its messages were ${destination}. To allow the loop, set RecursiveLoop: Allow`,
    );
    return batch.filter((message) => !isLoop(message));
  }
}

const describeFailed = (failed: number, all: number, { functionName, queueArn }: EventSource): string =>
  `${functionName} failed ${failed} of ${all} messages of ${queueArn.split(':').at(-1)}: the queue delivers them again or moves them to its dead-letter queue`;

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
 * Makes the event of a batch, with the same fields as Lambda.
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
