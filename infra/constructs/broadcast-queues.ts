import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { MAX_QUEUE_MESSAGE_BYTES } from '../../schemas/quotas.ts';

/** At least six times the function's timeout: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
const VISIBILITY_TIMEOUTS = 6;
const MAX_RECEIVE_COUNT = 5;
const COMMON = {
  encryption: QueueEncryption.SQS_MANAGED,
  enforceSSL: true,
  maxMessageSizeBytes: MAX_QUEUE_MESSAGE_BYTES,
} satisfies QueueProps;

export interface BroadcastQueuesProps {
  /** Of the function that works on the queue, in seconds. */
  functionTimeoutSeconds: number;
}

/** The queue between those who broadcast and the fan-out, and the one for what could not be delivered. */
export class BroadcastQueues extends Construct {
  /** Keeps a message for a day: a broadcast is worth delivering for ten minutes unless it says otherwise. */
  readonly queue: Queue;
  /** Keeps a message for fourteen days, the most there is: somebody should look at it. */
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, { functionTimeoutSeconds }: BroadcastQueuesProps) {
    super(scope, id);
    this.deadLetterQueue = new Queue(this, 'DeadLetterQueue', { ...COMMON, retentionPeriod: Duration.days(14) });
    this.queue = new Queue(this, 'Queue', {
      ...COMMON,
      retentionPeriod: Duration.days(1),
      visibilityTimeout: Duration.seconds(VISIBILITY_TIMEOUTS * functionTimeoutSeconds),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: MAX_RECEIVE_COUNT },
    });
  }
}
