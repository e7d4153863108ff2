import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

it('keeps no iterator of a finished Scan or Query', async () => {
  const script = new URL('../count-iterators.ts', import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', script]);
  expect(Number(stdout)).toBeLessThan(5);
});
