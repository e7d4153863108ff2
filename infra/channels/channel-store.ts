import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import {
  type CfnQueue,
  DeduplicationScope,
  FifoThroughputLimit,
  Queue,
  QueueEncryption,
  type QueueProps,
} from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { ChannelRules } from '../../schemas/channels/channel-rules.ts';
import type { EnvironmentName } from '../../schemas/environment.ts';
import { MAX_QUEUE_MESSAGE_BYTES } from '../../schemas/quotas.ts';
import { acknowledge } from '../functions/acknowledge.ts';
import type { HandlerFunction } from '../functions/handler-function.ts';
import { channelVisibilityTimeout } from './channel-fan-out-function.ts';

/**
 * Our choice: a channel waits while its first record is tried, so each try is short, and there are many: 20 minutes.
 */
const MAX_RECEIVE_COUNT = 20;
const COMMON = {
  fifo: true,
  encryption: QueueEncryption.SQS_MANAGED,
  enforceSSL: true,
  // High throughput: each channel has its own order and its own deduplication ids.
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/high-throughput-fifo.html
  deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
  fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
} satisfies QueueProps;

const SUBSCRIBE_ACTIONS = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'].map((name) => `dynamodb:${name}`);

/** An ability of a route that concerns channels. */
export type ChannelAbility = 'publish' | 'subscribe' | 'members';

export interface ChannelStoreProps {
  rules: ChannelRules;
  /** The broadcast queue, which takes the records of connections that have ended. */
  broadcastQueue: Queue;
  /** The timeout of the channels' fan-out function. */
  functionTimeout: Duration;
  removalPolicy: RemovalPolicy;
}

/**
 * The table of channels and the queue of their messages, and the grants of the functions that use them. The items of the
 * table are in `aws/channels/channel-table.ts`.
 */
export class ChannelStore extends Construct {
  readonly rules: ChannelRules;
  /** Subscriptions, messages with their numbers, and who is here. */
  readonly table: Table;
  /** First in, first out for each channel. Keeps a message for a day. */
  readonly queue: Queue;
  /** Keeps a message for fourteen days. */
  readonly deadLetterQueue: Queue;
  readonly #broadcastQueue: Queue;

  constructor(scope: Construct, id: string, props: ChannelStoreProps) {
    super(scope, id);
    const { rules, broadcastQueue, functionTimeout, removalPolicy } = props;
    this.rules = rules;
    this.#broadcastQueue = broadcastQueue;
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      timeToLiveAttribute: 'ttl',
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.AWS_MANAGED,
      removalPolicy,
    });
    acknowledge(this.table, {
      id: 'AwsSolutions-DDB3',
      reason:
        'Its rows describe open connections, and a history that expires after a week at most. Numbers of a restored table would be given a second time.',
    });
    const common = { ...COMMON, removalPolicy };
    this.deadLetterQueue = new Queue(this, 'DeadLetterQueue', { ...common, retentionPeriod: Duration.days(14) });
    this.queue = new Queue(this, 'Queue', {
      ...common,
      retentionPeriod: Duration.days(1),
      visibilityTimeout: channelVisibilityTimeout(functionTimeout),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: MAX_RECEIVE_COUNT },
    });
    // Sets the property of the resource, because the queue of an older CDK allows at most 256 KB.
    for (const queue of [this.queue, this.deadLetterQueue])
      (queue.node.defaultChild as CfnQueue).maximumMessageSize = MAX_QUEUE_MESSAGE_BYTES;
  }

  /** The variables of every function that uses `createServices`. */
  get environment() {
    return {
      FAN_OUT_CHANNELS_TABLE: this.table.tableName,
      FAN_OUT_CHANNEL_QUEUE_URL: this.queue.queueUrl,
    } satisfies Partial<Record<EnvironmentName, string>>;
  }

  /** The variable of both fan-out functions, which know the channels only by their rules. */
  get rulesEnvironment() {
    return { FAN_OUT_CHANNELS: JSON.stringify(this.rules) } satisfies Partial<Record<EnvironmentName, string>>;
  }

  /** `$connect` writes the connection, and subscribes it to the channel of its user. */
  allowConnect(handler: HandlerFunction): void {
    handler.allow(['dynamodb:PutItem'], this.table.tableArn);
  }

  /** `$disconnect` marks the connection as ended, and queues the removal of its subscriptions. */
  allowDisconnect(handler: HandlerFunction): void {
    handler.allow(['dynamodb:UpdateItem'], this.table.tableArn);
    handler.allow(['sqs:SendMessage'], this.#broadcastQueue.queueArn);
  }

  /** The broadcasts' fan-out removes the subscriptions of connections that have ended, and says who has left. */
  allowFanOut(handler: HandlerFunction): void {
    const actions = ['GetItem', 'UpdateItem', 'DeleteItem'].map((action) => `dynamodb:${action}`);
    handler.allow(actions, this.table.tableArn);
    handler.allow(['sqs:SendMessage'], this.queue.queueArn);
  }

  /** The routes of channels subscribe and unsubscribe their caller, read the history and publish. */
  allowRoutes(handler: HandlerFunction): void {
    handler.allow([...SUBSCRIBE_ACTIONS, 'dynamodb:Query'], this.table.tableArn);
    handler.allow(['sqs:SendMessage'], this.queue.queueArn);
  }

  allowAbility(handler: HandlerFunction, ability: ChannelAbility): void {
    if (ability === 'members') handler.allow(['dynamodb:GetItem', 'dynamodb:Query'], this.table.tableArn);
    if (ability === 'subscribe') {
      handler.allow(SUBSCRIBE_ACTIONS, this.table.tableArn);
      // A subscription of another connection is removed a second time, after a subscribe that runs at the same time.
      handler.allow(['sqs:SendMessage'], this.#broadcastQueue.queueArn);
    }
    // A subscription tells the fan-out to look who is here.
    if (ability !== 'members') handler.allow(['sqs:SendMessage'], this.queue.queueArn);
  }
}
