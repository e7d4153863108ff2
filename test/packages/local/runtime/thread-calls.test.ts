import { Worker } from 'node:worker_threads';
import { expect, it } from '@jest/globals';
import { connectThread } from '../../../../packages/local/runtime/thread-calls.ts';

it('rejects calls to a thread that failed with its error, and keeps this thread running', async () => {
  const worker = new Worker(
    'require("node:worker_threads").parentPort.once("message", () => { throw new Error("lost") })',
    {
      eval: true,
    },
  );
  const call = connectThread<{ listen(): void }>(worker, {});
  await expect(Promise.all([call('listen'), call('listen')])).rejects.toThrow('lost');
  await expect(call('listen')).rejects.toThrow('lost');
});
