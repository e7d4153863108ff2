import { afterEach, expect, it } from '@jest/globals';
import { until } from '../../../../support/until.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

let running: TestGateway;
afterEach(() => running.stop());

it.each([
  ['the stage variables, where the stage has any', { colour: 'red' }, { colour: 'red' }],
  ['no stage variables, where the stage has none', {}, undefined],
])('has %s', async (_, variables, stageVariables) => {
  running = await startTestGateway({
    functions: { $disconnect: () => ({ statusCode: 200 }) },
    stages: [{ name: 'production', variables }],
  });
  const { connect, events } = running;
  (await connect().opened()).webSocket.close();
  await until(() => events.length === 1);
  const [event] = events;
  expect(event.requestContext.eventType).toBe('DISCONNECT');
  expect(event.stageVariables).toEqual(stageVariables);
});
