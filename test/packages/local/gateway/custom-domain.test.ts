import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '../../../support/until.ts';
import { startTestGateway, type TestGateway } from './support/test-gateway.ts';

const ok = (): unknown => ({ statusCode: 200 });
const HOST = { Host: 'ws.example.com' };

let running: TestGateway;
const start = async (): Promise<TestGateway> => {
  running = await startTestGateway({
    functions: { $connect: ok, $disconnect: ok, $default: ok },
    mappings: [{ domainName: HOST.Host, basePath: '', stageName: 'production' }],
  });
  return running;
};
afterEach(() => running.stop());

describe('an API with a custom domain name', () => {
  it('accepts connections without the stage in the URL, and names the domain in every event', async () => {
    const { connect, events } = await start();
    const client = await connect('/', [], { headers: HOST }).opened();
    client.send('x');
    await until(() => events.length >= 2);
    client.webSocket.close();
    await until(() => events.length >= 3);
    expect(events.map(({ requestContext: { domainName, stage } }) => [domainName, stage])).toEqual(
      Array(3).fill([HOST.Host, 'production']),
    );
    expect([events[0].headers.Host, events[2].headers.Host]).toEqual([HOST.Host, HOST.Host]);
  });

  it('accepts posts without the stage in the URL, and refuses posts with it', async () => {
    const { connect, call, events } = await start();
    const client = await connect().opened();
    const { connectionId, domainName } = events[0].requestContext;
    expect(domainName).toContain('execute-api');
    const path = `/@connections/${encodeURIComponent(connectionId)}`;
    const headers = { host: HOST.Host };
    expect((await call(path, { body: 'hello', headers })).statusCode).toBe(200);
    expect(await client.next()).toBe('hello');
    expect(await call(`/production${path}`, { body: 'x', headers })).toMatchObject({
      statusCode: 403,
      body: '{"message":"Forbidden"}',
    });
    expect((await call(path, { body: 'x' })).statusCode).toBe(403);
  });

  it('refuses a handshake whose path does not lead to a stage', async () => {
    const { connect } = await start();
    expect((await connect('/production', [], { headers: HOST }).refused()).statusCode).toBe(403);
  });
});
