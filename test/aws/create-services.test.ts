import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createServices, loadOnFirstUse } from '../../aws/create-services.ts';
import { type ConnectionsStub, startConnectionsStub } from './posting/start-connections-stub.ts';
import { useLocalCredentials } from './use-local-credentials.ts';

let stub: ConnectionsStub;

beforeAll(async () => {
  stub = await startConnectionsStub();
});
afterAll(() => stub.stop());
beforeEach(() =>
  useLocalCredentials({
    FAN_OUT_CONNECTIONS_TABLE: 'connections',
    FAN_OUT_BROADCAST_QUEUE_URL: 'http://127.0.0.1:1/000000000000/broadcasts',
    AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: stub.url,
  }),
);

describe('createServices', () => {
  it.each(['FAN_OUT_CONNECTIONS_TABLE', 'FAN_OUT_BROADCAST_QUEUE_URL', 'AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI'])(
    'names %s if it is missing, and says what sets it',
    (name) => {
      delete process.env[name];
      expect(() => createServices()).toThrow(
        new RegExp(`^The environment variable ${name} is not set: .*infra/ sets it`),
      );
    },
  );

  it('posts to the stage that the environment names', async () => {
    const { poster, manager } = createServices();
    expect(await poster.post('c1', 'hello')).toEqual({ outcome: 'delivered' });
    await manager.disconnect('c1');
    expect(stub.requests).toMatchObject([
      { method: 'POST', connectionId: 'c1', body: 'hello' },
      { method: 'DELETE', connectionId: 'c1' },
    ]);
  });

  it('can be awaited and printed without loading a client', async () => {
    const { poster } = createServices();
    expect(await poster).toBe(poster);
  });
});

class Counter {
  count = 0;
  async add(step: number): Promise<number> {
    this.count += step;
    return this.count;
  }
}

describe('loadOnFirstUse', () => {
  it('loads once, when a method is first called, and keeps the state', async () => {
    let loads = 0;
    const counter = loadOnFirstUse<Pick<Counter, 'add'>>(async () => {
      loads++;
      return new Counter();
    });
    expect(loads).toBe(0);
    expect(await Promise.all([counter.add(1), counter.add(2)])).toEqual([1, 3]);
    expect(loads).toBe(1);
  });

  it('rejects the call if loading fails', async () => {
    const broken = loadOnFirstUse<Pick<Counter, 'add'>>(async () => {
      throw new Error('no such module');
    });
    await expect(broken.add(1)).rejects.toThrow('no such module');
  });
});
