import { FunctionKeyring } from '../../../../../packages/local/functions/function-keyring.ts';
import { startFunctions } from '../../../../../packages/local/functions/start-functions.ts';
import type { LambdaFunction } from '../../../../../packages/local/model/application.ts';
import { type Outcome, startRealClient } from './start-real-client.ts';

/** The result of an event, without the parts that differ from run to run: ids, times, and the path of the client. */
export interface Observed {
  answer: unknown;
  lines: string[];
}

const RUNTIME = /(file:\/\/)?\/[^\s"')]*\/aws-lambda-ric-4\.0\.2\/[\w-]+\.mjs/g;
const CLIENT_LINE = /^\d{4}-\d\d-\S+Z\t[^\t]*\t[A-Z]+\t/;

/** The message of a stack, and its frames in the function's own code. */
const ownFrames = (stack: readonly string[], codePath: string): string[] =>
  stack.filter((line) => !line.startsWith('    at ') || line.includes(codePath));

const normal = (text: string, codePath: string): string =>
  text
    .replaceAll(codePath, '/var/task')
    .replace(RUNTIME, '/var/runtime/index.mjs')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g, 'REQUEST_ID')
    .replace(/\(node:\d+\)/, '(node)');

/** The line of an error is a label and JSON. An error inside the JSON has a stack too. */
const normalLine = (line: string, codePath: string): string => {
  const [label = '', json] = line.split(/\t(?=\{)/);
  if (json === undefined) return normal(line, codePath);
  const error = JSON.parse(json, (key, value) => {
    if (key === 'stack' || key === 'trace') return ownFrames(value, codePath);
    return key === 'name' || key === 'module' ? undefined : value; // the type, and the client's own file
  });
  return normal(`${label}\t${JSON.stringify(error)}`, codePath);
};

/** Runs the events one after the other under AWS's client. */
export const runUnderClient = async (definition: LambdaFunction, events: readonly unknown[]): Promise<Observed[]> => {
  const client = await startRealClient(definition);
  const observed: Observed[] = [];
  for (const event of events) observed.push(toObserved(await client.invoke(event), definition.codePath));
  await client.stop();
  return observed;
};

export const toObserved = ({ payload, error, lines, ended }: Outcome, codePath: string): Observed => ({
  answer: error ? errorOf(error, codePath) : payload,
  lines: lines
    .filter((line) => !ended || CLIENT_LINE.test(line)) // Node itself logs the error that ends a process
    .flatMap((line) => normalLine(line.replace(CLIENT_LINE, '').replaceAll('\r', '\n'), codePath).split('\n')),
});

const errorOf = ({ errorType, errorMessage }: { errorType: string; errorMessage: string }, codePath: string) => ({
  errorType,
  errorMessage: normal(errorMessage, codePath),
});

/**
 * Runs the events one after the other in the local run. The function is added as by a reload, because the local run
 * refuses an invalid handler at start.
 */
export const runLocally = async (definition: LambdaFunction, events: readonly unknown[]): Promise<Observed[]> => {
  let lines: string[] = [];
  const functions = startFunctions({
    functions: [],
    keyring: new FunctionKeyring(),
    log: (event) => {
      if (event.type === 'log') lines.push(event.line);
    },
  });
  functions.replace(definition);
  const observed: Observed[] = [];
  for (const event of events) {
    const result = await functions.invoke(definition.functionName, event);
    const endOfInstance = result.ok ? undefined : `${result.error.errorType}\t`;
    observed.push({
      answer: result.ok ? result.payload : errorOf(result.error, definition.codePath),
      lines: lines
        // Without the local run's own lines: the remedy for a handler, and the error that ended an instance.
        .filter(
          (line) =>
            !line.startsWith(`${definition.functionName}: `) && !(endOfInstance && line.startsWith(endOfInstance)),
        )
        .map((line) => normalLine(line, definition.codePath)),
    });
    lines = [];
  }
  await functions.stop();
  return observed;
};
