import type { IncomingMessage } from 'node:http';

const EMPTY = Buffer.alloc(0);

/**
 * Reads the body of a request. The result is `too-large` for more than `maxBytes`, after the rest was read and dropped
 * so that the caller gets its answer, and `aborted` if the caller broke off.
 */
export const readBody = (request: IncomingMessage, maxBytes: number): Promise<Buffer | 'too-large' | 'aborted'> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) chunks.push(chunk);
      else chunks.length = 0;
    });
    request.on('end', () => {
      const [only = EMPTY] = chunks;
      resolve(bytes > maxBytes ? 'too-large' : chunks.length > 1 ? Buffer.concat(chunks, bytes) : only);
    });
    request.on('error', () => resolve('aborted'));
  });
