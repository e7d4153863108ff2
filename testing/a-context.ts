import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import type { RouteContext } from '../middleware/support/route-context.ts';
import { fakeServices } from './fake-services.ts';

/**
 * Creates Lambda's context for a test, with fakes for AWS and a silent logger. `overrides` replaces properties.
 *
 * ```ts
 * import { aContext, aMessageEvent } from 'middy-fanout/testing';
 * import { handler } from './wave.ts';
 *
 * await handler(aMessageEvent(), aContext({ getRemainingTimeInMillis: () => 500 }));
 * ```
 */
export const aContext = (
  overrides: Partial<RouteContext> = {},
): Context & Pick<RouteContext, 'services' | 'logger'> => ({
  callbackWaitsForEmptyEventLoop: true,
  functionName: 'send-message',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:send-message',
  memoryLimitInMB: '256',
  awsRequestId: '0b5c1a2e-6d3f-4c1b-9a57-2f1d8c3e4a60',
  logGroupName: '/aws/lambda/send-message',
  logStreamName: '2026/11/20/[$LATEST]58419525dade4d17a495dceeeed44708',
  getRemainingTimeInMillis: () => 10_000,
  done: () => {},
  fail: () => {},
  succeed: () => {},
  services: fakeServices(),
  logger: new Logger({ logLevel: 'SILENT' }),
  ...overrides,
});
