import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '../../../support/until.ts';
import { RawSocket } from './support/raw-socket.ts';
import { sendHostileInput } from './support/send-hostile-input.ts';
import { startTestGateway, type TestGateway } from './support/test-gateway.ts';

const ok = (): unknown => ({ statusCode: 200 });
const MINUTE_MS = 60_000;

let running: TestGateway;
afterEach(() => running.stop());

describe('the gateway, for longer', () => {
  it(
    'carries a chat during and after a minute of hostile input',
    async () => {
      running = await startTestGateway({
        functions: {
          $connect: ok,
          $disconnect: ok,
          $default: ok,
          echo: ({ body }) => ({ statusCode: 200, body }),
        },
        routes: [
          { routeKey: 'echo', twoWay: true, integration: { type: 'lambda', functionName: 'echo', timeoutMs: 29_000 } },
        ],
      });
      const { connect, gateway, events } = running;
      const client = await connect().opened();
      const end = performance.now() + MINUTE_MS;
      for (let round = 0; performance.now() < end; round++) {
        await Promise.all(Array.from({ length: 20 }, () => sendHostileInput(gateway.port)));
        client.send({ action: 'echo', round });
        expect(JSON.parse(await client.next())).toEqual({ action: 'echo', round });
        events.length = 0;
      }
      await until(() => gateway.connections() === 1);
      const other = await connect().opened();
      const path = `/production/@connections/${encodeURIComponent(events.at(-1).requestContext.connectionId)}`;
      expect((await running.call(path, { body: 'still here' })).statusCode).toBe(200);
      expect(await other.next()).toBe('still here');
    },
    2 * MINUTE_MS,
  );

  it(
    'ends a request whose header comes one byte at a time',
    async () => {
      running = await startTestGateway();
      const raw = new RawSocket(running.gateway.port).send('GET /production HTTP/1.1\r\n');
      const drip = setInterval(() => raw.send('a'), 500);
      expect(await raw.ended).toMatch(/^HTTP\/1\.1 408 /);
      clearInterval(drip);
    },
    MINUTE_MS,
  );

  it(
    'closes a socket that sends nothing, and keeps one that has sent a post',
    async () => {
      running = await startTestGateway();
      const post = 'POST /production/@connections/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n';
      const used = new RawSocket(running.gateway.port).send(post);
      await used.until('"}');
      const idle = new RawSocket(running.gateway.port);
      expect(await idle.ended).toBe('');
      used.received = Buffer.alloc(0);
      expect(await used.send(post).until('"}')).toMatch(/^HTTP\/1\.1 403 /);
    },
    MINUTE_MS,
  );
});
