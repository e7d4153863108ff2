import type { Stage } from '../../model/application.ts';
import type { RequestContext } from './request-context.ts';
import { stageVariables } from './stage-variables.ts';

/** The event of a message: the text as it came. It has no headers and no query string. */
export const messageEvent = (
  stage: Stage,
  context: RequestContext,
  body: string,
): Readonly<Record<string, unknown>> => ({
  ...stageVariables(stage),
  requestContext: context,
  body,
  isBase64Encoded: false,
});
