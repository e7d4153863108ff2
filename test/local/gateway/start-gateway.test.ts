import { afterEach, describe, expect, it } from '@jest/globals';
import { startTestGateway, type TestGateway, type TestGatewayOptions } from './support/test-gateway.ts';

let running: TestGateway;
const start = async (options: TestGatewayOptions): Promise<TestGateway> => {
  running = await startTestGateway(options);
  return running;
};
afterEach(() => running.stop());

describe('a chat through the gateway', () => {
  const ids: string[] = [];
  const chat = {
    $connect: (event: { requestContext: { connectionId: string } }) => {
      ids.push(event.requestContext.connectionId);
      return { statusCode: 200 };
    },
    $disconnect: () => ({ statusCode: 200 }),
    'send-message': async ({ body }: { body: string }) => {
      const { message } = JSON.parse(body);
      for (const id of ids) await running.call(`/production/@connections/${encodeURIComponent(id)}`, { body: message });
      return { statusCode: 200 };
    },
  };

  it('takes a message to every connection as text', async () => {
    const { connect } = await start({ functions: chat });
    const [one, other] = [await connect().opened(), await connect().opened()];
    one.send({ action: 'send-message', message: 'hello, everyone!' });
    expect(await one.nextFrame()).toEqual({ text: 'hello, everyone!', isBinary: false });
    expect(await other.nextFrame()).toEqual({ text: 'hello, everyone!', isBinary: false });
  });
});
