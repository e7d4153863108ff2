import { SQSClient } from '@aws-sdk/client-sqs';

/** Our choice: longest wait for one call, in milliseconds. The SDK tries it three times: a record may be sent twice. */
const REQUEST_TIMEOUT_MS = 3_000;

/** Creates a client with the region, credentials and endpoint of the environment. */
export const createSqsClient = (): SQSClient =>
  new SQSClient({ requestHandler: { requestTimeout: REQUEST_TIMEOUT_MS, throwOnRequestTimeout: true } });

/**
 * Escapes U+FFFE and U+FFFF, which SQS refuses. JSON escapes the other characters that SQS refuses.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
export const toMessageBody = (value: object): string =>
  JSON.stringify(value).replaceAll(/[\uFFFE\uFFFF]/g, (refused) => `\\u${refused.charCodeAt(0).toString(16)}`);
