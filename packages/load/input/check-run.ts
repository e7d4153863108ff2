import type { IncomingMessage } from 'node:http';
import { UsageError } from '../../command-line/command.ts';
import { openConnection, redactUrl, type Target } from '../workload/target.ts';

const URL_OPTION = '--url';
/** By the code of the error. */
const REMEDIES: Readonly<Record<string, string>> = {
  ECONNREFUSED: ' Start the server, or leave out --url to load the local run.',
  ENOTFOUND: ' Compare the host with the output of your stack.',
  EPROTO: ' The server may not use TLS: try ws:// instead of wss://.',
  ECONNRESET: ' The server may use TLS: try wss:// instead of ws://. Or it is not a WebSocket server.',
};

const MAX_BODY_BYTES = 1_024;
const LEAVE_TIMEOUT_MS = 1_000;

/**
 * Opens one connection and closes it, to check before the run that the target accepts connections.
 * @param source The start of an error's message. Default: the option.
 * @param stop Ends the check without an error.
 * @throws {UsageError} if the server does not speak WebSocket, refuses the handshake (with its status and body) or
 * cannot be reached (TLS, DNS, refused).
 */
export const checkTarget = async (target: Target, source = URL_OPTION, stop?: AbortSignal): Promise<void> => {
  const place = redactUrl(target.url);
  await new Promise<void>((resolve, reject) => {
    const socket = openConnection(target);
    stop?.addEventListener('abort', () => {
      resolve();
      socket.terminate();
    });
    socket.once('unexpected-response', (_request, response) => {
      void bodyOf(response).then((body) => {
        const status = `${response.statusCode} ${response.statusMessage ?? ''}`.trim();
        reject(new UsageError(`${source}: ${place} refused the handshake with ${status}${body && `: ${body}`}.`));
        socket.terminate();
      });
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const [reason] = (error.message || error.code || 'the connection failed').split('\n');
      const remedy = source === URL_OPTION ? (REMEDIES[error.code ?? ''] ?? '') : ' Run npm start to see why.';
      reject(new UsageError(`${source}: no connection to ${place}: ${reason}.${remedy}`));
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

/** Open files of a process besides its connections: libraries, pipes, event loop. */
const OWN_FILES = 64;

/**
 * Checks that one process can open the number of connections. Windows does not have such a limit.
 * @param limit Most open files of a process. Default: the hard limit of this process. Node raises its own limit to it.
 * @throws {UsageError} if the limit is too low. The message has the limit and the command that raises it.
 */
export const checkOpenFiles = (connections: number, limit: number = openFilesLimit()): void => {
  const needed = connections + OWN_FILES;
  if (needed <= limit) return;
  throw new UsageError(
    `--connections: ${connections} connections in one process need ${needed} open files and this shell allows ${limit}. Run "ulimit -n ${needed}" first (as root, or raise nofile in /etc/security/limits.conf), or use more --processes.`,
  );
};

const openFilesLimit = (): number => {
  const report = process.report?.getReport() as { userLimits?: { open_files?: { hard: number | 'unlimited' } } };
  const hard = report.userLimits?.open_files?.hard;
  return typeof hard === 'number' ? hard : Number.POSITIVE_INFINITY;
};
