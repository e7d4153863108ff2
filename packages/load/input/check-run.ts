import type { IncomingMessage } from 'node:http';
import { UsageError } from '../../command-line/command.ts';
import { openConnection, publicUrl, type Target } from '../workload/target.ts';

const URL_OPTION = '--url';
/** By the code of what failed. */
const REMEDIES: Readonly<Record<string, string>> = {
  ECONNREFUSED: ' Start what should listen there, or leave --url out to load the local run.',
  ENOTFOUND: ' Compare the host with the output of your stack.',
  EPROTO: ' What listens there may want ws:// for wss://.',
  ECONNRESET: ' What listens there may want wss:// for ws://, or speak another protocol.',
};

const MAX_BODY_BYTES = 1_024;
const LEAVE_TIMEOUT_MS = 1_000;

/**
 * Opens one connection and leaves, to know before the run whether the target takes any.
 * @param given Begins the sentence of what is wrong. Default: the option.
 * @param stop Ends it, as if the target had taken the connection.
 * @throws {UsageError} when the URL is no WebSocket's, the handshake is refused (with its status and body) or the
 * connection fails (TLS, DNS, refused).
 */
export const checkTarget = async (target: Target, given = URL_OPTION, stop?: AbortSignal): Promise<void> => {
  const place = publicUrl(target.url);
  await new Promise<void>((resolve, reject) => {
    const socket = openConnection(target);
    stop?.addEventListener('abort', () => {
      resolve();
      socket.terminate();
    });
    socket.once('unexpected-response', (_request, response) => {
      void bodyOf(response).then((body) => {
        const status = `${response.statusCode} ${response.statusMessage ?? ''}`.trim();
        reject(new UsageError(`${given}: ${place} refused the handshake with ${status}${body && `: ${body}`}.`));
        socket.terminate();
      });
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const [reason] = (error.message || error.code || 'the connection failed').split('\n');
      const remedy = given === URL_OPTION ? (REMEDIES[error.code ?? ''] ?? '') : ' Run npm start to see why.';
      reject(new UsageError(`${given}: no connection to ${place}: ${reason}.${remedy}`));
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

/** What a process needs beside its connections: libraries, pipes, event loop. */
const OWN_FILES = 64;

/**
 * Makes sure that one process may open so many connections. Windows has no such limit.
 * @param limit Most open files of a process. Default: this process's hard limit, to which Node raises itself.
 * @throws {UsageError} with the limit and the command that raises it.
 */
export const checkOpenFiles = (connections: number, limit: number = openFilesLimit()): void => {
  const needed = connections + OWN_FILES;
  if (needed <= limit) return;
  throw new UsageError(
    `--connections: ${connections} connections in one process need ${needed} open files and this shell allows ${limit}: run "ulimit -n ${needed}" first (as root, or raise nofile in /etc/security/limits.conf), or spread them with --processes.`,
  );
};

const openFilesLimit = (): number => {
  const report = process.report?.getReport() as { userLimits?: { open_files?: { hard: number | 'unlimited' } } };
  const hard = report.userLimits?.open_files?.hard;
  return typeof hard === 'number' ? hard : Number.POSITIVE_INFINITY;
};
