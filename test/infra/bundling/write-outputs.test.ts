import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { outputFolder, writeOutputs } from '../../../infra/bundling/write-outputs.ts';
import { anApplication } from '../an-application.ts';

it.each([
  [['handlers/*.ts'], /^\/app\/build\/handlers$/],
  [['./handlers/*.ts'], /^\/app\/build\/handlers$/],
  [['one.ts'], /^\/app\/build\/\w{8}$/],
  [['handlers/chat.ts'], /^\/app\/build\/handlers-\w{8}$/],
  [['examples/polly/handlers/{a,b}.ts'], /^\/app\/build\/examples-polly-handlers-\w{8}$/],
  [['/app/examples/**/*.ts'], /^\/app\/build\/examples-\w{8}$/],
  [['../shared/*.ts', 'handlers/*.ts'], /^\/app\/build\/shared-\w{8}$/],
])('puts the bundle of %j below build/, always in the same folder', (globs, folder) => {
  expect(outputFolder(globs, '/app')).toMatch(folder);
  expect(outputFolder(globs, '/app')).toBe(outputFolder(globs, '/app'));
});

it('gives each list of globs a folder that is not inside the folder of another list', () => {
  const lists = [
    ['handlers/*.ts'],
    ['handlers/*.{ts,js}'],
    ['handlers/**/*.ts'],
    ['handlers/chat.ts'],
    ['handlers/game.ts'],
    ['handlers/chat.ts', 'handlers/game.ts'],
    ['handlers/chat/*.ts'],
    ['handlers-chat/*.ts'],
    ['../handlers/*.ts'],
    ['examples/*.ts'],
    ['examples/chat/handlers/*.ts'],
    ['*.ts'],
    ['**/*.ts'],
  ];
  const folders = lists.map((globs) => outputFolder(globs, '/app'));
  const shared = folders.filter((folder, index) =>
    folders.some((other, at) => at !== index && `${folder}/`.startsWith(`${other}/`)),
  );
  expect(shared).toEqual([]);
});

it('neither removes nor deploys files of another tool', async () => {
  const folder = join(await anApplication({ 'build/handlers/chat.js': 'written by tsc' }), 'build/handlers');
  await expect(writeOutputs(folder, [])).rejects.toThrow(
    /build\/handlers has files that bundle did not write: chat\.js\. Remove them, and have the tool that wrote them use another folder$/,
  );
});
