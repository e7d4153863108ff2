import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { readBody } from '../runtime/read-body.ts';
import type { Engine, ServiceError } from './engine.ts';
import type { Decision, Permission } from './engine-protocol.ts';

/** More than the largest request of either service, DynamoDB's BatchWriteItem of 16 MB. */
const MAX_REQUEST_BYTES = 17 * 1_024 * 1_024;

const sendError = (response: ServerResponse, { statusCode, type, message, queryError }: ServiceError): void => {
  response
    .writeHead(statusCode, {
      'content-type': 'application/x-amz-json-1.0',
      'x-amzn-requestid': randomUUID(),
      ...(queryError && { 'x-amzn-query-error': queryError }),
    })
    .end(JSON.stringify({ __type: type, message }));
};

const parseObject = (text: string): Record<string, unknown> | undefined => {
  try {
    const value = JSON.parse(text || '{}');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

const accessKeyIdOf = ({ headers }: IncomingMessage): string | undefined =>
  /^AWS4-HMAC-SHA256 .*?Credential=([^/,\s]+)\//.exec(headers.authorization ?? '')?.[1];

/**
 * An HTTP server in front of an engine. It finds the caller by the access key of the signature, asks for authorization,
 * and passes the request to the engine. It refuses a request as the service does. It does not check the signature
 * itself: on one machine, a key that the run handed out is proof enough.
 * @param log Receives the error of a request that failed here. The caller gets the engine's `failure`.
 */
export const serveEngine = (
  engine: Engine,
  authorize: (accessKeyId: string, permissions: readonly Permission[]) => Promise<Decision>,
  log: (line: string) => void,
): Server => {
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const read = await readBody(request, MAX_REQUEST_BYTES);
    if (read === 'aborted') return;
    if (engine.formRefusal && request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
      return void response.writeHead(400, { 'content-type': 'text/xml' }).end(engine.formRefusal);
    }
    const text = read === 'too-large' ? '' : read.toString();
    const body = read === 'too-large' ? undefined : parseObject(text);
    if (body === undefined) {
      const type = 'com.amazon.coral.service#SerializationException';
      const message = `The request body is not a JSON object of at most ${MAX_REQUEST_BYTES} bytes`;
      return sendError(response, { statusCode: 400, type, message });
    }
    const accessKeyId = accessKeyIdOf(request);
    if (!accessKeyId) {
      const type = 'com.amazon.coral.service#MissingAuthenticationTokenException';
      return sendError(response, { statusCode: 400, type, message: 'Request is missing Authentication Token' });
    }
    const operation = String(request.headers['x-amz-target'] ?? '').replace(/^.*\./, '');
    const decision = await authorize(accessKeyId, engine.permissionsOf(operation, body));
    if (!decision.allowed) {
      return sendError(response, decision.reason === 'denied' ? engine.denied(decision.message) : engine.unknownKey);
    }
    const fault = engine.fault(decision.sender);
    if (fault) return sendError(response, fault);
    const traceHeader = request.headers['x-amzn-trace-id'] as string | undefined;
    await engine.serve({ operation, body, text, sender: decision.sender, traceHeader, request, response });
  };
  const server = createServer((request, response) => {
    handle(request, response).catch((error: Error) => {
      log(`A request (${request.headers['x-amz-target']}) could not be handled: ${error.stack ?? error.message}`);
      if (response.headersSent) response.destroy();
      else sendError(response, engine.failure);
    });
  });
  // A frozen function cannot see that an idle connection was closed, and its next request would fail.
  server.keepAliveTimeout = 0;
  return server;
};
