// The door of the local run for commands that look for one: it loads nothing of the run itself.
import type { StackOutputs } from '../model/application.ts';

/** The file that `npm start` writes the lines of functions to, as CloudWatch would. It holds the last run only. */
export const LOG_FILE = 'build/local.log';

/**
 * The outputs of the stack that runs on a port of this machine and has a broadcast queue.
 * @param example The one that it has to be, if any.
 * @throws {Error} if no such stack runs, with the command that starts it.
 */
export const findLocalStack = async (port: number, example?: string): Promise<StackOutputs[string]> => {
  const start = ['npm start --', ...(example === undefined ? [] : ['--example', example]), '--port', port].join(' ');
  const outputs = await readLocalOutputs(`http://127.0.0.1:${port}`);
  if (!outputs) throw new Error(`No stack runs on port ${port}: start one with ${start}`);
  const found = Object.entries(outputs).find(
    ([name, { BroadcastQueueUrl }]) => BroadcastQueueUrl && (example === undefined || exampleOf(name) === example),
  );
  if (found) return found[1];
  throw new Error(`Port ${port} runs ${Object.keys(outputs).join(', ')}. Stop it, then start: ${start}`);
};

/** `ChatRoom` is the stack of `chat-room`. */
const exampleOf = (stackName: string): string => stackName.replace(/\B[A-Z]/g, '-$&').toLowerCase();

/**
 * The outputs of the stacks of a local run.
 * @param origin `http://127.0.0.1:3001`
 * @returns `undefined` if nothing listens there, or something else.
 */
export const readLocalOutputs = async (origin: string): Promise<StackOutputs | undefined> => {
  const response = await fetch(new URL('/outputs.json', origin)).catch(() => undefined);
  if (!response?.ok) return undefined;
  return response.json().catch(() => undefined) as Promise<StackOutputs | undefined>;
};
