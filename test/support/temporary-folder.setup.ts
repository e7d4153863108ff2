import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Gives a test run its own temporary folder, so that its files can be removed afterwards. */
export default (): void => {
  const folder = mkdtempSync(join(tmpdir(), 'middy-fanout-tests-'));
  for (const name of ['TMPDIR', 'TEMP', 'TMP', 'TESTS_FOLDER']) process.env[name] = folder;
  // Commands and syntheses run in their own processes and load the same modules again and again.
  process.env.NODE_COMPILE_CACHE ??= resolve('node_modules/.cache/node');
};
