import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

it('keeps nothing of a Scan or Query that is over', async () => {
  const script = new URL('../count-iterators.ts', import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', script]);
  expect(Number(stdout)).toBeLessThan(5);
});
