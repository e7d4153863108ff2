import type { StackOutputs } from '../model/application.ts';
import { UsageError } from './usage-error.ts';

/**
 * The outputs of the stack that runs on a port of this machine and has a broadcast queue.
 * @param port As given by the user.
 * @param example The one that it has to be, if any.
 * @throws {UsageError} for what is no port. {Error} where no such stack runs, with the command that starts it.
 */
export const findLocalStack = async (port: string, example?: string): Promise<StackOutputs[string]> => {
  if (!/^\d{1,5}$/.test(port)) throw new UsageError(`--port is "${port}": give a whole number from 1 to 65535`);
  const start = ['npm start --', ...(example === undefined ? [] : ['--example', example]), '--port', port].join(' ');
  const outputs = await readLocalOutputs(`http://127.0.0.1:${port}`);
  if (!outputs) throw new Error(`No stack runs on port ${port}: start one with ${start}`);
  const found = Object.entries(outputs).find(
    ([name, { BroadcastQueueUrl }]) => BroadcastQueueUrl && (example === undefined || exampleOf(name) === example),
  );
  if (found) return found[1];
  const running = Object.keys(outputs).join(', ');
  throw new Error(`What runs on port ${port} is ${running}: end it, and start what you mean with ${start}`);
};

/** `ChatRoom` is the stack of `chat-room`. */
const exampleOf = (stackName: string): string => stackName.replace(/\B[A-Z]/g, '-$&').toLowerCase();

/**
 * Asks a local run for the outputs of its stacks.
 * @param origin `http://127.0.0.1:3001`
 * @returns `undefined` where nothing listens there, or something else.
 */
export const readLocalOutputs = async (origin: string): Promise<StackOutputs | undefined> => {
  const response = await fetch(new URL('/outputs.json', origin)).catch(() => undefined);
  if (!response?.ok) return undefined;
  return response.json().catch(() => undefined) as Promise<StackOutputs | undefined>;
};
