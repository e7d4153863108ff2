import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createManagementClient } from '../../../aws/connections/sdk-connection-manager.ts';
import type { PostOutcome } from '../../../aws/posting/connection-poster.ts';
import { FakeConnectionPoster } from '../../../testing/fake-services.ts';
import { PATIENCE_MS } from '../../support/until.ts';
import { useLocalCredentials } from '../use-local-credentials.ts';
import { connectionPosterContract } from './connection-poster.contract.ts';
import { SdkConnectionPoster } from './sdk-connection-poster.ts';
import { type Behaviour, type ConnectionsStub, startConnectionsStub } from './start-connections-stub.ts';

connectionPosterContract('FakeConnectionPoster', {
  start: async () => {
    const poster = new FakeConnectionPoster();
    return {
      poster,
      arrange: (connectionId, outcome) => poster.outcomes.set(connectionId, outcome),
      arrived: (id) => poster.posted.filter(({ connectionId }) => connectionId === id).map(({ data }) => data),
    };
  },
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
afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(() => stub.stop());

const BEHAVIOURS: Partial<Record<PostOutcome, Behaviour>> = { delivered: 'ok', unknown: 'hang' };

connectionPosterContract('SdkConnectionPoster on HTTP', {
  start: async () => ({
    poster: new SdkConnectionPoster(),
    arrange: (connectionId, outcome) =>
      stub.behaviours.set(connectionId, BEHAVIOURS[outcome] ?? (outcome as Behaviour)),
    arrived: (id) =>
      stub.requests
        .filter(({ connectionId }) => connectionId === id && (stub.behaviours.get(id) ?? 'ok') === 'ok')
        .map(({ body }) => body)
        .slice(-1),
  }),
});

describe('SdkConnectionPoster', () => {
  it.each<[Behaviour, PostOutcome]>([
    ['bare-gone', 'gone'],
    ['invalid', 'gone'],
    ['bad-request', 'failed'],
  ])('translates an answer of the kind "%s" to %s', async (behaviour, outcome) => {
    stub.behaviours.set('c1', behaviour);
    const result = await new SdkConnectionPoster().post('c1', 'text', { timeoutMs: PATIENCE_MS });
    expect(result.outcome).toBe(outcome);
    expect(stub.requests).toHaveLength(1);
  });

  it('resolves to unknown if the answer has begun but not ended at the deadline', async () => {
    stub.behaviours.set('c1', 'stall');
    const deadline = new AbortController();
    const timeout = jest.spyOn(AbortSignal, 'timeout').mockReturnValue(deadline.signal);
    const client = createManagementClient();
    client.middlewareStack.add(
      (next) => async (args) => {
        const head = await next(args);
        deadline.abort(new DOMException('The operation timed out', 'TimeoutError'));
        return head;
      },
      { step: 'deserialize', priority: 'low' },
    );
    const result = await new SdkConnectionPoster(client).post('c1', 'text', { timeoutMs: 50 });
    expect(timeout.mock.calls).toEqual([[50]]);
    expect(result.outcome).toBe('unknown');
    expect(stub.requests).toHaveLength(1);
  });

  it('encodes the connection id into the path of the stage', async () => {
    await new SdkConnectionPoster().post('PJqB0fHsqRcCHlw=', 'text', { timeoutMs: PATIENCE_MS });
    expect(stub.requests).toMatchObject([{ method: 'POST', path: '/production/@connections/PJqB0fHsqRcCHlw%3D' }]);
  });

  it.each([
    ['resolves to unknown if it sent a post but got no answer', '', { outcome: 'unknown', detail: 'ECONNRESET' }],
    ['resolves to failed if it could not send', 'http://127.0.0.1:1/p', { outcome: 'failed', detail: 'ECONNREFUSED' }],
  ])('%s', async (_, elsewhere, expected) => {
    stub.behaviours.set('c1', 'reset');
    expect(await postInWorker(elsewhere || stub.url, 'c1')).toEqual(expected);
  });
});

const postInWorker = async (url: string, connectionId: string): Promise<unknown> => {
  const environment = { ...process.env, AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: url };
  const file = fileURLToPath(new URL('./post-in-worker.ts', import.meta.url));
  const worker = new Worker(file, { workerData: { environment, connectionId, timeoutMs: PATIENCE_MS } });
  const [result] = await once(worker, 'message');
  await worker.terminate();
  return result;
};
