import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Authority, Invoker, Keyring, WebSocketApi } from '../model/application.ts';
import type { GatewayLog } from '../model/local-event.ts';
import type { Clock } from '../runtime/clock.ts';
import { unsupportedByGateway } from '../template/checks/unsupported-by-gateway.ts';
import { messageValidator } from '../template/expressions/message-validator.ts';
import { selectionExpression } from '../template/expressions/selection-expression.ts';
import { apiHosts } from './api-hosts.ts';
import type { GatewayFaults } from './calls/gateway-faults.ts';
import { HEADERS_TIMEOUT_MS, KEEP_ALIVE_MS, MAX_HEADER_BYTES } from './calls/http-limits.ts';
import { serveCalls } from './calls/serve-calls.ts';
import { acceptUpgrades } from './handshake/accept-upgrades.ts';
import { mockRunner } from './integrations/mock-runner.ts';
import type { RunningApi } from './running-api.ts';
import type { Pages } from './serve-pages.ts';
import { signatureVerifier } from './signatures/signature-verifier.ts';
import { stageThrottle } from './stage-throttle.ts';

export interface GatewayOptions {
  api: WebSocketApi;
  region: string;
  accountId: string;
  /** The address to listen on: `127.0.0.1` keeps it to this machine. */
  host: string;
  /** 0 takes a free one. */
  port: number;
  invoker: Invoker;
  keyring: Keyring;
  authority: Authority;
  clock: Clock;
  faults?: GatewayFaults;
  /** Answers GET and HEAD beside the stages. */
  pages?: Pages;
  log?: GatewayLog;
}

export interface Gateway {
  port: number;
  /** Open connections, those that are still closing too. */
  connections(): number;
  /** Closes every connection with 1001, without running `$disconnect`, and frees the port. */
  stop(): Promise<void>;
}

/** How often Node looks for requests that are late. */
const LATENESS_CHECK_MS = 1_000;
const REQUEST_TIMEOUT_MS = 30_000;

/**
 * Runs one WebSocket API as API Gateway does: `ws://host:port/{stage}` for clients,
 * `http://host:port/{stage}/@connections/{id}` for callers.
 *
 * @throws {Error} Where the port is taken (`EADDRINUSE`), or the API uses what is not run here; the message names it.
 */
export const startGateway = async (options: GatewayOptions): Promise<Gateway> => {
  const running = runningApi(options);
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: LATENESS_CHECK_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
  });
  server.maxHeadersCount = 0; // bounded by their bytes: a count would drop the rest in silence
  server.on('upgrade', acceptUpgrades(running));
  serveCalls(server, running, options);
  const closeSockets = trackSockets(server);
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const closed = once(server, 'close').then(() => {});

  return {
    port: (server.address() as AddressInfo).port,
    connections: () => running.connections.size,
    stop: () => {
      running.stopping = true;
      for (const connection of running.connections.values()) connection.close({ code: 1001, reason: 'Going away' });
      if (server.listening) server.close();
      closeSockets();
      return closed;
    },
  };
};

const runningApi = ({
  api,
  region,
  accountId,
  host,
  invoker,
  keyring,
  authority,
  clock,
  log,
}: GatewayOptions): RunningApi => {
  const unsupported = unsupportedByGateway(api);
  if (unsupported.length > 0) throw new Error(`${api.name} cannot run here:\n${unsupported.join('\n')}`);
  const domainName = `${api.apiId}.execute-api.${region}.amazonaws.com`;
  return {
    api,
    region,
    accountId,
    hosts: apiHosts({ listeningOn: host, domainName, mappings: api.mappings }),
    invoker,
    clock,
    verify: signatureVerifier({ keyring, region, clock }),
    authority,
    log: log ?? (() => {}),
    selectKey: selectionExpression(api.routeSelectionExpression),
    routes: new Map(api.routes.map((route) => [route.routeKey, route])),
    validators: new Map(
      api.routes.flatMap(({ routeKey, validation }) => (validation ? [[routeKey, messageValidator(validation)]] : [])),
    ),
    mocks: new Map(
      api.routes.flatMap(({ integration }) =>
        integration?.type === 'mock' ? [[integration, mockRunner(integration)]] : [],
      ),
    ),
    connections: new Map(),
    admit: stageThrottle(api.stages, clock),
    stopping: false,
  };
};

/** Ends every socket of a server at once. What is written already still goes out, where the client reads it. */
const trackSockets = (server: Server): (() => void) => {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return () => {
    for (const socket of sockets) {
      if (socket.writableLength > 0) socket.destroy();
      else socket.destroySoon();
    }
  };
};
