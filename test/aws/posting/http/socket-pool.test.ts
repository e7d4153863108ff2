import { connect, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { ExchangeEnd } from '../../../../aws/posting/http/http-socket.ts';
import { createCachedLookup } from '../../../../aws/posting/http/open-socket.ts';
import { SocketPool, type SocketPoolOptions } from '../../../../aws/posting/http/socket-pool.ts';
import { PATIENCE_MS, until } from '../../../support/until.ts';
import type { RawRequest } from './read-request.ts';
import { type HttpStub, startHttpStub } from './start-http-stub.ts';

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n';
const REQUEST = 'POST / HTTP/1.1\r\ncontent-length: 2\r\n\r\nhi';

let stub: HttpStub;
afterEach(() => stub.stop());

const start = async (
  answer: (request: RawRequest, socket: Socket) => void,
  options?: SocketPoolOptions,
): Promise<SocketPool> => {
  stub = await startHttpStub(answer);
  return new SocketPool({ hostname: 'localhost', port: stub.port, lookup: createCachedLookup() }, options);
};

describe('SocketPool', () => {
  it('reuses a socket', async () => {
    const pool = await start((_, socket) => socket.write(OK));
    for (let post = 0; post < 5; post += 1)
      expect(await pool.exchange(REQUEST, PATIENCE_MS)).toMatchObject({ kind: 'answered' });
    expect(stub.opened).toBe(1);
  });

  it('opens at most the allowed sockets, and lets other requests wait', async () => {
    const pool = await start((_, socket) => setImmediate(() => socket.write(OK)), { maxSockets: 3 });
    const ends = await Promise.all(Array.from({ length: 40 }, () => pool.exchange(REQUEST, PATIENCE_MS)));
    expect(ends.every(({ kind }) => kind === 'answered')).toBe(true);
    expect(stub.opened).toBe(3);
    expect(stub.requests).toHaveLength(40);
  });

  it('does not reuse a socket that was idle for too long', async () => {
    let now = 0;
    const pool = await start((_, socket) => socket.write(OK), { now: () => now });
    await pool.exchange(REQUEST, PATIENCE_MS);
    now += 30_000;
    await pool.exchange(REQUEST, PATIENCE_MS);
    expect(stub.opened).toBe(1);
    now += 30_001;
    expect(await pool.exchange(REQUEST, PATIENCE_MS)).toMatchObject({ kind: 'answered' });
    expect(stub.opened).toBe(2);
  });

  it.each([
    ['connection: close', 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n'],
    ['bytes after the answer', `${OK}HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n`],
  ])('opens another socket after %s', async (_, answer) => {
    const pool = await start((_request, socket) => socket.write(answer));
    for (let post = 0; post < 3; post += 1) {
      expect(await pool.exchange(REQUEST, PATIENCE_MS)).toMatchObject({ response: { status: 200 } });
    }
    expect(stub.opened).toBe(3);
  });

  it('ignores an answer that came before its request', async () => {
    let sendUnasked: (() => void) | undefined;
    const pool = await start((_, socket) => {
      socket.write(OK);
      sendUnasked ??= () => socket.write('HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\n\r\n');
    });
    await pool.exchange(REQUEST, PATIENCE_MS);
    const closed = new Promise((resolve) => [...stub.sockets][0]?.once('close', resolve));
    sendUnasked?.();
    await closed;
    expect(await pool.exchange(REQUEST, PATIENCE_MS)).toMatchObject({ response: { status: 200 } });
    expect(stub.opened).toBe(2);
  });

  describe('ignores a response without a request', () => {
    const GONE = 'HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n';
    const head = 'HTTP/1.1 200 OK\r\ncontent-length: ';
    /** As long as the read buffer, so that the next bytes come in a separate read immediately after it. */
    const FILLING = `${head}${'0'.repeat(5)}\r\n\r\n`.length;
    const filling = `${head}${16_384 - FILLING}\r\n\r\n${'x'.repeat(16_384 - FILLING)}`;

    it.each([
      ['in the same bytes', `${OK}${GONE}`],
      ['after an announced answer', `HTTP/1.1 100 Continue\r\n\r\n${OK}${GONE}`],
      ['as an announcement after the answer', `${OK}HTTP/1.1 103 Early Hints\r\n\r\n`],
      ['as the body of a 204', `HTTP/1.1 204 No Content\r\n\r\n${GONE}`],
      ['as the announced body of a 204', `HTTP/1.1 204 No Content\r\ncontent-length: ${GONE.length}\r\n\r\n${GONE}`],
    ])('%s, with requests waiting', async (_, answer) => {
      const pool = await start((_request, socket) => socket.write(answer), { maxSockets: 1 });
      const ends = await Promise.all([1, 2, 3].map(() => pool.exchange(REQUEST, PATIENCE_MS)));
      const status = answer.startsWith('HTTP/1.1 204') ? 204 : 200;
      expect(ends).toMatchObject([1, 2, 3].map(() => ({ kind: 'answered', response: { status } })));
      expect(stub.opened).toBe(3);
    });

    it('right after the bytes of the answer, with requests waiting', async () => {
      const pool = await start((_request, socket) => socket.write(`${filling}${GONE}`), { maxSockets: 1 });
      const ends = await Promise.all([1, 2, 3].map(() => pool.exchange(REQUEST, PATIENCE_MS)));
      expect(ends[0]).toMatchObject({ kind: 'answered', response: { status: 200 } });
      for (const end of ends) expect(end).not.toMatchObject({ response: { status: 410 } });
    });

    it('as a 204’s announced body that comes later', async () => {
      const pool = await start(
        ({ index }, socket) =>
          socket.write(index === 0 ? `HTTP/1.1 204 No Content\r\ncontent-length: ${GONE.length}\r\n\r\n` : GONE),
        { maxSockets: 1 },
      );
      const ends = await Promise.all([1, 2, 3].map(() => pool.exchange(REQUEST, PATIENCE_MS)));
      expect(ends).toMatchObject([1, 2, 3].map(() => ({ response: { status: 204 } })));
    });

    let onRequest: (() => void) | undefined;
    it.each<[string, (act: () => void) => void]>([
      ['in a microtask', (act) => queueMicrotask(act)],
      ['in a timer', (act) => setTimeout(act)],
      ['in an immediate', (act) => setImmediate(act)],
      [
        'while sockets are read',
        (act) => {
          onRequest = act;
          connect(stub.port, '127.0.0.1')
            .on('error', () => {})
            .write(REQUEST);
        },
      ],
    ])('and that came just before the next request, %s', async (_, later) => {
      const pool = await start((_request, socket) => (onRequest ? onRequest() : socket.write(OK)));
      await pool.exchange(REQUEST, PATIENCE_MS);
      const [used] = stub.sockets;
      const end = await new Promise<ExchangeEnd>((resolve) =>
        later(() => {
          onRequest = undefined;
          used?.write(GONE); // the client's buffer has it when this call returns
          resolve(pool.exchange(REQUEST, PATIENCE_MS));
        }),
      );
      expect(end).not.toMatchObject({ response: { status: 410 } });
      await until(() => !stub.sockets.has(used as Socket));
    });

    it('and trusts a 410 without bytes after it, and keeps its socket', async () => {
      const pool = await start(({ index }, socket) => socket.write(index === 1 ? GONE : OK));
      const ends: ExchangeEnd[] = [];
      for (let post = 0; post < 3; post++) ends.push(await pool.exchange(REQUEST, PATIENCE_MS));
      expect(ends).toMatchObject([200, 410, 200].map((status) => ({ kind: 'answered', response: { status } })));
      expect(stub.opened).toBe(1);
    });

    it('on a socket that was just opened, and ends the request as unsent', async () => {
      stub = await startHttpStub(() => {});
      const accepted: Socket[] = [];
      const server = createServer((socket) => {
        accepted.push(socket);
        socket.on('error', () => {});
        socket.write(GONE);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as { port: number };
      const pool = new SocketPool({ hostname: '127.0.0.1', port, lookup: createCachedLookup() });
      expect(await pool.exchange(REQUEST, PATIENCE_MS)).toMatchObject({
        kind: 'unsent',
        error: { code: 'MALFORMED_RESPONSE' },
      });
      expect(accepted).toHaveLength(1);
      for (const socket of accepted) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
  });

  it.each([
    ['a port that does not exist', { port: 70_000 }, 'ERR_SOCKET_BAD_PORT'],
    ['a lookup that is not a function', { lookup: 'dns' }, 'ERR_INVALID_ARG_TYPE'],
  ])('ends requests as unsent if a socket cannot be created: %s', async (_, wrong, code) => {
    stub = await startHttpStub((_request, socket) => socket.write(OK));
    const right = { hostname: 'localhost', port: stub.port, lookup: createCachedLookup() };
    const target = { ...right, ...wrong } as typeof right;
    const pool = new SocketPool(target, { maxSockets: 2 });
    const post = () => pool.exchange(REQUEST, PATIENCE_MS);
    const ends = await Promise.all([1, 2, 3, 4, 5].map(post));
    expect(ends).toMatchObject([1, 2, 3, 4, 5].map(() => ({ kind: 'unsent', error: { code } })));
    // A socket that could not be created does not count: the pool may still open as many as before.
    Object.assign(target, right);
    expect(await Promise.all([1, 2].map(post))).toMatchObject([{ kind: 'answered' }, { kind: 'answered' }]);
  });

  it('does not reuse a socket if the answer came before the request was written', async () => {
    const sockets: Socket[] = [];
    stub = await startHttpStub(() => {});
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
      socket.once('data', () => {
        socket.pause();
        socket.write('HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const pool = new SocketPool({ hostname: '127.0.0.1', port, lookup: createCachedLookup() });
    const large = `POST / HTTP/1.1\r\ncontent-length: 16000000\r\n\r\n${'x'.repeat(16_000_000)}`;
    for (let post = 1; post <= 2; post += 1) {
      expect(await pool.exchange(large, PATIENCE_MS)).toMatchObject({ kind: 'answered', response: { status: 413 } });
      expect(sockets).toHaveLength(post);
    }
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  it.each([
    ['closes', (socket: Socket) => socket.end()],
    ['resets', (socket: Socket) => socket.resetAndDestroy()],
    ['closes in the middle of the head', (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\ncont')],
    ['answers garbage', (socket: Socket) => socket.write('\0garbage\r\n\r\n')],
  ])('ends a request as unanswered if the peer %s', async (_, act) => {
    const pool = await start((_request, socket) => act(socket));
    expect(await pool.exchange(REQUEST, PATIENCE_MS)).toMatchObject({ kind: 'unanswered' });
    expect(stub.requests).toHaveLength(1);
  });

  it('reads the answer of a peer that closes the socket in the middle of the body', async () => {
    const pool = await start((_, socket) => socket.end('HTTP/1.1 410 Gone\r\ncontent-length: 9\r\n\r\nhalf'));
    expect(await pool.exchange(REQUEST, PATIENCE_MS)).toMatchObject({ response: { status: 410, body: 'half' } });
  });

  it('reads a body that ends when the peer closes the socket', async () => {
    const pool = await start((_, socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\nall of it'));
    expect(await pool.exchange(REQUEST, PATIENCE_MS)).toMatchObject({ response: { status: 403, body: 'all of it' } });
  });

  it('ends a request and its socket at its deadline', async () => {
    const pool = await start(({ index }, socket) => index === 0 && socket.write(OK));
    await pool.exchange(REQUEST, PATIENCE_MS); // opens the socket
    expect(await pool.exchange(REQUEST, 30)).toMatchObject({ kind: 'unanswered', error: { code: 'DEADLINE' } });
    expect(stub.opened).toBe(1);
    await until(() => stub.sockets.size === 0);
  });

  it('ends a request as unsent if it waited for a socket until its deadline', async () => {
    const pool = await start(() => {}, { maxSockets: 1 });
    const first = pool.exchange(REQUEST, PATIENCE_MS);
    await until(() => stub.requests.length === 1);
    const second = await pool.exchange(REQUEST, 30);
    expect(second).toMatchObject({ kind: 'unsent', error: { code: 'DEADLINE' } });
    expect(stub.requests).toHaveLength(1);
    for (const socket of stub.sockets) socket.destroy();
    await expect(first).resolves.toMatchObject({ kind: 'unanswered' });
  });

  it('ends each of many requests as unsent if the host refuses sockets', async () => {
    const pool = await start(() => {});
    await stub.stop();
    const ends = await Promise.all(Array.from({ length: 100 }, () => pool.exchange(REQUEST, PATIENCE_MS)));
    expect(
      ends.every((end) => end.kind === 'unsent' && (end.error as NodeJS.ErrnoException).code === 'ECONNREFUSED'),
    ).toBe(true);
  });

  it('works again after the peer closed its sockets', async () => {
    const pool = await start((_, socket) => socket.write(OK));
    await pool.exchange(REQUEST, PATIENCE_MS);
    const closed = new Promise((resolve) => [...stub.sockets][0]?.once('close', resolve));
    for (const socket of stub.sockets) socket.end();
    await closed;
    expect(await pool.exchange(REQUEST, PATIENCE_MS)).toMatchObject({ kind: 'answered' });
  });
});
