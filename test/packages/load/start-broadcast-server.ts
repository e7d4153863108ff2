import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/** Injected faults. A post is one text to one connection. Posts of all connections are counted together. */
export interface Faults {
  /** Drops every n-th post. */
  dropEvery?: number;
  /** Posts every n-th post twice. */
  duplicateEvery?: number;
  /** Posts every n-th message after the next message. */
  swapEvery?: number;
  /** Answers every n-th message with an error frame and does not broadcast it. */
  refuseEvery?: number;
  /** Wait before the posts of a message, in milliseconds. */
  delayMs?: number;
  /** Not a fault: sends the texts of n messages together, all texts of a connection in one frame. */
  batchEvery?: number;
}

export interface BroadcastServer {
  url: string;
  /** Counts of messages, posts and injected faults. */
  planted: { posts: number; dropped: number; duplicated: number; swapped: number; refused: number; messages: number };
  /** For each dropped post, how long its connection stayed open, in milliseconds. Infinite if it is still open. */
  stayedMs(): number[];
  server: WebSocketServer;
  stop(): Promise<void>;
}

/** Starts a real WebSocket server. It posts the `message` of a frame to all open connections except its sender. */
export const startBroadcastServer = async (faults: Faults = {}): Promise<BroadcastServer> => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const planted = { posts: 0, dropped: 0, duplicated: 0, swapped: 0, refused: 0, messages: 0 };
  const drops: { to: WebSocket; atMs: number }[] = [];
  const closedAtMs = new Map<WebSocket, number>();
  const batches = new Map<WebSocket, string[]>();
  const every = (count: number | undefined, number: number): boolean => count !== undefined && number % count === 0;
  const send = (to: WebSocket, text: string): void => {
    if (faults.batchEvery === undefined) to.send(text);
    else batches.set(to, [...(batches.get(to) ?? []), text]);
  };
  const sendBatches = (): void => {
    for (const [to, items] of batches) to.send(JSON.stringify({ items }));
    batches.clear();
  };
  const post = (to: WebSocket, text: string): void => {
    planted.posts++;
    if (every(faults.dropEvery, planted.posts)) {
      planted.dropped++;
      drops.push({ to, atMs: performance.now() });
      return;
    }
    send(to, text);
    if (!every(faults.duplicateEvery, planted.posts)) return;
    planted.duplicated++;
    send(to, text);
  };
  let held: (() => void) | undefined;
  const broadcast = (from: WebSocket, text: string): void => {
    const all = [...server.clients].filter((client) => client !== from && client.readyState === client.OPEN);
    const postAll = (): void => {
      for (const to of all) post(to, text);
    };
    if (every(faults.swapEvery, planted.messages)) {
      held = postAll;
      return;
    }
    postAll();
    if (held) planted.swapped++;
    held?.();
    held = undefined;
  };
  server.on('connection', (connection) => {
    connection.on('error', () => {});
    connection.on('close', () => closedAtMs.set(connection, performance.now()));
    connection.on('message', (data) => {
      planted.messages++;
      const { message } = JSON.parse(String(data));
      if (every(faults.refuseEvery, planted.messages)) {
        planted.refused++;
        connection.send(JSON.stringify({ message: 'Internal server error', connectionId: 'c', requestId: 'r' }));
      } else if (faults.delayMs === undefined) broadcast(connection, message);
      else setTimeout(() => broadcast(connection, message), faults.delayMs);
      if (every(faults.batchEvery, planted.messages)) sendBatches();
    });
  });
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    planted,
    stayedMs: () => drops.map(({ to, atMs }) => (closedAtMs.get(to) ?? Number.POSITIVE_INFINITY) - atMs),
    server,
    stop: async () => {
      for (const client of server.clients) client.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
