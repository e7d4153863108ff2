import { existsSync } from 'node:fs';
import type { InvocationResult, Invoker, LambdaFunction } from '../model/application.ts';
import { handlerProblem } from '../model/handler-file.ts';
import type { FunctionLog } from '../model/local-event.ts';
import type { Clock } from '../runtime/clock.ts';
import type { FunctionKeyring } from './function-keyring.ts';
import { FunctionPool, type PoolOptions } from './function-pool.ts';

/** A fresh account has about as many for all its functions. */
const DEFAULT_MAX_INSTANCES = 10;

export interface FunctionsOptions {
  functions: readonly LambdaFunction[];
  /** Gives each function credentials of its own, by which the services and the gateway know it. */
  keyring: FunctionKeyring;
  /** Variables that every function gets beside its own and over them: `AWS_ENDPOINT_URL_DYNAMODB` and the like. */
  environment?: Readonly<Record<string, string>>;
  /** Addresses here, `127.0.0.1:3001`, by host of AWS: `{apiId}.execute-api.{region}.amazonaws.com`, and others that run here. */
  hosts?: ReadonlyMap<string, string>;
  clock?: Clock;
  /** Most instances of one function. Default 10; a function's reserved concurrency lowers it. */
  maxInstances?: number;
  /** Fault: the instance dies at this many-th write to a socket, or when it would answer. */
  crashAfterWrites?(functionName: string): number | undefined;
  log?: FunctionLog;
}

export interface Functions extends Invoker {
  /** The next events run the code in this folder; running ones end on the old. */
  swap(functionName: string, codePath: string): void;
  /** The same for a whole definition: environment, timeout, role. A new function is added. */
  replace(definition: LambdaFunction): void;
  /** Ends all instances, and their events with them. */
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
 * Runs functions as Lambda does: each instance a thread with its own environment and credentials, one event at a time,
 * frozen in between, ended when it takes too long. No thread is started before a function's first event.
 * @throws {Error} naming every function whose handler Lambda would not load, and what to do.
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
    if (!pool) throw new Error(`There is no function ${functionName}; there are ${[...pools.keys()].join(', ')}`);
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
