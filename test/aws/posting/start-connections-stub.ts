import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/**
 * How the stub answers for a connection. Most answers are API Gateway's. `invalid` is 400 for a malformed id,
 * `bare-gone` is 410 without a header, `hang` sends no answer, `stall` sends an answer without an end, and `reset` is a
 * broken socket.
 */
export type Behaviour =
  | 'ok'
  | 'gone'
  | 'bare-gone'
  | 'invalid'
  | 'bad-request'
  | 'throttled'
  | 'too-large'
  | 'forbidden'
  | 'failed'
  | 'hang'
  | 'stall'
  | 'reset';

export interface StubRequest {
  method: string;
  /** As the client sent it. */
  path: string;
  connectionId: string;
  body: string;
}

export interface ConnectionsStub {
  /** The value for `AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI`. */
  url: string;
  /** By connection id. Default `ok`. */
  behaviours: Map<string, Behaviour>;
  /** All requests, in order. */
  requests: StubRequest[];
  stop(): Promise<void>;
}

const PREFIX = '/production/@connections/';

/** Starts `@connections` over HTTP, with the statuses, headers and bodies of API Gateway. It checks no signatures. */
export const startConnectionsStub = async (): Promise<ConnectionsStub> => {
  const behaviours = new Map<string, Behaviour>();
  const requests: StubRequest[] = [];
  const server = createServer(async (request, response) => {
    const { method = '', url: path = '' } = request;
    const connectionId = decodeURIComponent(decodeURIComponent(path).slice(PREFIX.length));
    requests.push({ method, path, connectionId, body: await text(request) });
    answer(behaviours.get(connectionId) ?? 'ok', connectionId, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/production`,
    behaviours,
    requests,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const answer = (behaviour: Behaviour, connectionId: string, request: IncomingMessage, response: ServerResponse) => {
  const refuse = (status: number, type: string, message?: string) => {
    response.writeHead(status, { 'x-amzn-ErrorType': type, 'Content-Type': 'application/json' });
    response.end(message === undefined ? undefined : JSON.stringify({ message }));
  };
  switch (behaviour) {
    case 'gone':
      return refuse(410, 'GoneException');
    case 'bare-gone':
      return response.writeHead(410).end();
    case 'invalid':
      return refuse(400, 'BadRequestException', `Invalid connectionId: ${connectionId}`);
    case 'bad-request':
      return refuse(400, 'BadRequestException', 'Something else');
    case 'throttled':
      return refuse(429, 'LimitExceededException');
    case 'too-large':
      return refuse(413, 'PayloadTooLargeException', 'Message too long');
    case 'forbidden':
      return refuse(
        403,
        'ForbiddenException',
        `The Canonical String should have been ${request.headers.authorization}`,
      );
    case 'failed':
      return refuse(500, 'InternalServerErrorException');
    case 'hang':
      return response;
    case 'stall':
      return response.writeHead(200, { 'Content-Length': '10' }).flushHeaders();
    case 'reset':
      return request.socket.destroy();
    case 'ok':
      return ok(request, response);
  }
};

const ok = ({ method }: IncomingMessage, response: ServerResponse) => {
  if (method === 'POST') return response.writeHead(200).end();
  if (method === 'DELETE') return response.writeHead(204).end();
  return response.writeHead(200, { 'Content-Type': 'application/json' }).end(
    JSON.stringify({
      connectedAt: '2026-11-20T08:04:01.123Z',
      identity: { sourceIp: '192.0.2.7', userAgent: 'wscat' },
      lastActiveAt: '2026-11-20T08:05:02.456Z',
    }),
  );
};
