import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '../../../../support/until.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

let running: TestGateway;
afterEach(() => running.stop());

describe('the event of a message', () => {
  it('has a messageId that differs from its other ids and from the ids of other messages', async () => {
    running = await startTestGateway({ functions: { $default: () => ({ statusCode: 200 }) } });
    const { connect, events } = running;
    const client = await connect().opened();
    client.send('one');
    client.send('two');
    await until(() => events.length === 2);
    const ids = events.flatMap(({ requestContext: { messageId, requestId } }) => [messageId, requestId]);
    expect(new Set([...ids, events[0].requestContext.connectionId]).size).toBe(5);
  });
});

describe('the event of a disconnect', () => {
  it.each([
    ['the stage variables, if the stage has any', { colour: 'red' }, { colour: 'red' }],
    ['no stage variables, if the stage has none', {}, undefined],
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
});
