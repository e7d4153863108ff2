import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { canonicalRequest } from '../../packages/local/gateway/signatures/canonical-request.ts';
import { signingKeys } from '../../packages/local/gateway/signatures/signing-keys.ts';
import type { Credentials } from '../../packages/local/model/application.ts';

export const REGION = 'eu-central-1';
/** The credentials of the caller, which the gateway accepts. */
export const CREDENTIALS: Credentials = {
  accessKeyId: 'AKIABENCH',
  secretAccessKey: 'bench-secret',
  sessionToken: 'bench-token',
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * Creates signed posts as bytes, one for each connection. They are created before the measurement, because only the
 * gateway is measured.
 */
export const signedPosts = (port: number, connectionIds: readonly string[], body: string): Buffer[] => {
  const date = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = `${date.slice(0, 8)}/${REGION}/execute-api/aws4_request`;
  const sign = signingKeys(REGION, 'execute-api')(CREDENTIALS, date.slice(0, 8));
  const signed = { host: `127.0.0.1:${port}`, 'x-amz-date': date, 'x-amz-security-token': CREDENTIALS.sessionToken };
  const names = Object.keys(signed);
  return connectionIds.map((id) => {
    const url = `/production/@connections/${encodeURIComponent(id)}`;
    const canonical = canonicalRequest({ method: 'POST', url, headers: signed, bodyHash: sha256(body) }, names);
    const signature = sign(`AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256(canonical)}`);
    const credential = `${CREDENTIALS.accessKeyId}/${scope}`;
    const headers = {
      ...signed,
      authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
      'content-length': Buffer.byteLength(body),
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return Buffer.from(`POST ${url} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
  });
};

/**
 * Sends `count` of the posts in turn over `sockets` keep-alive connections, one in flight on each.
 *
 * @throws {Error} on the first answer that is not 200.
 */
export const sendPosts = async (
  port: number,
  posts: readonly Buffer[],
  count: number,
  sockets: number,
): Promise<void> => {
  let next = 0;
  const sendSome = async (): Promise<void> => {
    const socket = connect(port, '127.0.0.1').setNoDelay();
    await once(socket, 'connect');
    await new Promise<void>((resolve, reject) => {
      const send = (): void => {
        if (next < count) socket.write(posts[next++ % posts.length] as Buffer);
        else resolve();
      };
      socket.on('data', (answer: Buffer) => {
        if (answer.indexOf('HTTP/1.1 200 ') === 0) send();
        else reject(new Error(answer.toString()));
      });
      send();
    });
    socket.destroy();
  };
  await Promise.all(Array.from({ length: sockets }, sendSome));
};
