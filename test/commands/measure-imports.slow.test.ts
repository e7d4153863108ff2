import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

const script = fileURLToPath(new URL('../../commands/measure-imports.ts', import.meta.url));

it('each handler’s bundle imports in at most half the time of lib-dynamodb, Middy and Ajv at run time', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--runs', '7']);
  for (const name of ['connect', 'default', 'disconnect', 'fan-out', 'send-message']) {
    expect(stdout).toMatch(new RegExp(`^${name}\\.handler +\\d`, 'm'));
  }
}, 120_000);
