import { once } from 'node:events';
import { Agent, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Engine } from '../../../../packages/local/engines/engine.ts';
import { serveEngine } from '../../../../packages/local/engines/serve-engine.ts';

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let server: Server | undefined;
afterEach(() => {
  agent.destroy();
  server?.close();
});

const engine: Engine = {
  permissionsOf: () => [],
  unknownKey: { statusCode: 403, type: 'UnknownKey', message: 'unknown' },
  denied: (message) => ({ statusCode: 403, type: 'Denied', message }),
  failure: { statusCode: 500, type: 'Failure', message: 'It failed', queryError: 'Failure;Receiver' },
  fault: () => undefined,
  serve: ({ body, response }) => void response.end(`${(body.name as string).toUpperCase()}`),
};
const start = async () => {
  const lines: string[] = [];
  const sender = { kind: 'developer', senderId: '123456789012' } as const;
  const log = (line: string) => lines.push(line);
  server = serveEngine(engine, async () => ({ allowed: true, sender }), log);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const post = async (body: string | Buffer) => {
    const headers = {
      'x-amz-target': 'Service.Operation',
      authorization: 'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/local/aws4_request',
    };
    const sent = request({ host: '127.0.0.1', port, method: 'POST', agent, headers }).end(body);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    return { statusCode: answer.statusCode, headers: answer.headers, body: await text(answer), sent };
  };
  return { lines, post };
};

describe('the HTTP server of an engine', () => {
  it('answers a request that fails in the engine with the service’s own error, and logs the cause', async () => {
    const { lines, post } = await start();
    const { statusCode, headers, body } = await post('{"name":5}');
    expect([statusCode, headers['x-amzn-query-error']]).toEqual([500, 'Failure;Receiver']);
    expect(JSON.parse(body)).toEqual({ __type: 'Failure', message: 'It failed' });
    expect(lines).toEqual([
      expect.stringMatching(
        /^A request \(Service\.Operation\) could not be handled: TypeError: .*toUpperCase is not a function/,
      ),
    ]);
  });

  it.each(['[]', 'null', '{'])('refuses the body %s, which is not a JSON object', async (sent) => {
    const { post } = await start();
    const { statusCode, body } = await post(sent);
    expect(statusCode).toBe(400);
    expect(JSON.parse(body)).toMatchObject({ __type: 'com.amazon.coral.service#SerializationException' });
  });

  it('answers the next request on a connection after a body above the limit', async () => {
    const { post } = await start();
    expect(await post(Buffer.alloc(18 * 2 ** 20, 'a'))).toMatchObject({ statusCode: 400 });
    const second = await post('{"name":"x"}');
    expect(second).toMatchObject({ statusCode: 200, body: 'X' });
    expect(second.sent.reusedSocket).toBe(true);
  });
});
