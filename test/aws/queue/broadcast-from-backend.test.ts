import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createQueueClient } from '../../../aws/queue/broadcast-from-backend.ts';
import { useLocalCredentials } from '../use-local-credentials.ts';

beforeEach(() => useLocalCredentials({ AWS_REGION: 'ap-south-1', AWS_ACCESS_KEY_ID: 'AKIAENVIRONMENT' }));
afterEach(() => {
  jest.restoreAllMocks();
});

interface Sent {
  hostname: string;
  port?: number;
  headers: Record<string, string>;
}

/** Returns the host, key and Region of a request for a queue. The request is intercepted after the SDK signed it. */
const sentTo = async (origin: string): Promise<{ to: string; keyId: string; region: string }> => {
  const QueueUrl = `${origin}/123456789012/broadcasts`;
  const client = createQueueClient(QueueUrl);
  const sent: Sent[] = [];
  client.middlewareStack.add(
    () => async (args) => {
      sent.push(args.request as Sent);
      return { response: {}, output: { $metadata: {} } };
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
  await client.send(new GetQueueAttributesCommand({ QueueUrl })).finally(() => client.destroy());
  const [{ hostname, port, headers }] = sent as [Sent];
  const [, keyId = '', region = ''] = /Credential=(\w+)\/\d+\/([\w-]+)\/sqs\//.exec(headers.authorization ?? '') ?? [];
  return { to: port === undefined ? hostname : `${hostname}:${port}`, keyId, region };
};

/** The SDK warns of a URL that differs from the one it would create. */
const spyOnWarnings = () => jest.spyOn(console, 'warn').mockImplementation(() => {});

describe('createQueueClient', () => {
  it.each([
    ['sqs.eu-central-1.amazonaws.com', 'eu-central-1'],
    ['sqs.us-gov-west-1.amazonaws.com', 'us-gov-west-1'],
    ['sqs.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
    ['sqs.us-iso-east-1.c2s.ic.gov', 'us-iso-east-1'],
    ['sqs.eusc-de-east-1.amazonaws.eu', 'eusc-de-east-1'],
    ['sqs.eu-west-1.api.aws', 'eu-west-1'],
    ['sqs.cn-north-1.api.amazonwebservices.com.cn', 'cn-north-1'],
    ['sqs-fips.us-east-1.amazonaws.com', 'us-east-1'],
    ['sqs-fips.us-east-1.api.aws', 'us-east-1'],
    ['eu-west-1.queue.amazonaws.com', 'eu-west-1'],
    ['cn-north-1.queue.amazonaws.com.cn', 'cn-north-1'],
    ['queue.amazonaws.com', 'us-east-1'],
    ['vpce-0a1b2c3d4e5f60718-abcd1234.sqs.eu-central-1.vpce.amazonaws.com', 'eu-central-1'],
    ['vpce-0a1b2c3d4e5f60718-abcd1234-us-east-1a.sqs-fips.us-east-1.vpce.amazonaws.com', 'us-east-1'],
    ['SQS.EU-CENTRAL-1.amazonaws.com', 'eu-central-1'],
  ])('signs for the Region that %s names, and sends there', async (host, region) => {
    spyOnWarnings();
    await expect(sentTo(`https://${host}`)).resolves.toEqual({
      to: host.toLowerCase(),
      keyId: 'AKIAENVIRONMENT',
      region,
    });
  });

  it.each(['sqs.internal.example.com', 'my-team-1.example.com', 'eu-west-1.queue.example.com'])(
    "signs for the environment's Region if %s has no Region",
    async (host) => {
      spyOnWarnings();
      await expect(sentTo(`https://${host}`)).resolves.toEqual({
        to: host,
        keyId: 'AKIAENVIRONMENT',
        region: 'ap-south-1',
      });
    },
  );

  it.each(['127.0.0.1', 'localhost', '[::1]'])(
    'sends to a local run at %s with its keys, and without a warning',
    async (host) => {
      const warnings = spyOnWarnings();
      await expect(sentTo(`http://${host}:4566`)).resolves.toEqual({
        to: `${host}:4566`,
        keyId: 'local',
        region: 'us-east-1',
      });
      expect(warnings).not.toHaveBeenCalled();
    },
  );
});
