import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { runCommand } from '../support/run-command.ts';

const aFolder = () => mkdtempSync(join(tmpdir(), 'start-'));

describe('npm start', () => {
  it('synthesizes with the Node that runs it, not with "node" of PATH', async () => {
    const folder = aFolder();
    writeFileSync(join(folder, 'node'), '#!/bin/sh\necho "another Node" >&2\nexit 1\n');
    chmodSync(join(folder, 'node'), 0o755);
    const env = { PATH: `${folder}:${process.env.PATH}` };
    const { says, interrupt, ended } = runCommand('commands/start.ts', ['--port', '0'], undefined, { env });
    await says('CTRL+C ends it.');
    interrupt();
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('says where the chat runs if the folder is not a checkout', async () => {
    const { code, stderr } = await runCommand('commands/start.ts', ['--port', '0'], aFolder()).ended;
    expect(code).toBe(2);
    expect(stderr).toMatch(/ has no infra\/app\.ts\. The chat runs in a checkout of middy-fanout\. To run another/);
  });
});
