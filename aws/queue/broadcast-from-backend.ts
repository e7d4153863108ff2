import { SQSClient } from '@aws-sdk/client-sqs';
import { createBroadcastRecord } from '../../schemas/create-broadcast-record.ts';
import { SqsBroadcastQueue } from './sqs-broadcast-queue.ts';

/**
 * The Region in the host of an SQS endpoint: after `sqs` or `sqs-fips`, in any partition and for any VPC endpoint, or
 * before `queue` in a legacy one.
 * @see https://docs.aws.amazon.com/general/latest/gr/sqs-service.html
 */
const REGION = /(?<=(?:^|\.)sqs(?:-fips)?\.)[a-z-]+-\d+(?=\.)|^[a-z-]+-\d+(?=\.queue\.amazonaws\.)/;
/** The one legacy endpoint that does not name its Region. */
const LEGACY_US_EAST_1 = 'queue.amazonaws.com';

/**
 * A client for the queue that a URL names: for one of a local run with the keys that may do everything there, else with
 * the SDK's default chain, in the URL's Region. If the URL names none, the default chain finds the Region too.
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
 * Sends a text to every connection of a stage, from outside of it. Resolves when the queue has taken it.
 * @param queueUrl The output `BroadcastQueueUrl` of the stack, deployed or here.
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
