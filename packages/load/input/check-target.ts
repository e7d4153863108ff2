import type { IncomingMessage } from 'node:http';
import { InputError } from '../workload/input-error.ts';
import { openConnection } from '../workload/open-connection.ts';
import { publicUrl } from '../workload/public-url.ts';
import type { Target } from '../workload/target.ts';

const MAX_BODY_BYTES = 1_024;
const LEAVE_TIMEOUT_MS = 1_000;

/**
 * Opens one connection and leaves, to know before the run whether the target takes any.
 * @throws {InputError} when the URL is no WebSocket's, the handshake is refused (with its status and body) or the
 * connection fails (TLS, DNS, refused).
 */
export const checkTarget = async (target: Target): Promise<void> => {
  const place = publicUrl(target.url);
  await new Promise<void>((resolve, reject) => {
    const socket = openConnection(target);
    socket.once('unexpected-response', (_request, response) => {
      void bodyOf(response).then((body) => {
        const status = `${response.statusCode} ${response.statusMessage ?? ''}`.trim();
        reject(new InputError(`--url: ${place} refused the handshake with ${status}${body && `: ${body}`}.`));
        socket.terminate();
      });
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.message || error.code || 'the connection failed';
      reject(new InputError(`--url: no connection to ${place}: ${reason}.`));
    });
    socket.once('open', () => {
      socket.close(1000);
      setTimeout(() => socket.terminate(), LEAVE_TIMEOUT_MS).unref();
    });
    socket.once('close', () => resolve());
  });
};

const bodyOf = async (response: IncomingMessage): Promise<string> => {
  let body = '';
  for await (const chunk of response) {
    body += chunk;
    if (body.length >= MAX_BODY_BYTES) break;
  }
  return body.slice(0, MAX_BODY_BYTES).replace(/\s+/g, ' ').trim();
};
