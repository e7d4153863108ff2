import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';

const dynalite: (options: { createTableMs: number }) => Server = createRequire(import.meta.url)('dynalite');

/** DynamoDB in this process, in memory. */
export const startDynalite = async (): Promise<{ url: string; stop(): Promise<void> }> => {
  const server = dynalite({ createTableMs: 0 });
  // Node closes an idle socket after 5 seconds: on a busy machine, just as the SDK writes its next request to it.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
};
