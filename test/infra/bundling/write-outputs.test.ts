import { expect, it } from '@jest/globals';
import { outputFolder } from '../../../infra/bundling/write-outputs.ts';

it.each([
  ['handlers/*.ts', '/app/build/handlers'],
  ['one.ts', '/app/build/handlers'],
  ['examples/polly/handlers/{a,b}.ts', '/app/build/examples/polly/handlers'],
  ['/app/examples/**/*.ts', '/app/build/examples'],
  ['../shared/*.ts', '/app/build/shared'],
])('puts the bundle of %s below build/, where no other glob writes', (glob, folder) => {
  expect(outputFolder(glob, '/app')).toBe(folder);
});
