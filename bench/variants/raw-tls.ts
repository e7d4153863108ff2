import type { OnReadOpts } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { toConnectionId } from '../connection-ids.ts';
import type { Variant } from '../run-variant.ts';

const SOCKETS = 256;
const endpoint = new URL(process.env.AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI ?? '');

interface Line {
  socket: TLSSocket;
  onAnswer: () => void;
}
let lines: Promise<Line[]> | undefined;

/**
 * The lowest possible cost of a post in Node: it writes prepared, unsigned bytes to a TLS socket, and takes any bytes
 * that come back as the answer. It has no scan, no account and no rate, and cannot handle faults.
 */
export const rawTls: Variant = async ({ connections, messages }) => {
  lines ??= Promise.all(Array.from({ length: SOCKETS }, openLine));
  const open = await lines;
  const heads = Array.from({ length: connections }, (_, index) => headOf(toConnectionId(index)));
  const bodies = messages.map((message) => `content-length: ${Buffer.byteLength(message)}\r\n\r\n${message}`);
  let next = 0;
  const posts = connections * messages.length;
  const postNext = (line: Line, done: () => void): void => {
    if (next < posts) {
      line.onAnswer = () => postNext(line, done);
      line.socket.write(`${heads[next % connections]}${bodies[Math.floor(next / connections)]}`, 'latin1');
      next += 1;
    } else done();
  };
  await Promise.all(open.map((line) => new Promise<void>((resolve) => postNext(line, resolve))));
};

const headOf = (connectionId: string): string =>
  `POST ${endpoint.pathname}/@connections/${encodeURIComponent(connectionId)} HTTP/1.1\r\nhost: ${endpoint.host}\r\ncontent-type: application/octet-stream\r\n`;

const openLine = (): Promise<Line> =>
  new Promise((resolve, reject) => {
    const onread: OnReadOpts = {
      buffer: Buffer.allocUnsafe(16_384),
      callback: () => {
        line.onAnswer();
        return true;
      },
    };
    const options = { host: endpoint.hostname, port: Number(endpoint.port), servername: endpoint.hostname, onread };
    const socket = connect(options as ConnectionOptions, () => resolve(line));
    const line: Line = { socket, onAnswer: () => {} };
    socket.setNoDelay();
    socket.on('error', reject);
  });
