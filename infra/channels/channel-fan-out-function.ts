import { Duration } from 'aws-cdk-lib';
import type { IWebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { type EnvironmentName, FAN_OUT_NODE_OPTIONS } from '../../schemas/environment.ts';
import { allowConnections } from '../functions/allow-connections.ts';
import { HandlerFunction, type HandlerFunctionProps } from '../functions/handler-function.ts';

/** The largest batch of a FIFO queue: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html */
const BATCH_SIZE = 10;
/**
 * Six timeouts: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html. Shorter than for broadcasts,
 * because a channel waits for the records of a killed function.
 */
const VISIBILITY_FACTOR = 6;

/** The time after which SQS delivers the records of a killed function again. */
export const channelVisibilityTimeout = (functionTimeout: Duration): Duration =>
  Duration.seconds(VISIBILITY_FACTOR * functionTimeout.toSeconds());

export interface ChannelFanOutFunctionProps extends Pick<HandlerFunctionProps, 'entry' | 'options'> {
  /** The connection table. */
  connections: Pick<ITable, 'tableArn'>;
  channels: Pick<ITable, 'tableArn'>;
  queue: IQueue;
  deadLetterQueue: IQueue;
  /** The broadcast queue and its dead-letter queue take what the function has no time to post. */
  broadcasts: { queue: IQueue; deadLetterQueue: IQueue };
  stage: IWebSocketStage;
  maxConcurrency: number;
  /** The rate of each function. */
  postsPerSecond: number;
}

/** The function that numbers the messages of channels and posts them to their subscribers. */
export class ChannelFanOutFunction extends HandlerFunction {
  readonly eventSource: EventSourceMapping;

  constructor(scope: Construct, id: string, props: ChannelFanOutFunctionProps) {
    const { connections, channels, queue, deadLetterQueue, broadcasts, stage, ...rest } = props;
    const { maxConcurrency, postsPerSecond, ...common } = rest;
    // A connection that is gone goes round through both fan-out functions, which count the attempts themselves.
    super(scope, id, { ...common, mayLoop: true, nodeOptions: FAN_OUT_NODE_OPTIONS });
    this.setEnvironment({
      FAN_OUT_DEAD_LETTER_QUEUE_URL: broadcasts.deadLetterQueue.queueUrl,
      FAN_OUT_CHANNEL_DEAD_LETTER_QUEUE_URL: deadLetterQueue.queueUrl,
      FAN_OUT_POSTS_PER_SECOND: String(postsPerSecond),
    } satisfies Partial<Record<EnvironmentName, string>>);

    this.allow(['dynamodb:BatchWriteItem'], connections.tableArn);
    this.allow(['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:UpdateItem'], channels.tableArn);
    this.allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], queue.queueArn);
    this.allow(['sqs:SendMessage'], deadLetterQueue.queueArn);
    this.allow(['sqs:SendMessage'], broadcasts.queue.queueArn);
    this.allow(['sqs:SendMessage'], broadcasts.deadLetterQueue.queueArn);
    allowConnections(this, stage, 'POST');

    this.eventSource = this.function.addEventSourceMapping('Channels', {
      eventSourceArn: queue.queueArn,
      batchSize: BATCH_SIZE,
      reportBatchItemFailures: true,
      maxConcurrency,
    });
  }
}
