import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { describe } from '@jest/globals';
import { filesOf, type Group } from './groups.ts';

const require = createRequire(import.meta.url);

/**
 * Runs the fast tests of a group in the jest file that calls this. For each file jest loads anew its own modules and all
 * that the tests import, such as the AWS SDK and the CDK: half of the time of a small test. Each test file is a
 * `describe`, so that its hooks are its own. It is required, because a `describe` cannot wait for an import.
 */
export const runTogether = (group: Group): void => {
  for (const file of filesOf(group)) describe(file, () => void require(resolve(file)));
};
