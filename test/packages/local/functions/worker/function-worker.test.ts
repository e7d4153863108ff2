import { afterEach, expect, it } from '@jest/globals';
import { start, stopFunctions } from '../start-for-test.ts';

afterEach(stopFunctions);

it('an ES module has no `require`, `module` or `__dirname`', async () => {
  const { invoke } = start({
    code: 'export const handler = async () => [typeof require, typeof module, typeof exports, typeof __dirname];',
  });
  await expect(invoke()).resolves.toMatchObject({ payload: ['undefined', 'undefined', 'undefined', 'undefined'] });
});

it('a function is in the main thread of a process, and can start its own threads', async () => {
  const { invoke } = start({
    files: {
      'index.js': `const { isMainThread, parentPort, threadId, workerData, Worker } = require('node:worker_threads');
        if (isMainThread) exports.handler = async () => {
          const worker = new Worker(__filename, { workerData: 6 });
          const answer = await new Promise((resolve) => worker.once('message', resolve));
          await worker.terminate();
          return [answer, parentPort, threadId, workerData];
        };
        else parentPort.postMessage(workerData + 1);`,
    },
  });
  await expect(invoke()).resolves.toMatchObject({ payload: [7, null, 0, null] });
});

it('code that throws null while it loads fails with null', async () => {
  const error = { errorType: 'object', errorMessage: 'null' };
  await expect(start({ code: 'throw null;' }).invoke()).resolves.toMatchObject({ ok: false, error });
});
