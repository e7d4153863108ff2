import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Authority, Invoker, Keyring, WebSocketApi } from '../model/application.ts';
import type { GatewayLog } from '../model/local-event.ts';
import { partitionOf } from '../model/partition.ts';
import type { Clock } from '../runtime/clock.ts';
import { unsupportedByGateway } from '../template/checks/unsupported-by-gateway.ts';
import { apiHosts } from './api-hosts.ts';
import type { GatewayFaults } from './calls/gateway-faults.ts';
import { HEADERS_TIMEOUT_MS, KEEP_ALIVE_MS, MAX_HEADER_BYTES } from './calls/http-limits.ts';
import { serveCalls } from './calls/serve-calls.ts';
import { type Connection, type Ending, LOST } from './connections/connection.ts';
import { openConnection } from './connections/open-connection.ts';
import { reportDisconnect } from './connections/report-disconnect.ts';
import type { ConnectionFacts } from './events/connection-facts.ts';
import { acceptUpgrades } from './handshake/accept-upgrades.ts';
import { mockRunners } from './integrations/mock-runner.ts';
import { compileRoutes, handleMessage } from './messages/handle-message.ts';
import type { Pages } from './serve-pages.ts';
import { signatureVerifier } from './signatures/signature-verifier.ts';
import { stageThrottle } from './stage-throttle.ts';

export interface GatewayOptions {
  api: WebSocketApi;
  region: string;
  accountId: string;
  /** The address to listen on. `127.0.0.1` takes connections from this machine only. */
  host: string;
  /** 0 takes a free port. */
  port: number;
  invoker: Invoker;
  keyring: Keyring;
  authority: Authority;
  clock: Clock;
  faults?: GatewayFaults;
  /** Answers GET and HEAD requests outside the stages. */
  pages?: Pages;
  log?: GatewayLog;
}

export interface Gateway {
  port: number;
  /** Number of open connections. Connections that are closing count too. */
  connections(): number;
  /** Closes every connection with 1001, without running `$disconnect`, and frees the port. */
  stop(): Promise<void>;
}

/** How often Node checks for late requests. */
const LATENESS_CHECK_MS = 1_000;
const REQUEST_TIMEOUT_MS = 30_000;

/**
 * Runs one WebSocket API as API Gateway does: `ws://host:port/{stage}` for clients,
 * `http://host:port/{stage}/@connections/{id}` for callers.
 *
 * @throws {Error} if the port is in use (`EADDRINUSE`), or if the API uses something unsupported; the message names it.
 */
export const startGateway = async (options: GatewayOptions): Promise<Gateway> => {
  const unsupported = unsupportedByGateway(options.api);
  if (unsupported.length > 0) throw new Error(`${options.api.name} cannot run here:\n${unsupported.join('\n')}`);
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: LATENESS_CHECK_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
  });
  server.maxHeadersCount = 0; // maxHeaderSize limits headers; with a count, Node would drop further ones silently
  const { connections, closeConnections } = serveApi(server, options);
  const closeSockets = trackSockets(server);
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const closed = once(server, 'close').then(() => {});

  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections.size,
    stop: () => {
      closeConnections();
      if (server.listening) server.close();
      closeSockets();
      return closed;
    },
  };
};

/** Connects the parts: a handshake opens a connection, its messages run integrations, and calls reach it. */
const serveApi = (server: Server, options: GatewayOptions) => {
  const { api, region, accountId, host, invoker, keyring, authority, clock, faults, pages, log = () => {} } = options;
  const connections = new Map<string, Connection>();
  let isStopping = false;
  const { selectKey, routes, validators } = compileRoutes(api);
  const integrations = { invoker, clock, mocks: mockRunners(api.routes) };
  const admit = stageThrottle(api.stages, clock);

  const messages = { api, clock, log, admit, integrations, selectKey, routes, validators };
  const onMessage = (connection: Connection, body: string) => handleMessage(messages, connection, body);
  const disconnects = { api, clock, integrations, integration: routes.get('$disconnect')?.integration };
  const onClosed = (facts: ConnectionFacts, ending: Ending): void => {
    if (!isStopping) void reportDisconnect(disconnects, facts, ending);
  };
  const opening = { connections, clock, log, onMessage, onClosed };

  const domainName = `${api.apiId}.execute-api.${region}.amazonaws.com`;
  const access = {
    apiArn: `arn:${partitionOf(region)}:execute-api:${region}:${accountId}:${api.apiId}`,
    hosts: apiHosts({ listeningOn: host, domainName, mappings: api.mappings }),
    verify: signatureVerifier({ keyring, region, clock }),
    authority,
  };
  const connectRoute = routes.get('$connect');
  const handshakes = { ...access, api, accountId, clock, log, admit, connectRoute, invoker, integrations };
  const onOpen = (facts: ConnectionFacts, webSocket: WebSocket, socket: Duplex): void =>
    openConnection(opening, facts, webSocket, socket);
  const onLost = (facts: ConnectionFacts): void => onClosed(facts, LOST);
  server.on('upgrade', acceptUpgrades({ ...handshakes, onOpen, onLost }));
  serveCalls(server, { ...access, api, connections, clock, log, faults, pages });

  const closeConnections = (): void => {
    isStopping = true;
    for (const connection of connections.values()) connection.close({ code: 1001, reason: 'Going away' });
  };
  return { connections, closeConnections };
};

/** Returns a function that ends every socket of a server. Data that the client is not reading is dropped. */
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
