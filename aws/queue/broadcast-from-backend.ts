import { SQSClient } from '@aws-sdk/client-sqs';
import { createBroadcastRecord } from '../../schemas/create-broadcast-record.ts';
import { SqsBroadcastQueue } from './sqs-broadcast-queue.ts';

/**
 * The Region in the host of an SQS endpoint. It follows `sqs` or `sqs-fips` in every partition and VPC endpoint. In a
 * legacy endpoint it comes before `queue`.
 * @see https://docs.aws.amazon.com/general/latest/gr/sqs-service.html
 */
const REGION = /(?<=(?:^|\.)sqs(?:-fips)?\.)[a-z-]+-\d+(?=\.)|^[a-z-]+-\d+(?=\.queue\.amazonaws\.)/;
/** The only legacy endpoint without a Region. */
const LEGACY_US_EAST_1 = 'queue.amazonaws.com';

/**
 * Creates a client for the queue of a URL. For a queue of a local run it uses the keys that the local run accepts.
 * Otherwise it uses the SDK's default chain and the Region of the URL. If the URL has no Region, the default chain
 * finds it too.
 */
export const createQueueClient = (queueUrl: string): SQSClient => {
  const { hostname, origin } = new URL(queueUrl);
  if (['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    return new SQSClient({ region: 'us-east-1', endpoint: origin, credentials });
  }
  const region = hostname === LEGACY_US_EAST_1 ? 'us-east-1' : REGION.exec(hostname)?.[0];
  return new SQSClient(region === undefined ? {} : { region });
};

/**
 * Sends text to every connection of a stage, from code outside the stage. Resolves when the queue has accepted it.
 * @param queueUrl The output `BroadcastQueueUrl` of the stack, on AWS or in a local run.
 * @throws what {@link createBroadcastRecord} throws, and the SDK's own errors.
 */
export const broadcastFromBackend = async (queueUrl: string, data: string): Promise<void> => {
  const client = createQueueClient(queueUrl);
  try {
    await new SqsBroadcastQueue({ queueUrl, client }).send(createBroadcastRecord(data));
  } finally {
    client.destroy();
  }
};
