import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/**
 * Returns the next message of a child process.
 * @throws {Error} with its name and exit code, if it ends first.
 */
export const nextMessage = async <T>(child: ChildProcess, name: string): Promise<T> => {
  const settled = new AbortController();
  const { signal } = settled;
  const ended = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`${name} ended with exit code ${code} before it answered`);
  });
  try {
    const [message] = await Promise.race([once(child, 'message', { signal }), ended]);
    return message as T;
  } finally {
    settled.abort();
    ended.catch(() => {}); // ignores the rejection of the aborted wait
  }
};
