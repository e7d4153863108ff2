import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Gives a test run a temporary folder of its own, so that nothing it writes is left behind. */
export default (): void => {
  const folder = mkdtempSync(join(tmpdir(), 'middy-fanout-tests-'));
  for (const name of ['TMPDIR', 'TEMP', 'TMP', 'TESTS_FOLDER']) process.env[name] = folder;
  // Commands and synthesis in processes of their own load the same modules again and again.
  process.env.NODE_COMPILE_CACHE ??= resolve('node_modules/.cache/node');
};
