import type { IncomingMessage } from 'node:http';

/** A request's body, or `too-large` beyond `maxBytes`: the rest is read and dropped, so that the caller gets its answer. */
export const readBody = (request: IncomingMessage, maxBytes: number): Promise<Buffer | 'too-large'> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) chunks.push(chunk);
      else chunks.length = 0;
    });
    request.on('end', () => resolve(bytes > maxBytes ? 'too-large' : Buffer.concat(chunks)));
    request.on('error', reject);
  });
