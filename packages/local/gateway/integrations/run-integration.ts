import type { Integration, Invoker } from '../../model/application.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { IntegrationOutcome, IntegrationRequest } from './integration-outcome.ts';
import type { MockIntegration, MockRunner } from './mock-runner.ts';
import { proxyResult } from './proxy-result.ts';

export interface Integrations {
  invoker: Invoker;
  clock: Clock;
  /** The compiled mock integrations of the API's routes. */
  mocks: ReadonlyMap<MockIntegration, MockRunner>;
}

/** Runs the integration of a route once. A function that outlives the timeout runs on, and its result is dropped. */
export const runIntegration = (
  integrations: Integrations,
  integration: Integration,
  request: IntegrationRequest,
): Promise<IntegrationOutcome> =>
  integration.type === 'mock'
    ? runMock(integrations, integration, request)
    : runFunction(integrations, integration, request.event);

const runMock = async (
  { mocks }: Integrations,
  integration: MockIntegration,
  request: IntegrationRequest,
): Promise<IntegrationOutcome> => {
  try {
    return (mocks.get(integration) as MockRunner)(request);
  } catch (error) {
    return failed(`the mock integration failed: ${(error as Error).message}`);
  }
};

const runFunction = (
  { invoker, clock }: Integrations,
  { functionName, timeoutMs }: Extract<Integration, { type: 'lambda' }>,
  event: IntegrationRequest['event'],
): Promise<IntegrationOutcome> =>
  new Promise((resolve) => {
    const cancelTimeout = clock.after(timeoutMs, () =>
      resolve({ kind: 'timed-out', why: `${functionName} did not answer within ${timeoutMs} ms and is still running` }),
    );
    invoker.invoke(functionName, event).then((answer) => {
      cancelTimeout();
      resolve(
        answer.ok
          ? outcomeOf(functionName, answer.payload)
          : failed(`${functionName} failed: ${answer.error.errorType}`),
      );
    });
  });

const outcomeOf = (functionName: string, payload: unknown): IntegrationOutcome => {
  const result = proxyResult(payload);
  return result
    ? { kind: 'answered', result }
    : failed(`${functionName} did not return a proxy result: return {statusCode: 200}`);
};

const failed = (why: string): IntegrationOutcome => ({ kind: 'failed', why });
