import { FunctionKeyring } from '../../../../../packages/local/functions/function-keyring.ts';
import { startFunctions } from '../../../../../packages/local/functions/start-functions.ts';
import type { LambdaFunction } from '../../../../../packages/local/model/application.ts';
import { type Outcome, startRealClient } from './start-real-client.ts';

/** What an event came to, without what differs from run to run: ids, times, where the client is. */
export interface Seen {
  answer: unknown;
  lines: string[];
}

const RUNTIME = /(file:\/\/)?\/[^\s"')]*\/aws-lambda-ric-4\.0\.2\/[\w-]+\.mjs/g;
const CLIENT_LINE = /^\d{4}-\d\d-\S+Z\t[^\t]*\t[A-Z]+\t/;

/** Of a stack: its message, and the frames in the function's own code. */
const ownFrames = (stack: readonly string[], codePath: string): string[] =>
  stack.filter((line) => !line.startsWith('    at ') || line.includes(codePath));

const normal = (text: string, codePath: string): string =>
  text
    .replaceAll(codePath, '/var/task')
    .replace(RUNTIME, '/var/runtime/index.mjs')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g, 'REQUEST_ID')
    .replace(/\(node:\d+\)/, '(node)');

/** A line of an error is a label and JSON with stacks, in it too. */
const normalLine = (line: string, codePath: string): string => {
  const [label = '', json] = line.split(/\t(?=\{)/);
  if (json === undefined) return normal(line, codePath);
  const error = JSON.parse(json, (key, value) => {
    if (key === 'stack' || key === 'trace') return ownFrames(value, codePath);
    return key === 'name' || key === 'module' ? undefined : value; // repeats the type; the client's own file
  });
  return normal(`${label}\t${JSON.stringify(error)}`, codePath);
};

/** Runs the events one by one under AWS's client. */
export const runReally = async (definition: LambdaFunction, events: readonly unknown[]): Promise<Seen[]> => {
  const client = await startRealClient(definition);
  const seen: Seen[] = [];
  for (const event of events) seen.push(seenReally(await client.invoke(event), definition.codePath));
  await client.stop();
  return seen;
};

export const seenReally = ({ payload, error, lines, ended }: Outcome, codePath: string): Seen => ({
  answer: error ? errorOf(error, codePath) : payload,
  lines: lines
    .filter((line) => !ended || CLIENT_LINE.test(line)) // a process that dies has Node's own words
    .flatMap((line) => normalLine(line.replace(CLIENT_LINE, '').replaceAll('\r', '\n'), codePath).split('\n')),
});

const errorOf = ({ errorType, errorMessage }: { errorType: string; errorMessage: string }, codePath: string) => ({
  errorType,
  errorMessage: normal(errorMessage, codePath),
});

/** Runs the events one by one in the local run, which takes the function as a reload gives it: it is not refused at start. */
export const runLocally = async (definition: LambdaFunction, events: readonly unknown[]): Promise<Seen[]> => {
  let lines: string[] = [];
  const functions = startFunctions({
    functions: [],
    keyring: new FunctionKeyring(),
    log: (event) => {
      if (event.type === 'log') lines.push(event.line);
    },
  });
  functions.replace(definition);
  const seen: Seen[] = [];
  for (const event of events) {
    const result = await functions.invoke(definition.functionName, event);
    const ownWords = result.ok ? undefined : `${result.error.errorType}\t`;
    seen.push({
      answer: result.ok ? result.payload : errorOf(result.error, definition.codePath),
      lines: lines
        // What the local run itself says: how to mend a name, and what ended an instance.
        .filter((line) => !line.startsWith(`${definition.functionName}: `) && !(ownWords && line.startsWith(ownWords)))
        .map((line) => normalLine(line, definition.codePath)),
    });
    lines = [];
  }
  await functions.stop();
  return seen;
};
