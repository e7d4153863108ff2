import { createServices, hasEndpoint, type ServicesOptions } from '../aws/create-services.ts';
import { explainRefusals } from '../aws/explain-refusals.ts';
import type { Services } from '../aws/services.ts';
import type { RoutedEvent } from '../schemas/web-socket-event.ts';
import { checkOptions } from './support/check-options.ts';
import { posterOfEvent } from './support/find-services.ts';
import type { MiddlewareObj, Request } from './support/middleware-obj.ts';
import type { ContextWith } from './support/route-context.ts';

export type ProvideServicesOptions = ServicesOptions;

/**
 * Puts `services` into the context: those that are there already, which is how a test passes fakes, else AWS as the
 * options and the environment describe it. In a Lambda function that is read here, at start.
 *
 * ```ts
 * import middy from '@middy/core';
 * import { provideServices, type WebSocketEvent } from 'middy-fanout';
 *
 * export const handler = middy<WebSocketEvent>()
 *   .use(provideServices({ tableName: 'connections' }))
 *   .handler(async ({ requestContext }, { services }) => {
 *     await services.connections.delete(requestContext.connectionId);
 *     return { statusCode: 200 };
 *   });
 * ```
 * @param options Without any, the variables that the construct sets have to be there: the table, the queue and the
 * callback URL. With some, another one is needed by the first call that uses it, and posts without a callback URL go to
 * the event's own API.
 * @throws {TypeError} at set-up for an option that does not exist or is wrong.
 * @throws {Error} at start, without options, if a variable is missing: it is named.
 */
export const provideServices = (
  options: ProvideServicesOptions = {},
): MiddlewareObj<unknown, unknown, Error, ContextWith<'services'>> => {
  checkOptions('provideServices', PROVIDE_SERVICES_RULES, options);
  let created = process.env.AWS_LAMBDA_FUNCTION_NAME ? createServices(options) : undefined;
  const provideServicesBefore = ({
    event,
    context,
  }: Request<unknown, unknown, Error, ContextWith<'services'>>): void => {
    if (context.services) return;
    created ??= createServices(options);
    context.services = forEvent(created, options, event);
  };
  return { before: provideServicesBefore };
};

const TEXT = { type: 'string', minLength: 1 } as const;

/** For `provideServices`, and for those that pass its options on. */
export const PROVIDE_SERVICES_RULES = {
  tableName: TEXT,
  keyAttribute: TEXT,
  queueUrl: TEXT,
  deadLetterQueueUrl: TEXT,
  endpoint: TEXT,
} as const;

/** An event of a queue has no route. */
const forEvent = (services: Services, options: ProvideServicesOptions, event: unknown): Services => {
  const { requestContext } = Object(event) as Partial<RoutedEvent>;
  if (typeof requestContext?.routeKey !== 'string') return services;
  const poster = hasEndpoint(options) ? undefined : posterOfEvent(requestContext);
  return explainRefusals(poster ? { ...services, poster } : services, requestContext.routeKey);
};
