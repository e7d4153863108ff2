import { randomUUID } from 'node:crypto';
import type { FaultDice } from '../faults/fault-dice.ts';
import type { Engine, EngineRequest } from './engine.ts';
import type { QueueDepth, QueueSpec, ReceivedMessage, Sender, SqsMethods } from './engine-protocol.ts';
import { type FauxMessage, type FauxQueue, loadFauxqs } from './fauxqs-queues.ts';
import { sqsPermissions } from './sqs-permissions.ts';

interface FauxError {
  statusCode: number;
  queryErrorHeader: string;
  toJSON(): object;
}
interface ReceivedRaw {
  MessageId: string;
  ReceiptHandle: string;
  Body: string;
  MD5OfBody: string;
  MD5OfMessageAttributes?: string;
  MessageAttributes?: Record<string, unknown>;
  Attributes?: Record<string, string>;
}
type Received = { Messages?: ReceivedRaw[] };

const MAX_RECEIVED = 10;
const JSON_TYPE = { 'content-type': 'application/x-amz-json-1.0' };

/**
 * For SDKs from before AWS JSON: they would fail on a JSON error without saying why.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-json-faqs.html
 */
const QUERY_PROTOCOL_REFUSAL =
  '<ErrorResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><Error><Type>Sender</Type><Code>UnsupportedProtocol</Code><Message>The local run has no query protocol of SQS, which this SDK speaks; on AWS it works. Update @aws-sdk/client-sqs to 3.447.0 or later, aws-sdk to 2.1492.0 or later.</Message></Error></ErrorResponse>';

/** Sets what fauxqs leaves out of a received message. Asked for by name or all at once, as the rest. */
const completeAttributes = (queue: FauxQueue, received: ReceivedRaw, names: readonly string[]): void => {
  const message = queue.inflightMessages.get(received.ReceiptHandle)?.message;
  if (!message) return;
  const known = {
    SenderId: message.senderId,
    AWSTraceHeader: message.traceHeader,
    DeadLetterQueueSourceArn: message.deadLetterQueueSourceArn,
  };
  for (const [name, value] of Object.entries(known)) {
    if (value && (names.includes('All') || names.includes(name)))
      received.Attributes = { ...received.Attributes, [name]: value };
  }
};

/** fauxqs's queues as an engine, with what SQS does and fauxqs does not: senders, trace headers, retention, faults. */
export const createSqsEngine = async (dice: FaultDice): Promise<{ engine: Engine; methods: SqsMethods }> => {
  const { store, handlers, defaults } = await loadFauxqs();
  let account = { region: '', accountId: '' };
  /** Of the request being handled: fauxqs enqueues within the call. */
  let current: { sender: Sender; traceHeader: string | undefined } | undefined;

  const queueOf = (arn: string): FauxQueue => {
    const queue = store.getQueueByArn(arn);
    if (!queue) throw new Error(`There is no queue ${arn}`);
    return queue;
  };

  const observe = (queue: FauxQueue): void => {
    const enqueue = queue.enqueue.bind(queue);
    queue.enqueue = (message: FauxMessage) => {
      const isNew = message.approximateReceiveCount === 0;
      if (!isNew && message.queueArn !== queue.arn) message.deadLetterQueueSourceArn = message.queueArn as string;
      message.queueArn = queue.arn;
      if (isNew && current) {
        message.senderId = current.sender.senderId;
        if (current.traceHeader) message.traceHeader = current.traceHeader;
        const delayMs = dice.delayMs('sqs:delay');
        if (delayMs > 0) message.delayUntil = Math.max(message.delayUntil ?? 0, Date.now()) + delayMs;
        if (dice.happens('sqs:duplicate')) enqueue({ ...message });
      }
      enqueue(message);
    };
  };

  // fauxqs looks for its own account.
  const getQueueUrl = (name: unknown) => {
    const queue = [...store.allQueues()].find((candidate) => candidate.name === name);
    return queue ? { QueueUrl: queue.url } : handlers.get('GetQueueUrl')?.({ QueueName: name }, store, { headers: {} });
  };

  const call = (operation: string, body: Record<string, unknown>): unknown => {
    // fauxqs would take a Region from an AWS host and look for its own account there.
    const QueueUrl =
      typeof body.QueueUrl === 'string' ? body.QueueUrl.replace(/^https?:\/\/[^/]+/, 'http://queues') : undefined;
    if (operation === 'GetQueueUrl') return getQueueUrl(body.QueueName);
    return handlers.get(operation)?.({ ...body, ...(QueueUrl && { QueueUrl }) }, store, { headers: {} });
  };

  const callAs = (
    sender: Sender,
    traceHeader: string | undefined,
    operation: string,
    body: Record<string, unknown>,
  ): unknown => {
    current = { sender, traceHeader };
    try {
      return call(operation, body);
    } finally {
      current = undefined;
    }
  };

  const serve = async ({ operation, body, sender, traceHeader, response }: EngineRequest): Promise<void> => {
    const headers = { ...JSON_TYPE, 'x-amzn-requestid': randomUUID() };
    if (!handlers.has(operation)) {
      const error = {
        __type: 'com.amazon.coral.service#UnknownOperationException',
        message: `The local run has no SQS operation ${operation}`,
      };
      response.writeHead(400, headers).end(JSON.stringify(error));
      return;
    }
    try {
      const answer = await callAs(sender, traceHeader, operation, body);
      if (operation === 'ReceiveMessage') {
        const names = [body.AttributeNames, body.MessageSystemAttributeNames].flat() as string[];
        const queue = store.getQueue(String(body.QueueUrl).replace(/^https?:\/\/[^/]+/, 'http://queues')) as FauxQueue;
        for (const message of (answer as Received).Messages ?? []) completeAttributes(queue, message, names);
      }
      response.writeHead(200, headers).end(JSON.stringify(answer ?? {}));
    } catch (error) {
      if (!(error instanceof Error && 'queryErrorHeader' in error)) throw error;
      const { statusCode, queryErrorHeader } = error as unknown as FauxError;
      response.writeHead(statusCode, { ...headers, 'x-amzn-query-error': queryErrorHeader }).end(JSON.stringify(error));
    }
  };

  const receive = async (queueArn: string, maxMessages: number, waitMs: number): Promise<ReceivedMessage[]> => {
    const queue = queueOf(queueArn);
    const { Messages = [] } = (await call('ReceiveMessage', {
      QueueUrl: queue.url,
      MaxNumberOfMessages: Math.min(maxMessages, MAX_RECEIVED),
      WaitTimeSeconds: waitMs / 1_000,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    })) as Received;
    return Messages.map((message) => {
      completeAttributes(queue, message, ['All']);
      return {
        messageId: message.MessageId,
        receiptHandle: message.ReceiptHandle,
        body: message.Body,
        attributes: message.Attributes ?? {},
        messageAttributes: message.MessageAttributes ?? {},
        ...(message.MD5OfMessageAttributes && { md5OfMessageAttributes: message.MD5OfMessageAttributes }),
        md5OfBody: message.MD5OfBody,
      };
    });
  };

  const deadLetterQueueOf = (queue: FauxQueue): FauxQueue | undefined =>
    queue.attributes.RedrivePolicy
      ? store.getQueueByArn(JSON.parse(queue.attributes.RedrivePolicy).deadLetterTargetArn)
      : undefined;

  const depthOf = (queue: FauxQueue): QueueDepth => {
    queue.processTimers();
    const waiting = [...queue.messages, ...[...queue.fifoMessages.values()].flat()];
    const all = [...waiting, ...[...queue.inflightMessages.values()].map(({ message }) => message)];
    const now = Date.now();
    const oldest = all.reduce((oldestMs, { sentTimestamp }) => Math.min(oldestMs, sentTimestamp), now);
    return {
      name: queue.name,
      visible: waiting.length,
      inFlight: queue.inflightMessages.size,
      oldestAgeMs: now - oldest,
    };
  };

  const dropExpired = (queue: FauxQueue): void => {
    const keepFrom = Date.now() - Number(queue.attributes.MessageRetentionPeriod) * 1_000;
    const isKept = ({ sentTimestamp }: FauxMessage) => sentTimestamp > keepFrom;
    queue.messages = queue.messages.filter(isKept);
    queue.delayedMessages = queue.delayedMessages.filter(isKept);
    for (const [group, messages] of queue.fifoMessages) queue.fifoMessages.set(group, messages.filter(isKept));
  };

  return {
    engine: {
      permissionsOf: (operation, body) => (handlers.has(operation) ? sqsPermissions(account, operation, body) : []),
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
      deploy: async (deployed, queues: readonly QueueSpec[]) => {
        account = deployed;
        for (const { queueName, url, arn, attributes } of queues) {
          const existing = store.getQueueByArn(arn);
          if (existing) existing.attributes = { ...defaults, ...attributes };
          else observe(store.createQueue(queueName, url, arn, attributes));
        }
      },
      sweep: () => [...store.allQueues()].forEach(dropExpired),
      receive,
      wake: (queueArn) => queueOf(queueArn).cancelWaiters(),
      release: (queueArn, receiptHandles) => {
        for (const receiptHandle of receiptHandles) queueOf(queueArn).changeVisibility(receiptHandle, 0);
      },
      delete: (queueArn, receiptHandles) => {
        for (const receiptHandle of receiptHandles) queueOf(queueArn).deleteMessage(receiptHandle);
      },
      deadLetter: (queueArn, receiptHandles) => {
        const queue = queueOf(queueArn);
        const target = deadLetterQueueOf(queue);
        for (const receiptHandle of receiptHandles) {
          const message = queue.inflightMessages.get(receiptHandle)?.message;
          if (message && queue.deleteMessage(receiptHandle)) target?.enqueue(message);
        }
        return target ? 'moved' : 'deleted';
      },
      depths: () => [...store.allQueues()].map(depthOf),
    },
  };
};
