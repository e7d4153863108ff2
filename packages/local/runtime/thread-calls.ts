import { type MessagePort, Worker } from 'node:worker_threads';

type Methods = Readonly<Record<string, (...parameters: never[]) => unknown>>;
type Called<M extends Methods, K extends keyof M> = Promise<Awaited<ReturnType<M[K]>>>;
type Message =
  | { call: number; method: string; parameters: unknown[] }
  | { answer: number; value: unknown }
  | { answer: number; error: string };

/** Calls a method on the other side of a port. */
export type CallThread<M extends Methods> = <K extends keyof M & string>(
  method: K,
  ...parameters: Parameters<M[K]>
) => Called<M, K>;

/**
 * Lets two threads call each other's methods, with plain data in and out. An error arrives with its message only. Calls
 * of a worker that has ended are rejected, with its error where there was one: here it ends nothing else.
 */
export const connectThread = <Theirs extends Methods>(
  port: MessagePort | Worker,
  ours: Methods,
): CallThread<Theirs> => {
  const open = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let calls = 0;
  const answer = async (call: number, method: string, parameters: unknown[]): Promise<void> => {
    try {
      port.postMessage({ answer: call, value: await ours[method]?.(...(parameters as never[])) });
    } catch (error) {
      port.postMessage({ answer: call, error: error instanceof Error ? error.message : String(error) });
    }
  };
  port.on('message', (message: Message) => {
    if ('call' in message) return void answer(message.call, message.method, message.parameters);
    const waiting = open.get(message.answer);
    open.delete(message.answer);
    if ('error' in message) waiting?.reject(new Error(message.error));
    else waiting?.resolve(message.value);
  });
  let ended: Error | undefined;
  const end = (error: Error): void => {
    ended ??= error;
    for (const { reject } of open.values()) reject(ended);
    open.clear();
  };
  if (port instanceof Worker) {
    port.on('error', end);
    port.on('exit', () => end(new Error('The thread has ended')));
  }
  return (method, ...parameters) =>
    new Promise((resolve, reject) => {
      if (ended) return reject(ended);
      calls += 1;
      open.set(calls, { resolve: resolve as (value: unknown) => void, reject });
      port.postMessage({ call: calls, method, parameters });
    });
};
