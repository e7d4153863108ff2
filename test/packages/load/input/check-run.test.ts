import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, it } from '@jest/globals';
import { checkOpenFiles, checkTarget } from '../../../../packages/load/input/check-run.ts';
import { aTarget } from '../a-target.ts';
import { startBroadcastServer } from '../start-broadcast-server.ts';

describe('checkTarget', () => {
  const closers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  const portOf = async (
    server: { listen(port: number, host: string): unknown; address(): unknown } & NodeJS.EventEmitter,
  ): Promise<number> => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closers.push(() => new Promise((resolve) => (server as Server).close(resolve)));
    return (server.address() as AddressInfo).port;
  };

  it('shows the status and body of a refused handshake, but not the query string', async () => {
    const server = createServer();
    server.on('upgrade', (_request, socket) => {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 23\r\nConnection: close\r\n\r\n{"message":"Forbidden"}');
    });
    const url = `ws://127.0.0.1:${await portOf(server)}/production?token=secret`;
    const refusal = await checkTarget(aTarget(url)).catch((error: Error) => error);
    expect(refusal).toMatchObject({ name: 'UsageError' });
    expect(String(refusal)).toContain('refused the handshake with 403 Forbidden: {"message":"Forbidden"}.');
    expect(String(refusal)).not.toContain('secret');
  });

  it('shows the answer of a web server that does not speak WebSocket', async () => {
    const url = `ws://127.0.0.1:${await portOf(createServer((_request, response) => response.end('hello')))}`;
    await expect(checkTarget(aTarget(url))).rejects.toThrow('refused the handshake with 200 OK: hello.');
  });

  it('names a TLS error', async () => {
    const url = `wss://127.0.0.1:${await portOf(createTlsServer((socket) => socket.end()))}`;
    await expect(checkTarget(aTarget(url))).rejects.toThrow(
      /^--url: no connection to wss:\/\/127\.0\.0\.1:\d+\/: .*(SSL|handshake)/i,
    );
  });

  it('names a port on which no server listens', async () => {
    await expect(checkTarget(aTarget('ws://127.0.0.1:1'))).rejects.toThrow(
      /no connection to ws:\/\/127\.0\.0\.1:1\/: .*ECONNREFUSED/,
    );
  });

  it('names the local run if no URL was given', async () => {
    const refusal = checkTarget(aTarget('ws://127.0.0.1:1'), 'The local run');
    await expect(refusal).rejects.toThrow(
      /^The local run: no connection to .*ECONNREFUSED.* Run npm start to see why\.$/,
    );
  });

  it('ends immediately when it is aborted', async () => {
    const silent = createTcpServer();
    const stop = new AbortController();
    silent.once('connection', () => stop.abort());
    const url = `ws://127.0.0.1:${await portOf(silent)}`;
    await expect(checkTarget(aTarget(url), undefined, stop.signal)).resolves.toBeUndefined();
  });

  it('says in one line that a target does not use TLS', async () => {
    const url = `wss://127.0.0.1:${await portOf(createServer())}`;
    await expect(checkTarget(aTarget(url))).rejects.toThrow(
      /^--url: no connection to .+\. The server may not use TLS: try ws:\/\/ instead of wss:\/\/\.$/,
    );
  });

  it('closes its connection to a target that accepts it', async () => {
    const { url, server, stop } = await startBroadcastServer();
    closers.push(stop);
    await expect(checkTarget(aTarget(url))).resolves.toBeUndefined();
    expect(server.clients.size).toBe(0);
  });

  it('sends the headers and the subprotocol', async () => {
    const { url, server, stop } = await startBroadcastServer();
    closers.push(stop);
    const request = new Promise<{ headers: object }>((resolve) => {
      server.once('connection', (_connection, upgrade) => resolve(upgrade));
    });
    await checkTarget(aTarget(url, { headers: { Authorization: 'Bearer x' }, subprotocol: 'chat' }));
    expect((await request).headers).toMatchObject({ authorization: 'Bearer x', 'sec-websocket-protocol': 'chat' });
  });
});

describe('checkOpenFiles', () => {
  it('refuses more connections than a process can open, with the limit and the command that raises it', () => {
    expect(() => checkOpenFiles(5_000, 1_024)).toThrow(
      /5000 connections .* need 5064 open files .* allows 1024\. Run "ulimit -n 5064"/,
    );
  });

  it('allows as many connections as the limit', () => {
    expect(() => checkOpenFiles(960, 1_024)).not.toThrow();
    expect(() => checkOpenFiles(10)).not.toThrow();
  });
});
