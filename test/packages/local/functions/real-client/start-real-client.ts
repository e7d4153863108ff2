import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { lambdaEnvironment } from '../../../../../packages/local/functions/function-instance.ts';
import { DEVELOPER_CREDENTIALS } from '../../../../../packages/local/functions/function-keyring.ts';
import type { Credentials, LambdaFunction } from '../../../../../packages/local/model/application.ts';
import { hasClient3 } from '../../../../../packages/local/model/names.ts';

/** The folder into which `scripts/install-slow-needs.sh` installs the client. */
const CLIENT = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'middy-fanout/aws-lambda-ric-4.0.2');
const API = '/2018-06-01/runtime';

/** The result of an event: the caller's answer and the lines in the function's log. */
export interface Outcome {
  payload?: unknown;
  error?: { errorType: string; errorMessage: string; trace?: readonly string[] };
  /** The lines that were logged since the previous event. */
  lines: string[];
  /** Whether the process that ran the event has ended. */
  ended: boolean;
}

interface Running {
  id: string;
  event: string;
  traceHeader: string | undefined;
  answer(outcome: Pick<Outcome, 'payload' | 'error'>): void;
}

const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text === '' ? undefined : JSON.parse(text);
};

/** The error of Lambda's sandbox for a process that has ended. It names signals as Go does. */
const exitError = (code: number | null, signal: NodeJS.Signals | null, id: string) => {
  const names: Record<string, string> = { SIGTERM: 'terminated', SIGKILL: 'killed', SIGABRT: 'aborted' };
  const why = signal ? `signal: ${names[signal] ?? signal}` : `exit status ${code}`;
  const problem = code === 0 ? 'Runtime exited without providing a reason' : `Runtime exited with error: ${why}`;
  return { errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${id} Error: ${problem}` };
};

/**
 * Runs a function under AWS's own runtime client: version 4, or 3 up to nodejs22.x. As on Lambda, it gets one event at
 * a time from a server with the Runtime API. If its process has ended, it is started again for the next event.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export const startRealClient = async (definition: LambdaFunction, credentials: Credentials = DEVELOPER_CREDENTIALS) => {
  if (!existsSync(CLIENT)) {
    throw new Error(`AWS's runtime client is not in ${CLIENT}: run bash scripts/install-slow-needs.sh, on Linux`);
  }
  let running: Running | undefined;
  /** The response to the client's request for the next event. */
  let nextRequest: ServerResponse | undefined;
  let child: ChildProcess | undefined;
  /** Resolves when the client asks for an event, or its process has ended. */
  let idle = Promise.withResolvers<void>();
  let idleExit: Outcome['error'];
  let count = 0;
  // The log is a file, so that it has all lines of an event when the answer arrives.
  const log = join(mkdtempSync(join(tmpdir(), 'real-client-')), 'log');
  let readTo = 0;
  const newLines = (): string[] => {
    const lines = readFileSync(log, 'utf8').slice(readTo);
    readTo += lines.length;
    return lines.split('\n').slice(0, -1);
  };

  const handOver = (): void => {
    if (!running || !nextRequest) return;
    nextRequest.writeHead(200, {
      'Content-Type': 'application/json', // the client's native part requires it
      'Lambda-Runtime-Aws-Request-Id': running.id,
      'Lambda-Runtime-Deadline-Ms': String(Date.now() + definition.timeoutMs),
      'Lambda-Runtime-Invoked-Function-Arn': definition.arn,
      ...(running.traceHeader && { 'Lambda-Runtime-Trace-Id': running.traceHeader }),
    });
    nextRequest.end(running.event);
    nextRequest = undefined;
  };

  const server = createServer(async (request, response) => {
    const path = request.url?.slice(API.length) ?? '';
    if (path === '/invocation/next') {
      nextRequest = response;
      if (!running) idle.resolve();
      handOver();
      return;
    }
    const body = await bodyOf(request);
    if (path === '/init/error' || path === `/invocation/${running?.id}/error`) {
      running?.answer({ error: body as Outcome['error'] & object });
    } else if (path === `/invocation/${running?.id}/response`) running?.answer({ payload: body });
    response.writeHead(202).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const startProcess = (): void => {
    const { NODE_OPTIONS = '' } = definition.environment;
    const off = ['experimental-require-module', 'experimental-detect-module'].filter(
      (name) => hasClient3(definition.runtime) && !NODE_OPTIONS.includes(`--${name}`),
    );
    const entry = join(CLIENT, hasClient3(definition.runtime) ? 'client-3.mjs' : 'client-4.mjs');
    const output = openSync(log, 'a');
    const started = spawn(process.execPath, [...off.map((name) => `--no-${name}`), entry], {
      cwd: definition.codePath,
      env: {
        ...lambdaEnvironment(definition, credentials, {
          groupName: `/aws/lambda/${definition.functionName}`,
          streamName: 's',
        }),
        AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${(server.address() as AddressInfo).port}`,
      },
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    child = started;
    started.once('close', (code, signal) => {
      child = undefined;
      running?.answer({ error: exitError(code, signal, running.id) });
      // A process that ended after it had asked for the next event fails that event.
      if (nextRequest) idleExit = exitError(code, signal, '');
      nextRequest = undefined;
      idle.resolve();
    });
  };

  return {
    invoke: async (event: unknown, traceHeader?: string): Promise<Outcome> => {
      const id = `00000000-0000-4000-8000-${String(++count).padStart(12, '0')}`;
      if (idleExit) {
        const error = idleExit;
        idleExit = undefined;
        return { error, lines: newLines(), ended: true };
      }
      const answered = Promise.withResolvers<Pick<Outcome, 'payload' | 'error'>>();
      const answer: Running['answer'] = (outcome) => {
        running = undefined;
        answered.resolve(outcome);
      };
      running = { id, event: JSON.stringify(event) ?? 'null', traceHeader, answer };
      idle = Promise.withResolvers();
      if (child) handOver();
      else startProcess();
      const outcome = await answered.promise;
      await idle.promise;
      return { ...outcome, lines: newLines(), ended: child === undefined };
    },
    stop: async (): Promise<void> => {
      child?.kill('SIGKILL');
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
