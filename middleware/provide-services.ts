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
 * Puts `services` into the context: the AWS services that the options and the environment describe. It keeps services
 * that the context already has, so that a test can pass fakes. In a Lambda function it reads the environment at start.
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
 * @param options Without options, the variables of the construct are required: the table, the queue and the callback
 * URL. With options, a variable is required only by the first call that needs it, and posts without a callback URL go
 * to the event's own API.
 * @throws {TypeError} at set-up if an option does not exist or is invalid.
 * @throws {Error} at start, without options, if a variable is missing. The message names it.
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

/** Also for functions that pass on these options. */
export const PROVIDE_SERVICES_RULES = {
  tableName: TEXT,
  keyAttribute: TEXT,
  queueUrl: TEXT,
  deadLetterQueueUrl: TEXT,
  channelsTableName: TEXT,
  channelQueueUrl: TEXT,
  endpoint: TEXT,
} as const;

/** Adapts the services to the route of an event. The event of a queue has no route. */
const forEvent = (services: Services, options: ProvideServicesOptions, event: unknown): Services => {
  const { requestContext } = Object(event) as Partial<RoutedEvent>;
  if (typeof requestContext?.routeKey !== 'string') return services;
  const poster = hasEndpoint(options) ? undefined : posterOfEvent(requestContext);
  return explainRefusals(poster ? { ...services, poster } : services, requestContext.routeKey);
};
