import type { MiddlewareObj, Request } from '@middy/core';
import { createServices } from '../aws/create-services.ts';
import type { Services } from '../aws/services.ts';
import type { ContextWith } from './support/route-context.ts';

/**
 * Puts `services` into the context: the one that is there already, which is how a test passes fakes, else what `create`
 * makes. In a Lambda function it is made here, at start, so that a missing environment variable is one clear error before
 * the first event; elsewhere by the first event.
 * @throws {Error} what `create` throws.
 */
export const provideServices = (
  create: () => Services = createServices,
): MiddlewareObj<unknown, unknown, Error, ContextWith<'services'>> => {
  let created = process.env.AWS_LAMBDA_FUNCTION_NAME ? create() : undefined;
  const provideServicesBefore = ({ context }: Request<unknown, unknown, Error, ContextWith<'services'>>): void => {
    context.services ??= created ??= create();
  };
  return { before: provideServicesBefore };
};
