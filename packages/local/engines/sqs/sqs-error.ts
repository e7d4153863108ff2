const CORAL = 'com.amazon.coral.service';
const SQS = 'com.amazonaws.sqs';
const OLD = 'AWS.SimpleQueueService';

/**
 * The errors of SQS: the type in the body, and the older code in the header `x-amzn-query-error`.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html
 */
const ERRORS = {
  BatchEntryIdsNotDistinct: [`${SQS}#BatchEntryIdsNotDistinct`, `${OLD}.BatchEntryIdsNotDistinct`],
  BatchRequestTooLong: [`${SQS}#BatchRequestTooLong`, `${OLD}.BatchRequestTooLong`],
  EmptyBatchRequest: [`${SQS}#EmptyBatchRequest`, `${OLD}.EmptyBatchRequest`],
  InvalidAttributeName: [`${SQS}#InvalidAttributeName`, 'InvalidAttributeName'],
  InvalidAttributeValue: [`${SQS}#InvalidAttributeValue`, 'InvalidAttributeValue'],
  InvalidBatchEntryId: [`${SQS}#InvalidBatchEntryId`, `${OLD}.InvalidBatchEntryId`],
  InvalidMessageContents: [`${SQS}#InvalidMessageContents`, 'InvalidMessageContents'],
  InvalidParameterValue: [`${CORAL}#InvalidParameterValueException`, 'InvalidParameterValue'],
  MessageNotInflight: [`${SQS}#MessageNotInflight`, `${OLD}.MessageNotInflight`],
  MissingParameter: [`${CORAL}#MissingRequiredParameterException`, 'MissingParameter'],
  QueueDoesNotExist: [`${SQS}#QueueDoesNotExist`, `${OLD}.NonExistentQueue`],
  QueueNameExists: [`${SQS}#QueueNameExists`, 'QueueAlreadyExists'],
  ReceiptHandleIsInvalid: [`${SQS}#ReceiptHandleIsInvalid`, 'ReceiptHandleIsInvalid'],
  SerializationException: [`${CORAL}#SerializationException`, 'MalformedInput'],
  TooManyEntriesInBatchRequest: [`${SQS}#TooManyEntriesInBatchRequest`, `${OLD}.TooManyEntriesInBatchRequest`],
  UnknownOperationException: [`${CORAL}#UnknownOperationException`, 'InvalidAction'],
} as const;

export type SqsErrorCode = keyof typeof ERRORS;

/** A refusal in SQS's words. It is always the caller's fault. */
export class SqsError extends Error {
  override readonly name = 'SqsError';
  readonly code: SqsErrorCode;

  constructor(code: SqsErrorCode, message: string) {
    super(message);
    this.code = code;
  }

  /** `com.amazonaws.sqs#QueueDoesNotExist` */
  get type(): string {
    return ERRORS[this.code][0];
  }

  /** `AWS.SimpleQueueService.NonExistentQueue;Sender` */
  get queryError(): string {
    return `${ERRORS[this.code][1]};Sender`;
  }
}

/** The usual form of SQS's refusals. */
export const invalidValue = (value: unknown, parameter: string, reason: string): SqsError =>
  new SqsError('InvalidParameterValue', `Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}`);
