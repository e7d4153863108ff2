import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';

const dynalite: (options: { createTableMs: number }) => Server = createRequire(import.meta.url)('dynalite');

/** Starts a DynamoDB in this process, in memory. */
export const startDynalite = async (): Promise<{ url: string; stop(): Promise<void> }> => {
  const server = dynalite({ createTableMs: 0 });
  // Node closes an idle socket after 5 seconds. On a busy machine the SDK may write a request to it at that moment.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
};
