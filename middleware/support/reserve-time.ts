import type { Logger } from '@aws-lambda-powertools/logger';
import type middy from '@middy/core';
import { executionModeStandard } from '@middy/core/executionModeStandard';
import type { MiddyPlugin, Request } from './middleware-obj.ts';
import type { ContextOption } from './route-context.ts';

/** Our choice: enough to write the log and to post an answer, which takes at most one second. */
export const DEFAULT_TIMEOUT_RESERVE_MS = 1_500;

type TimedRequest = Request<unknown, unknown, Error, ContextOption<'logger'>>;
/** Middy has no type for it. */
type RunRequest = (
  request: TimedRequest,
  ...rest: [...hooks: unknown[], plugin: middy.PluginObject]
) => Promise<unknown>;
type ExecutionMode = (core: { runRequest: RunRequest }, ...rest: unknown[]) => unknown;

/**
 * Aborts a handler `reserveMs` before Lambda's timeout, so that its caller can still be answered. If an event has less
 * than twice that time, half of its time is reserved: otherwise a function with a timeout of 1.5 seconds would be
 * aborted immediately. The first such event logs a warning.
 *
 * Middy reads its reserve once, at set-up, and has no hook that changes it for one event. So this is an execution mode
 * of Middy: Middy passes it the plugin with each request, and it can change the reserve there.
 * @param logger Logs the warning, unless the context has a logger.
 * @returns Options for Middy.
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
        `The function has ${remainingMs} ms for an event, and reserves half of it for the answer. Set the function's timeout to ${2 * reserveMs} ms or more, or set timeoutReserveMs to less than ${reserveMs}`,
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
