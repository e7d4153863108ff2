import { afterEach, expect, it } from '@jest/globals';
import type { Route } from '../../../../../packages/local/model/application.ts';
import { until } from '../../../../support/until.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

let running: TestGateway;
const start = async (...routes: Route[]): Promise<TestGateway> => {
  running = await startTestGateway({ functions: { slow: () => new Promise(() => {}) }, routes });
  return running;
};
afterEach(() => running.stop());

it('waits for a function until the timeout of its own integration', async () => {
  const integrations = [10_000, 29_000].map((timeoutMs) => ({
    type: 'lambda' as const,
    functionName: 'slow',
    timeoutMs,
  }));
  const [short, long] = integrations.map((integration, index) => ({
    routeKey: `${index}`,
    twoWay: false,
    integration,
  }));
  const { connect, clock, events, log } = await start(short as Route, long as Route);
  const client = await connect().opened();
  client.send({ action: '1' });
  client.send({ action: '0' });
  await until(() => events.length === 2);
  const failures = (): unknown[] =>
    log.flatMap((line) => (line.type === 'failed' ? [{ routeKey: line.routeKey, why: line.why }] : []));
  await clock.advance(5_000);
  expect(failures()).toEqual([]);
  await clock.advance(6_000);
  expect(JSON.parse(await client.next()).message).toBe('Endpoint request timed out');
  expect(failures()).toEqual([{ routeKey: '0', why: 'slow did not answer within 10000 ms and is still running' }]);
  await clock.advance(9_000);
  expect(failures()).toHaveLength(1);
  await clock.advance(10_000);
  expect(JSON.parse(await client.next()).message).toBe('Endpoint request timed out');
});

it('answers with the text that the templates of a mock make of the message', async () => {
  const { connect, events } = await start({
    routeKey: 'ping',
    twoWay: true,
    integration: {
      type: 'mock',
      requestTemplates: { $default: '{"statusCode": 200}' },
      responses: [{ key: '/2../', responseTemplates: { $default: "pong $input.path('$.user').name" } }],
    },
  });
  const client = await connect().opened();
  client.send({ action: 'ping', user: { name: 'Ann' } });
  expect(await client.next()).toBe('pong Ann');
  expect(events).toEqual([]);
});
