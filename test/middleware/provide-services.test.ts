import { afterEach, describe, expect, it } from '@jest/globals';
import middy from '@middy/core';
import { provideServices } from '../../middleware/provide-services.ts';
import type { ContextWith } from '../../middleware/support/route-context.ts';
import { aContext } from '../../testing/a-context.ts';
import { type FakeServices, fakeServices } from '../../testing/fake-services.ts';

const servicesOf = (create: () => FakeServices, contexts: readonly object[]): Promise<unknown[]> => {
  const handler = middy(async (_: unknown, { services }: ContextWith<'services'>) => services).use(
    provideServices(create),
  );
  return Promise.all(contexts.map((context) => handler({}, context as ContextWith<'services'>)));
};

afterEach(() => {
  delete process.env.AWS_LAMBDA_FUNCTION_NAME;
});

describe('provideServices', () => {
  it('makes services once, by the first event that brings none', async () => {
    let made = 0;
    const create = () => {
      made++;
      return fakeServices();
    };
    const [first, second] = await servicesOf(create, [{}, {}]);
    expect(first).toBe(second);
    expect(made).toBe(1);
  });

  it('leaves those that a test passes', async () => {
    const services = fakeServices();
    const refuse = () => {
      throw new Error('not needed');
    };
    expect(await servicesOf(refuse, [aContext({ services })])).toEqual([services]);
  });

  it('makes them at start in a Lambda function, so that what is missing is an error before the first event', () => {
    process.env.AWS_LAMBDA_FUNCTION_NAME = 'send-message';
    expect(() => provideServices()).toThrow('The environment variable FAN_OUT_CONNECTIONS_TABLE is not set');
  });
});
