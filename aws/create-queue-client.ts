import { SQSClient } from '@aws-sdk/client-sqs';

/**
 * A client for whatever queue a URL names: for one of a local run with the keys that may do everything there, else with
 * the SDK's default chain, in the URL's Region.
 */
export const createQueueClient = (queueUrl: string): SQSClient => {
  const { hostname, origin } = new URL(queueUrl);
  if (['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    return new SQSClient({ region: 'us-east-1', endpoint: origin, credentials });
  }
  const region = /^sqs\.([a-z0-9-]+)\.amazonaws\.com/.exec(hostname)?.[1];
  return new SQSClient(region === undefined ? {} : { region });
};
