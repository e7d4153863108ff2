import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import { type CfnQueue, Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { MAX_QUEUE_MESSAGE_BYTES } from '../../schemas/quotas.ts';

/**
 * At least six times the function's timeout: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
const VISIBILITY_FACTOR = 6;
/**
 * Our choice: with a shorter timeout, a record whose function is killed each time would be received for the third time
 * before the alarm for old broadcasts goes off. From then on SQS leaves the record out of the metric.
 */
const MIN_VISIBILITY_SECONDS = 180;
const MAX_RECEIVE_COUNT = 5;
const COMMON = {
  encryption: QueueEncryption.SQS_MANAGED,
  enforceSSL: true,
} satisfies QueueProps;

/** The time after which SQS delivers the records of a killed function again. */
export const visibilityTimeout = (functionTimeout: Duration): Duration =>
  Duration.seconds(Math.max(MIN_VISIBILITY_SECONDS, VISIBILITY_FACTOR * functionTimeout.toSeconds()));

export interface BroadcastQueuesProps {
  /** The timeout of the fan-out function. */
  functionTimeout: Duration;
  /** Whether both queues, and the messages in them, stay when the stack is deleted. */
  removalPolicy: RemovalPolicy;
}

/** The broadcast queue, and the dead-letter queue for records that could not be delivered. */
export class BroadcastQueues extends Construct {
  /** Keeps a message for a day. A broadcast expires after ten minutes unless its record has another time. */
  readonly queue: Queue;
  /** Keeps a message for fourteen days, the longest time that SQS allows, so that an operator can look at it. */
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, { functionTimeout, removalPolicy }: BroadcastQueuesProps) {
    super(scope, id);
    const common = { ...COMMON, removalPolicy };
    this.deadLetterQueue = new Queue(this, 'DeadLetterQueue', { ...common, retentionPeriod: Duration.days(14) });
    this.queue = new Queue(this, 'Queue', {
      ...common,
      retentionPeriod: Duration.days(1),
      visibilityTimeout: visibilityTimeout(functionTimeout),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: MAX_RECEIVE_COUNT },
    });
    // Sets the property of the resource, because the queue of an older CDK allows at most 256 KB.
    for (const queue of [this.queue, this.deadLetterQueue])
      (queue.node.defaultChild as CfnQueue).maximumMessageSize = MAX_QUEUE_MESSAGE_BYTES;
  }
}
