// The process of the stub: `@connections`, DynamoDB and SQS. The parent process sends a certificate and settings, and
// reads the counts.
import { serveConnections } from './serve-connections.ts';
import { serveServices } from './serve-services.ts';
import type { StubReady, StubRequest } from './stub-messages.ts';
import { StubState } from './stub-state.ts';

const state = new StubState();
const send = (message: unknown): void => void process.send?.(message);

process.on('disconnect', () => process.exit());
process.on('message', ({ settings }: StubRequest) => {
  send(state.readCounts());
  if (settings !== undefined) state.reset(settings);
});

const certificate = { cert: process.env.STUB_CERTIFICATE ?? '', key: process.env.STUB_KEY ?? '' };
send({
  connectionsPort: await serveConnections(state, certificate),
  servicesPort: await serveServices(state),
} satisfies StubReady);
