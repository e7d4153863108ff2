import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** An empty folder, absolute. It is deleted after the tests of the file. */
export const aFolder = (): string => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'middy-fanout-')));
  folders.push(folder);
  return folder;
};
