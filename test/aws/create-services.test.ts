import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createServices, loadOnFirstUse } from '../../aws/create-services.ts';
import type { Services } from '../../aws/services.ts';
import { startSqs, type TestSqs } from '../support/start-sqs.ts';
import { createChannelsTable } from './channels/create-channels-table.ts';
import { type ConnectionsStub, startConnectionsStub } from './posting/start-connections-stub.ts';
import { startDynalite } from './start-dynalite.ts';
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

describe('the channels of createServices', () => {
  it('are absent unless the environment or the options name them', () => {
    const services = createServices();
    expect(Object.keys(services)).toEqual(['connections', 'queue', 'poster', 'manager']);
    expect(Object.keys(createServices({ channelsTableName: 'channels' }))).toContain('channels');
    expect(Object.keys(createServices({ channelQueueUrl: 'http://127.0.0.1:1/0/c.fifo' }))).toContain('channelQueue');
  });

  describe('on local engines', () => {
    let dynamo: Awaited<ReturnType<typeof startDynalite>>;
    let sqs: TestSqs;
    let tableName: string;

    beforeAll(async () => {
      dynamo = await startDynalite();
      sqs = await startSqs();
      useLocalCredentials({ AWS_ENDPOINT_URL_DYNAMODB: dynamo.url, AWS_ENDPOINT_URL_SQS: sqs.endpoint });
      const client = new DynamoDBClient();
      tableName = await createChannelsTable(client);
      client.destroy();
    });
    afterAll(async () => {
      delete process.env.AWS_ENDPOINT_URL_DYNAMODB;
      delete process.env.AWS_ENDPOINT_URL_SQS;
      await dynamo.stop();
      await sqs.stop();
    });
    afterEach(() => {
      delete process.env.FAN_OUT_CHANNELS_TABLE;
      delete process.env.FAN_OUT_CHANNEL_QUEUE_URL;
    });

    const createQueue = (name: string): string => sqs.createQueue(name, { FifoQueue: 'true' });
    const publish = async ({ channels, channelQueue }: Services): Promise<void> => {
      await channels?.createHead('room:1', 7);
      await channelQueue?.send({ v: 1, channel: 'room:1', data: 'hello' });
    };

    it('come from the environment', async () => {
      const queueUrl = createQueue('environment.fifo');
      Object.assign(process.env, { FAN_OUT_CHANNELS_TABLE: tableName, FAN_OUT_CHANNEL_QUEUE_URL: queueUrl });
      const services = createServices();
      await publish(services);
      expect(await services.channels?.head('room:1')).toMatchObject({ seq: 7 });
      expect(sqs.inside('environment.fifo').visible).toHaveLength(1);
    });

    it('come from the options before the environment', async () => {
      Object.assign(process.env, { FAN_OUT_CHANNELS_TABLE: 'none', FAN_OUT_CHANNEL_QUEUE_URL: sqs.urlOf('none.fifo') });
      const queueUrl = createQueue('options.fifo');
      const services = createServices({ channelsTableName: tableName, channelQueueUrl: queueUrl });
      await publish(services);
      expect(await services.channels?.head('room:1')).toMatchObject({ seq: 7 });
      expect(sqs.inside('options.fifo').visible).toHaveLength(1);
    });
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
