// Commands import this file to find a local run. It does not import the run itself.
import type { StackOutputs } from '../model/application.ts';

/** The log file of `npm start`, in place of CloudWatch Logs. It has the lines of the last run only. */
export const LOG_FILE = 'build/local.log';

/**
 * Returns the outputs of the local stack on a port that has a broadcast queue.
 * @param example The example that must run there. Default: any stack.
 * @throws {Error} if no such stack runs. The message has the command that starts one.
 */
export const findLocalStack = async (port: number, example?: string): Promise<StackOutputs[string]> => {
  const start = ['npm start --', ...(example === undefined ? [] : ['--example', example]), '--port', port].join(' ');
  const outputs = await readLocalOutputs(`http://127.0.0.1:${port}`);
  if (!outputs) throw new Error(`No stack runs on port ${port}. Start one: ${start}`);
  const stack = Object.entries(outputs).find(
    ([name, { BroadcastQueueUrl }]) => BroadcastQueueUrl && (example === undefined || exampleOf(name) === example),
  );
  if (stack) return stack[1];
  throw new Error(`Port ${port} runs ${Object.keys(outputs).join(', ')}. Stop it, then start: ${start}`);
};

/** The example's name from its stack's name: `ChatRoom` gives `chat-room`. */
const exampleOf = (stackName: string): string => stackName.replace(/\B[A-Z]/g, '-$&').toLowerCase();

/**
 * Reads the outputs of the stacks of a local run.
 * @param origin `http://127.0.0.1:3001`
 * @returns `undefined` if no local run listens there.
 */
export const readLocalOutputs = async (origin: string): Promise<StackOutputs | undefined> => {
  const response = await fetch(new URL('/outputs.json', origin)).catch(() => undefined);
  if (!response?.ok) return undefined;
  return response.json().catch(() => undefined) as Promise<StackOutputs | undefined>;
};
