import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { answerUsage } from './server-process.ts';

// Plain `ws`, for comparison: each message of a client goes to all the others.
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('connection', (webSocket) => {
  webSocket.on('message', (data) => {
    for (const client of server.clients) if (client !== webSocket) client.send(data.toString());
  });
});
await once(server, 'listening');
answerUsage((server.address() as AddressInfo).port, () => []);
