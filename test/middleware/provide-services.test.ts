import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import middy from '@middy/core';
import { provideServices } from '../../middleware/provide-services.ts';
import type { ContextWith } from '../../middleware/support/route-context.ts';
import type { WebSocketEvent } from '../../schemas/web-socket-event.ts';
import { aContext, aMessageEvent, fakeServices } from '../../testing/index.ts';
import { type ConnectionsStub, startConnectionsStub } from '../aws/posting/start-connections-stub.ts';
import { useLocalCredentials } from '../aws/use-local-credentials.ts';

const handlerWith = (options?: Parameters<typeof provideServices>[0]) =>
  middy(async (_: WebSocketEvent, { services }: ContextWith<'services'>) => services).use(provideServices(options));
const bare = () => ({ awsRequestId: 'a1' }) as never;

let stub: ConnectionsStub;
beforeEach(async () => {
  stub = await startConnectionsStub();
  useLocalCredentials({
    FAN_OUT_CONNECTIONS_TABLE: '',
    FAN_OUT_BROADCAST_QUEUE_URL: '',
    AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: '',
  });
});
afterEach(async () => {
  delete process.env.AWS_LAMBDA_FUNCTION_NAME;
  await stub.stop();
});

describe('provideServices', () => {
  it('keeps services that a test passes', async () => {
    const services = fakeServices();
    expect(await handlerWith()(aMessageEvent(), aContext({ services }))).toBe(services);
  });

  it('takes names and URLs from its options', async () => {
    const services = await handlerWith({ tableName: 'connections', endpoint: stub.url })(aMessageEvent(), bare());
    await services.poster.post('c1', 'hello');
    await services.manager.disconnect('c2');
    expect(stub.requests).toMatchObject([{ connectionId: 'c1' }, { connectionId: 'c2' }]);
  });

  it('with options, requires a variable only when it is needed', async () => {
    const services = await handlerWith({ endpoint: stub.url })(aMessageEvent(), bare());
    await expect(services.queue.send({ v: 1, data: 'hello' })).rejects.toThrow(
      'The environment variable FAN_OUT_BROADCAST_QUEUE_URL is not set',
    );
    await expect(services.connections.delete('c1')).rejects.toThrow('FAN_OUT_CONNECTIONS_TABLE is not set');
  });

  it('reads the environment at start in a Lambda function, so that a missing variable fails before the first event', () => {
    process.env.AWS_LAMBDA_FUNCTION_NAME = 'send-message';
    expect(() => provideServices()).toThrow('The environment variable FAN_OUT_CONNECTIONS_TABLE is not set');
  });

  it.each([
    [{ table: 'connections' }, "provideServices: Unknown option 'table'. Its options: tableName, keyAttribute,"],
    [{ tableName: '' }, "provideServices: Option 'tableName' must have length >= 1"],
    [() => fakeServices(), 'provideServices: Expected an object of options'],
  ])('refuses %p at set-up', (options, message) => {
    expect(() => provideServices(options as never)).toThrow(message);
  });
});
