import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { aFolder } from '../../infra/a-folder.ts';

/** A folder with these files: an object is written as JSON. */
export const aProject = (files: Readonly<Record<string, unknown>>): string => {
  const folder = aFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  }
  return folder;
};

/** The files of `cdk init app --language typescript`, as far as they matter here. */
export const aCdkApp = (more: Readonly<Record<string, unknown>> = {}): string =>
  aProject({
    'package.json': {
      name: 'my-app',
      scripts: { test: 'jest' },
      devDependencies: { jest: '^30', '@types/jest': '^30' },
      dependencies: { 'aws-cdk-lib': '^2.275.0', constructs: '^10.5.0' },
    },
    'cdk.json': { app: 'npx tsc && npx tsx bin/my-app.ts' },
    'bin/my-app.ts': `#!/usr/bin/env node
import * as cdk from 'aws-cdk-lib/core';
import { MyAppStack } from '../lib/my-app-stack';

const app = new cdk.App();
new MyAppStack(app, 'MyAppStack', {
  /* env: { account: '123456789012' } */
});
`,
    '.gitignore': 'node_modules\ncdk.out',
    ...more,
  });

export const readIn = (folder: string, path: string): string => readFileSync(join(folder, path), 'utf8');
