import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SdkConnectionManager } from '../../../aws/connections/sdk-connection-manager.ts';
import { FakeConnectionManager } from '../../../testing/fake-services.ts';
import { type ConnectionsStub, startConnectionsStub } from '../posting/start-connections-stub.ts';
import { useLocalCredentials } from '../use-local-credentials.ts';
import { connectionManagerContract } from './connection-manager.contract.ts';

const info = {
  ConnectedAt: '2026-11-20T08:04:01.123Z',
  Identity: { SourceIp: '192.0.2.7', UserAgent: 'wscat' },
  LastActiveAt: '2026-11-20T08:05:02.456Z',
};

connectionManagerContract('FakeConnectionManager', {
  start: async () => {
    const manager = new FakeConnectionManager({ c1: info });
    return { manager, disconnected: () => manager.disconnected };
  },
  startDown: async () => Object.assign(new FakeConnectionManager(), { down: true }),
});

let stub: ConnectionsStub;

beforeAll(async () => {
  stub = await startConnectionsStub();
  useLocalCredentials({ AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: stub.url });
});
beforeEach(() => {
  stub.behaviours.clear();
  stub.requests.length = 0;
});
afterAll(() => stub.stop());

const deleted = () => stub.requests.filter(({ method }) => method === 'DELETE').map(({ connectionId }) => connectionId);

connectionManagerContract('SdkConnectionManager on HTTP', {
  start: async () => {
    stub.behaviours.set('c2', 'gone');
    return { manager: new SdkConnectionManager(), disconnected: deleted };
  },
  startDown: async () => {
    stub.behaviours.set('c1', 'forbidden');
    return new SdkConnectionManager();
  },
});

describe('SdkConnectionManager', () => {
  it('returns undefined for an invalid id', async () => {
    stub.behaviours.set('not an id', 'invalid');
    expect(await new SdkConnectionManager().inspect('not an id')).toBeUndefined();
  });

  it('names the error that API Gateway answered', async () => {
    stub.behaviours.set('c1', 'forbidden');
    await expect(new SdkConnectionManager().inspect('c1')).rejects.toThrow(/403 ForbiddenException$/);
  });
});
