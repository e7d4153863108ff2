import { randomUUID } from 'node:crypto';
import type { FaultPicker } from '../../faults/fault-picker.ts';
import { partitionOf } from '../../model/partition.ts';
import type { Engine, EngineRequest } from '../engine.ts';
import type { Permission, QueueDepth, QueueSpec, ReceivedMessage, SqsMethods } from '../engine-protocol.ts';
import type { Received } from './message.ts';
import { type QueueEntry, Queues } from './queues.ts';
import { systemAttributesOf } from './received-message.ts';
import { RequestFields } from './request-fields.ts';
import { createSqsApi } from './sqs-api.ts';
import { SqsError } from './sqs-error.ts';

const MAX_RECEIVED = 10;
const JSON_TYPE = { 'content-type': 'application/x-amz-json-1.0' };

/**
 * The answer to SDKs that are older than AWS JSON. They would fail on an error in JSON without showing it.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-json-faqs.html
 */
const QUERY_PROTOCOL_REFUSAL =
  '<ErrorResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><Error><Type>Sender</Type><Code>UnsupportedProtocol</Code><Message>This SDK uses the query protocol of SQS, which works on AWS and not in the local run. Update @aws-sdk/client-sqs to 3.447.0 or later, aws-sdk to 2.1492.0 or later.</Message></Error></ErrorResponse>';

export interface SqsEngine {
  engine: Engine;
  methods: SqsMethods;
  queues: Queues;
}

/** SQS in memory, as an engine. SDKs call it over HTTP; event sources call its methods. */
export const createSqsEngine = (faultPicker: FaultPicker): SqsEngine => {
  let account = { region: '', accountId: '' };
  const queues = new Queues({ now: () => Date.now(), newId: randomUUID });
  const faults = () => ({
    faultDelayMs: faultPicker.delayMs('sqs:delay'),
    isDuplicated: faultPicker.happens('sqs:duplicate'),
  });
  const operations = new Map(Object.entries(createSqsApi({ queues, account: () => account, faults })));

  const entryOf = (arn: string): QueueEntry => {
    const entry = queues.find(arn);
    if (!entry) throw new Error(`There is no queue ${arn}`);
    return entry;
  };

  const answer = async ({
    operation,
    body,
    sender,
    traceHeader,
    request,
    response,
  }: EngineRequest): Promise<object> => {
    const run = operations.get(operation);
    if (!run) throw new SqsError('UnknownOperationException', `The local run has no SQS operation ${operation}`);
    const onGone = (callback: () => void): void => {
      if (response.destroyed) callback();
      else response.once('close', callback);
    };
    const caller = { senderId: sender.senderId, traceHeader, host: request.headers.host ?? '', onGone };
    return run(new RequestFields(body), caller);
  };

  const serve = async (request: EngineRequest): Promise<void> => {
    const headers = { ...JSON_TYPE, 'x-amzn-requestid': randomUUID() };
    try {
      const answered = JSON.stringify(await answer(request));
      request.response.writeHead(200, headers).end(answered);
    } catch (error) {
      if (!(error instanceof SqsError)) throw error;
      const { type, message, queryError } = error;
      request.response
        .writeHead(400, { ...headers, 'x-amzn-query-error': queryError })
        .end(JSON.stringify({ __type: type, message }));
    }
  };

  return {
    queues,
    engine: {
      permissionsOf: (operation, body) => (operations.has(operation) ? sqsPermissions(account, operation, body) : []),
      unknownKey: {
        statusCode: 403,
        type: 'com.amazon.coral.service#UnrecognizedClientException',
        message: 'The security token included in the request is invalid.',
        queryError: 'InvalidClientTokenId;Sender',
      },
      denied: (message) => ({
        ...{ statusCode: 403, type: 'com.amazon.coral.service#AccessDeniedException', message },
        queryError: 'AccessDenied;Sender',
      }),
      failure: {
        statusCode: 500,
        type: 'com.amazon.coral.service#InternalFailure',
        message: 'The request processing has failed because of an unknown error, exception or failure.',
        queryError: 'InternalFailure;Receiver',
      },
      formRefusal: QUERY_PROTOCOL_REFUSAL,
      fault: () => undefined,
      serve,
    },
    methods: {
      deploy: async (deployed, specs: readonly QueueSpec[]) => {
        account = deployed;
        for (const { queueName: name, url, arn, attributes } of specs) {
          const existing = queues.find(arn);
          if (existing) queues.setAttributes(existing, attributes);
          else queues.create({ name, url, arn, attributes });
        }
      },
      sweep: () => {
        for (const { queue } of queues.all()) queue.dropExpired();
      },
      receive: async (queueArn, maxMessages, waitMs) => {
        const { queue, polls } = entryOf(queueArn);
        const received = await polls.receive(() => queue.receive(Math.min(maxMessages, MAX_RECEIVED)), waitMs);
        return received.map(toReceivedMessage);
      },
      wake: (queueArn) => entryOf(queueArn).polls.wake(),
      release: (queueArn, receiptHandles) => entryOf(queueArn).queue.release(receiptHandles),
      // A FIFO queue does not delete a message whose visibility timeout has passed. It delivers it again, as on AWS.
      delete: (queueArn, receiptHandles) => {
        for (const receiptHandle of receiptHandles) entryOf(queueArn).queue.delete(receiptHandle);
      },
      deadLetter: (queueArn, receiptHandles) => {
        const { queue } = entryOf(queueArn);
        for (const receiptHandle of receiptHandles) queue.deadLetter(receiptHandle);
        return queue.hasDeadLetterQueue ? 'moved' : 'deleted';
      },
      depths: () => queues.all().map(depthOf),
    },
  };
};

const toReceivedMessage = (message: Received): ReceivedMessage => ({
  messageId: message.messageId,
  receiptHandle: message.receiptHandle,
  body: message.body,
  attributes: systemAttributesOf(message, ['All']),
  messageAttributes: message.messageAttributes,
  ...(message.md5OfMessageAttributes && { md5OfMessageAttributes: message.md5OfMessageAttributes }),
  md5OfBody: message.md5OfBody,
});

const depthOf = ({ name, queue }: QueueEntry): QueueDepth => {
  const now = Date.now();
  const { visible, inFlight, oldestSentAtMs = now } = queue.counts();
  return { name, visible, inFlight, oldestAgeMs: now - oldestSentAtMs };
};

/**
 * The permissions that an SQS request needs. A batch needs the permission of the single operation.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html
 */
export const sqsPermissions = (
  { region, accountId }: { region: string; accountId: string },
  operation: string,
  body: Record<string, unknown>,
): Permission[] => {
  const action = `sqs:${operation.replace(/Batch$/, '')}`;
  const queues = `arn:${partitionOf(region)}:sqs:${region}:${accountId}`;
  if (operation === 'ListQueues') return [{ action, resourceArn: `${queues}:*` }];
  const name = body.QueueName ?? (typeof body.QueueUrl === 'string' ? body.QueueUrl.split('/').at(-1) : undefined);
  return name === undefined ? [] : [{ action, resourceArn: `${queues}:${name}` }];
};
