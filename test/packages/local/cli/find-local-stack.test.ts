import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { findLocalStack } from '../../../../packages/local/cli/find-local-stack.ts';

describe('findLocalStack', () => {
  const servers: ReturnType<typeof createServer>[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  const serve = async (outputs: object): Promise<number> => {
    const server = createServer((_, response) => response.end(JSON.stringify(outputs))).listen(0, '127.0.0.1');
    servers.push(server);
    await new Promise((resolve) => server.once('listening', resolve));
    return (server.address() as AddressInfo).port;
  };

  it('returns the outputs of the stack with a broadcast queue, also by the name of its example', async () => {
    const outputs = { BroadcastQueueUrl: 'http://127.0.0.1:1/queue' };
    const port = await serve({ Network: {}, ChatRoom: outputs });
    await expect(findLocalStack(port)).resolves.toEqual(outputs);
    await expect(findLocalStack(port, 'chat-room')).resolves.toEqual(outputs);
  });

  it('names the stack that runs instead, and the command that starts the example', async () => {
    const port = await serve({ Polly: { BroadcastQueueUrl: 'http://127.0.0.1:1/queue' } });
    await expect(findLocalStack(port, 'chat-room')).rejects.toThrow(
      `Port ${port} runs Polly. Stop it, then start: npm start -- --example chat-room --port ${port}`,
    );
  });
});
