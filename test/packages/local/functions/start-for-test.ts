import { FunctionKeyring } from '../../../../packages/local/functions/function-keyring.ts';
import {
  type Functions,
  type FunctionsOptions,
  startFunctions,
} from '../../../../packages/local/functions/start-functions.ts';
import type { FunctionLogEvent } from '../../../../packages/local/model/local-event.ts';
import { aFunction } from './a-function.ts';

const started: Functions[] = [];

/** Starts a function with the name `echo`. {@link stopFunctions} ends it after the test. */
export const start = (definition: Parameters<typeof aFunction>[0], options: Partial<FunctionsOptions> = {}) => {
  const events: FunctionLogEvent[] = [];
  const keyring = new FunctionKeyring();
  const functions = startFunctions({
    functions: [aFunction(definition)],
    keyring,
    log: (event) => events.push(event),
    ...options,
  });
  started.push(functions);
  return {
    functions,
    keyring,
    events,
    invoke: (event: unknown = {}) => functions.invoke('echo', event),
    lines: () => events.flatMap((event) => (event.type === 'log' ? [event.line] : [])),
    warnings: () => events.flatMap((event) => (event.type === 'warning' ? [event.line] : [])),
  };
};

/** Ends the functions that the test started. Call it in `afterEach`. */
export const stopFunctions = async (): Promise<void> => {
  await Promise.all(started.splice(0).map((functions) => functions.stop()));
};
