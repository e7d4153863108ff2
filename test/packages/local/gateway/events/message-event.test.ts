import { afterEach, expect, it } from '@jest/globals';
import { until } from '../../../../support/until.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

let running: TestGateway;
afterEach(() => running.stop());

it('has a messageId of its own, which is no other id of it and of no other message', async () => {
  running = await startTestGateway({ functions: { $default: () => ({ statusCode: 200 }) } });
  const { connect, events } = running;
  const client = await connect().opened();
  client.send('one');
  client.send('two');
  await until(() => events.length === 2);
  const ids = events.flatMap(({ requestContext: { messageId, requestId } }) => [messageId, requestId]);
  expect(new Set([...ids, events[0].requestContext.connectionId]).size).toBe(5);
});
