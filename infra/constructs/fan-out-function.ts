import type { IWebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import type { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { type EnvironmentName, FAN_OUT_NODE_OPTIONS } from '../../schemas/environment.ts';
import { allowConnections } from '../functions/allow-connections.ts';
import { HandlerFunction, type HandlerFunctionProps } from '../functions/handler-function.ts';
import type { BroadcastQueues } from './broadcast-queues.ts';
import type { ConnectionTable } from './connection-table.ts';
import type { FanOutNumbers } from './fan-out-api-props.ts';

/** Our choice: up to ten broadcasts share one scan of the connections. */
const BATCH_SIZE = 10;

export interface FanOutFunctionProps extends Pick<HandlerFunctionProps, 'entry' | 'options'>, FanOutNumbers {
  table: ConnectionTable;
  queues: BroadcastQueues;
  stage: IWebSocketStage;
}

/** The function that delivers the broadcasts of the queue. */
export class FanOutFunction extends HandlerFunction {
  readonly eventSource: EventSourceMapping;

  constructor(scope: Construct, id: string, props: FanOutFunctionProps) {
    const { table, queues, stage, maxConcurrency, target, postsPerSecond, ...common } = props;
    // The function puts its remaining work back into its own queue, and counts the attempts itself.
    super(scope, id, { ...common, mayLoop: true, nodeOptions: FAN_OUT_NODE_OPTIONS });
    this.setEnvironment({
      FAN_OUT_DEAD_LETTER_QUEUE_URL: queues.deadLetterQueue.queueUrl,
      FAN_OUT_TARGET_MS: String(target.toMilliseconds()),
      FAN_OUT_POSTS_PER_SECOND: String(postsPerSecond),
    } satisfies Partial<Record<EnvironmentName, string>>);

    this.allow(['dynamodb:Scan', 'dynamodb:BatchWriteItem'], table.tableArn);
    this.allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], queues.queue.queueArn);
    this.allow(['sqs:SendMessage'], queues.queue.queueArn);
    this.allow(['sqs:SendMessage'], queues.deadLetterQueue.queueArn);
    allowConnections(this, stage, 'POST');

    // No batching window: with a window, a message in a quiet queue may wait for 20 seconds.
    this.eventSource = this.function.addEventSourceMapping('Broadcasts', {
      eventSourceArn: queues.queue.queueArn,
      batchSize: BATCH_SIZE,
      reportBatchItemFailures: true,
      maxConcurrency,
    });
  }
}
