import { startGateway } from '../../packages/local/gateway/start-gateway.ts';
import { systemClock } from '../../packages/local/runtime/clock.ts';
import { answerUsage } from './server-process.ts';
import { CREDENTIALS, REGION } from './signed-posts.ts';

// The gateway in its own process. Its $connect answers immediately and collects the connection ids for the bench.
const connectionIds: string[] = [];
const gateway = await startGateway({
  api: {
    logicalId: 'Bench',
    apiId: 'benchbench',
    name: 'bench',
    routeSelectionExpression: '$request.body.action',
    mappings: [],
    stages: [{ name: 'production', variables: {} }],
    routes: [
      {
        routeKey: '$connect',
        twoWay: false,
        integration: { type: 'lambda', functionName: 'connect', timeoutMs: 29_000 },
      },
    ],
  },
  region: REGION,
  accountId: '123456789012',
  host: '127.0.0.1',
  port: 0,
  invoker: {
    invoke: async (_, event) => {
      connectionIds.push((event as { requestContext: { connectionId: string } }).requestContext.connectionId);
      return { ok: true, payload: { statusCode: 200 }, durationMs: 0 };
    },
  },
  keyring: {
    find: (accessKeyId) =>
      accessKeyId === CREDENTIALS.accessKeyId ? { credentials: CREDENTIALS, caller: { kind: 'developer' } } : undefined,
  },
  authority: { decide: () => ({ allowed: true }) },
  clock: systemClock,
});
answerUsage(gateway.port, () => connectionIds);
