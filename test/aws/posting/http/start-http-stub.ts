import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Certificate } from '../../../../bench/create-certificate.ts';
import { type RawRequest, readRequest } from './read-request.ts';

export interface HttpStub {
  port: number;
  /** Number of sockets that clients opened. */
  opened: number;
  requests: RawRequest[];
  sockets: Set<Socket>;
  stop(): Promise<void>;
}

/**
 * Starts a server on 127.0.0.1 that reads requests with a `content-length`. The test writes the bytes of the answer.
 */
export const startHttpStub = async (
  answer: (request: RawRequest, socket: Socket) => void,
  certificate?: Certificate,
): Promise<HttpStub> => {
  const accept = (socket: Socket): void => {
    stub.opened += 1;
    stub.sockets.add(socket);
    let received = '';
    let index = 0;
    socket.setNoDelay();
    socket.on('error', () => {});
    socket.on('close', () => stub.sockets.delete(socket));
    socket.on('data', (bytes: Buffer) => {
      received += bytes.toString('latin1');
      for (;;) {
        const request = readRequest(received, index);
        if (request === undefined) return;
        received = received.slice(request.raw.length);
        index += 1;
        stub.requests.push(request);
        answer(request, socket);
      }
    });
  };
  const server: Server = certificate ? createTlsServer(certificate, accept) : createServer(accept);
  const stub: HttpStub = {
    port: 0,
    opened: 0,
    requests: [],
    sockets: new Set(),
    stop: () =>
      new Promise((resolve) => {
        for (const socket of stub.sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stub.port = (server.address() as { port: number }).port;
  return stub;
};
