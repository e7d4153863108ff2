import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCertificate } from '../create-certificate.ts';
import { nextMessage } from '../next-message.ts';
import type { StubCounts, StubReady, StubRequest, StubSettings } from './stub-messages.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

/** The stub of AWS, in its own process. */
export interface Stub {
  /** The environment variables with which a function uses the stub and trusts its certificate. */
  environment: Readonly<Record<string, string>>;
  /** Resets the stub to these settings. Resolves to the counts before the reset. */
  reset(settings: StubSettings): Promise<StubCounts>;
  counts(): Promise<StubCounts>;
  stop(): Promise<void>;
}

/**
 * Starts the stub with a new certificate. The measured code trusts it through `NODE_EXTRA_CA_CERTS`, because it has no
 * option for certificates.
 */
export const startStub = async (): Promise<Stub> => {
  const { cert, key } = await createCertificate();
  const folder = await mkdtemp(join(tmpdir(), 'fan-out-bench-'));
  const certificateFile = join(folder, 'certificate.pem');
  await writeFile(certificateFile, cert);
  const child = fork(MAIN, { env: { ...process.env, STUB_CERTIFICATE: cert, STUB_KEY: key }, stdio: 'inherit' });
  const { connectionsPort, servicesPort } = await nextMessage<StubReady>(child, 'The stub');
  const ask = (request: StubRequest): Promise<StubCounts> => {
    const answer = nextMessage<StubCounts>(child, 'The stub');
    child.send(request);
    return answer;
  };
  return {
    environment: environmentFor(connectionsPort, servicesPort, certificateFile),
    reset: (settings) => ask({ settings }),
    counts: () => ask({}),
    stop: async () => {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
      await rm(folder, { recursive: true });
    },
  };
};

const environmentFor = (connectionsPort: number, servicesPort: number, certificateFile: string) => ({
  NODE_EXTRA_CA_CERTS: certificateFile,
  AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: `https://localhost:${connectionsPort}/production`,
  AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${servicesPort}`,
  AWS_ENDPOINT_URL_SQS: `http://127.0.0.1:${servicesPort}`,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'AKIABENCHBENCHBENCH0',
  AWS_SECRET_ACCESS_KEY: 'secret/of+the/bench/secret/of+the/bench0',
  // The credentials of a Lambda have a token of about this length, which is signed with every post.
  AWS_SESSION_TOKEN: 'IQoJb3JpZ2luX2VjE'.padEnd(900, 'Bench0'),
  AWS_LAMBDA_FUNCTION_NAME: 'bench',
  FAN_OUT_CONNECTIONS_TABLE: 'connections',
  FAN_OUT_BROADCAST_QUEUE_URL: `http://127.0.0.1:${servicesPort}/123456789012/broadcasts`,
  FAN_OUT_DEAD_LETTER_QUEUE_URL: `http://127.0.0.1:${servicesPort}/123456789012/dead-letters`,
  FAN_OUT_POSTS_PER_SECOND: '10000',
});
