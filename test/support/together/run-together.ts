import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { describe } from '@jest/globals';
import { filesOf, type Group } from './groups.ts';

const require = createRequire(import.meta.url);

/**
 * Runs the fast tests of a group in the jest file that calls this. Jest loads its own modules and all imports, such as
 * the AWS SDK and the CDK, again for each file: half of the time of a small test. Each test file is a `describe`, so
 * that its hooks apply only to it. It is loaded by `require`, because a `describe` cannot wait for an import.
 */
export const runTogether = (group: Group): void => {
  for (const file of filesOf(group)) describe(file, () => void require(resolve(file)));
};
