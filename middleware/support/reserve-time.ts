import type { Logger } from '@aws-lambda-powertools/logger';
import type middy from '@middy/core';
import { executionModeStandard } from '@middy/core/executionModeStandard';
import type { MiddyPlugin, Request } from './middleware-obj.ts';
import type { ContextOption } from './route-context.ts';

/** Our choice: an answer takes a second at most, and the log comes before it. */
export const DEFAULT_TIMEOUT_RESERVE_MS = 1_500;
/** API Gateway waits no longer: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
export const MAX_TIMEOUT_RESERVE_MS = 29_000;

type TimedRequest = Request<unknown, unknown, Error, ContextOption<'logger'>>;
/** Middy does not type it. */
type RunRequest = (
  request: TimedRequest,
  ...rest: [...hooks: unknown[], plugin: middy.PluginObject]
) => Promise<unknown>;
type ExecutionMode = (core: { runRequest: RunRequest }, ...rest: unknown[]) => unknown;

/**
 * Gives a handler up `reserveMs` before Lambda's timeout. With less than twice that time half of it is reserved: a
 * function of 1.5 seconds would be given up at once. The first such event logs a warning.
 *
 * Middy reads its reserve once, at set-up, and has no hook that could change it for one event; but it lets an execution
 * mode run a request, with the plugin as an argument.
 * @param logger Warns, unless there is a logger in the context.
 * @returns Middy's options for it.
 */
export const reserveTime = (reserveMs: number, { executionMode }: MiddyPlugin, logger: Logger): middy.PluginObject => {
  const inMode = (executionMode ?? executionModeStandard) as unknown as ExecutionMode;
  let warned = false;
  const reserveFor = ({ context }: TimedRequest): number => {
    const remainingMs = context?.getRemainingTimeInMillis?.() ?? Number.POSITIVE_INFINITY;
    if (remainingMs >= 2 * reserveMs) return reserveMs;
    const halfMs = Math.floor(remainingMs / 2);
    if (!warned)
      (context.logger ?? logger).warn(
        `The function has ${remainingMs} ms for an event, and half of it is reserved to answer in: give it a timeout of ${2 * reserveMs} ms or more, or a shorter timeoutReserveMs than ${reserveMs}`,
      );
    warned = true;
    return halfMs;
  };
  const timed: ExecutionMode = ({ runRequest, ...core }, ...rest) => {
    const run: RunRequest = (request, ...more) => {
      const plugin = more.pop() as middy.PluginObject;
      return runRequest(request, ...more, { ...plugin, timeoutEarlyInMillis: reserveFor(request) });
    };
    return inMode({ ...core, runRequest: run }, ...rest);
  };
  return {
    timeoutEarlyInMillis: reserveMs,
    ...(reserveMs > 0 && { executionMode: timed as unknown as NonNullable<MiddyPlugin['executionMode']> }),
  };
};
