import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { SignedPoster } from '../../../aws/posting/signed-poster.ts';
import { useLocalCredentials } from '../use-local-credentials.ts';
import { connectionPosterContract } from './connection-poster.contract.ts';
import { type Behaviour, type ConnectionsStub, startConnectionsStub } from './start-connections-stub.ts';

let stub: ConnectionsStub;

beforeAll(async () => {
  stub = await startConnectionsStub();
  useLocalCredentials({});
});
beforeEach(() => {
  stub.behaviours.clear();
  stub.requests.length = 0;
});
afterAll(() => stub.stop());

const BEHAVIOURS: Readonly<Record<string, Behaviour>> = { delivered: 'ok', unknown: 'hang' };

connectionPosterContract('SignedPoster on HTTP', {
  start: async () => ({
    poster: new SignedPoster({ endpoint: stub.url }),
    arrange: (connectionId, outcome) =>
      stub.behaviours.set(connectionId, BEHAVIOURS[outcome] ?? (outcome as Behaviour)),
    arrived: (id) =>
      stub.requests
        .filter(({ connectionId }) => connectionId === id && (stub.behaviours.get(id) ?? 'ok') === 'ok')
        .map(({ body }) => body)
        .slice(-1),
  }),
});
