import { existsSync } from 'node:fs';
import type { InvocationResult, Invoker, LambdaFunction } from '../model/application.ts';
import { handlerProblem } from '../model/handler-file.ts';
import type { FunctionLog } from '../model/local-event.ts';
import type { Clock } from '../runtime/clock.ts';
import type { FunctionKeyring } from './function-keyring.ts';
import { FunctionPool, type PoolOptions } from './function-pool.ts';

/** A new AWS account can run about this many instances of all its functions at the same time. */
const DEFAULT_MAX_INSTANCES = 10;

export interface FunctionsOptions {
  functions: readonly LambdaFunction[];
  /** Gives each function its own credentials. The services and the gateway recognize the function by them. */
  keyring: FunctionKeyring;
  /** Variables for every function, such as `AWS_ENDPOINT_URL_DYNAMODB`. They override the function's own. */
  environment?: Readonly<Record<string, string>>;
  /** Local addresses, such as `127.0.0.1:3001`, by AWS host, such as `{apiId}.execute-api.{region}.amazonaws.com`. */
  hosts?: ReadonlyMap<string, string>;
  clock?: Clock;
  /** Most instances of one function. Default 10. A function's reserved concurrency lowers it. */
  maxInstances?: number;
  /**
   * Fault: the number of the socket write at which the instance crashes. With fewer writes, it crashes when it answers.
   * `undefined` means no crash.
   */
  crashAfterWrites?(functionName: string): number | undefined;
  log?: FunctionLog;
}

export interface Functions extends Invoker {
  /** New events run the code in this folder. Running events end with the old code. */
  swap(functionName: string, codePath: string): void;
  /** Does the same for a whole definition, with environment, timeout and role. Adds the function if it is new. */
  replace(definition: LambdaFunction): void;
  /** Ends all instances. Running events fail. */
  stop(): Promise<void>;
}

const problemOf = ({ logicalId, functionName, handler, codePath, runtime }: LambdaFunction): string | undefined => {
  if (!existsSync(codePath)) return `${functionName} (${logicalId}): its code folder ${codePath} does not exist`;
  const problem = handlerProblem(codePath, handler, runtime);
  return problem && `${functionName} (${logicalId}): ${problem.why}. ${problem.remedy}`;
};

const notFound = (functionName: string): InvocationResult => ({
  ok: false,
  error: { errorType: 'ResourceNotFoundException', errorMessage: `Function not found: ${functionName}` },
  durationMs: 0,
});

/**
 * Runs functions as Lambda does. Each instance is a thread with its own environment and credentials. It runs one event
 * at a time, is frozen between events, and ends if an event takes longer than the function's timeout. No thread starts
 * before a function's first event.
 * @throws {Error} if Lambda would not load a handler. The message names each such function and says what to do.
 */
export const startFunctions = ({
  functions,
  keyring,
  environment = {},
  hosts = new Map(),
  clock,
  maxInstances = DEFAULT_MAX_INSTANCES,
  crashAfterWrites = () => undefined,
  log = () => {},
}: FunctionsOptions): Functions => {
  const problems = functions.map(problemOf).filter((problem) => problem !== undefined);
  if (problems.length > 0) throw new Error(`Lambda would not load a handler: ${problems.join('; ')}.`);

  const options: PoolOptions = {
    credentialsOf: ({ functionName, roleArn }) => keyring.credentialsOf(functionName, roleArn),
    ...{ hosts, clockOffset: clock?.offset, maxInstances, crashAfterWrites, log },
  };
  const withEndpoints = (definition: LambdaFunction) => ({
    ...definition,
    environment: { ...definition.environment, ...environment },
  });
  const pools = new Map(
    functions.map((definition) => [definition.functionName, new FunctionPool(withEndpoints(definition), options)]),
  );
  const poolOf = (functionName: string): FunctionPool => {
    const pool = pools.get(functionName);
    if (!pool)
      throw new Error(`There is no function ${functionName}. The functions are: ${[...pools.keys()].join(', ')}`);
    return pool;
  };

  return {
    invoke: async (functionName, event, invokeOptions = {}) =>
      pools.get(functionName)?.invoke(event, invokeOptions) ?? notFound(functionName),
    swap: (functionName, codePath) => {
      const pool = poolOf(functionName);
      pool.replace({ ...pool.definition, codePath });
    },
    replace: (definition) => {
      const pool = pools.get(definition.functionName);
      if (pool) pool.replace(withEndpoints(definition));
      else pools.set(definition.functionName, new FunctionPool(withEndpoints(definition), options));
    },
    stop: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.stop()));
    },
  };
};
