import type { Socket } from 'node:net';
import { createServer } from 'node:tls';
import { toIndex } from '../connection-ids.ts';
import type { Certificate } from '../create-certificate.ts';
import type { StubState } from './stub-state.ts';

const answer = (status: string, headers = ''): Buffer =>
  Buffer.from(
    `HTTP/1.1 ${status}\r\nDate: Fri, 20 Nov 2026 23:44:55 GMT\r\nContent-Type: application/json\r\nContent-Length: 0\r\nConnection: keep-alive\r\nx-amzn-RequestId: 8c8a3a3c-1a9c-4ba1-8a27-7a5cd1dd9a07\r\n${headers}x-amz-apigw-id: PJqB0E1tKRcF-Qw=\r\n\r\n`,
  );
const DELIVERED = answer('200 OK');
const GONE = answer('410 Gone', 'x-amzn-ErrorType: GoneException\r\n');
const THROTTLED = answer('429 Too Many Requests', 'x-amzn-ErrorType: LimitExceededException\r\n');

/**
 * Starts `@connections` over TLS, with latency and faults. It reads requests from raw sockets, because Node's server
 * takes twice the CPU, and the stub shares the machine with the measured process. It checks no signatures.
 */
export const serveConnections = async (state: StubState, certificate: Certificate): Promise<number> => {
  const server = createServer(certificate, (socket) => {
    state.counts.sockets += 1;
    socket.setNoDelay();
    socket.on('error', () => socket.destroy());
    readPosts(socket, (connectionId) => answerPost(state, socket, connectionId));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
};

const readPosts = (socket: Socket, onPost: (connectionId: string) => void): void => {
  let received = '';
  socket.on('data', (bytes: Buffer) => {
    received += bytes.toString('latin1');
    for (;;) {
      const headEnd = received.indexOf('\r\n\r\n');
      if (headEnd < 0) return;
      const head = received.slice(0, headEnd);
      const end = headEnd + 4 + Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
      if (received.length < end) return;
      received = received.slice(end);
      onPost(decodeURIComponent(/@connections\/([^ ?]+)/.exec(head)?.[1] ?? ''));
    }
  });
};

const answerPost = (state: StubState, socket: Socket, connectionId: string): void => {
  const { counts } = state;
  counts.posts += 1;
  counts.firstPostedAt ||= performance.timeOrigin + performance.now();
  const bytes = state.isStale(toIndex(connectionId)) ? GONE : state.isThrottled() ? THROTTLED : DELIVERED;
  setTimeout(() => {
    if (bytes === GONE) counts.gone += 1;
    else if (bytes === THROTTLED) counts.throttled += 1;
    else {
      counts.delivered += 1;
      counts.lastDeliveredAt = performance.timeOrigin + performance.now();
      counts.firstDeliveredAt ||= counts.lastDeliveredAt;
    }
    socket.write(bytes);
  }, state.nextLatencyMs());
};
