import { type MessagePort, Worker } from 'node:worker_threads';

type Methods = Readonly<Record<string, (...parameters: never[]) => unknown>>;
type RemoteResult<M extends Methods, K extends keyof M> = Promise<Awaited<ReturnType<M[K]>>>;
type Message =
  | { call: number; method: string; parameters: unknown[] }
  | { answer: number; value: unknown }
  | { answer: number; error: string };

/** Calls a method of the other thread. */
export type CallThread<M extends Methods> = <K extends keyof M & string>(
  method: K,
  ...parameters: Parameters<M[K]>
) => RemoteResult<M, K>;

/**
 * Lets two threads call each other's methods, with plain data as parameters and results. An error arrives with its
 * message only. If a worker ends, all calls to it are rejected, with its error if it failed. Its error does not end
 * this thread.
 */
export const connectThread = <Remote extends Methods>(
  port: MessagePort | Worker,
  methods: Methods,
): CallThread<Remote> => {
  const open = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let calls = 0;
  const answer = async (call: number, method: string, parameters: unknown[]): Promise<void> => {
    try {
      port.postMessage({ answer: call, value: await methods[method]?.(...(parameters as never[])) });
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
