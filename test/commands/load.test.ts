import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { runCommand } from '../support/run-command.ts';

const LOADED_MACHINE_MS = 30_000;

it(
  'npm run load refuses invalid options with one sentence, exit code 2 and no file',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'load-'));
    const nowhere = ['--url', 'ws://127.0.0.1:1'];
    const refusals: [string[], string][] = [
      [['--url', 'http://127.0.0.1'], '--url: expected a URL that starts with ws://'],
      [nowhere, '--url: no connection to ws://127.0.0.1:1/'],
      [[...nowhere, '--connections', '99999999', '--processes', '1'], 'ulimit -n'],
      [[...nowhere, '--out', 'package.json'], '--out: expected a writable folder, got package.json: E'],
      [[...nowhere, '--subprotocol', 'a b'], '--subprotocol: expected a name without spaces'],
      [[...nowhere, '--header', 'Name: ☃'], '--header: expected only characters that are valid in a header'],
      [nowhere, ' Start the server, or leave out --url'],
      [['--fault', 'post:nonsense'], '\n--fault post:nonsense is invalid. Use'],
      [[...nowhere, '--compare', 'package.json'], '--compare: expected a report.json'],
    ];
    const ended = await Promise.all(
      refusals.map(([args]) => runCommand('commands/load.ts', ['--out', folder, ...args]).ended),
    );
    for (const [index, { code, stdout, stderr }] of ended.entries()) {
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(refusals[index]?.[1]);
      expect(stderr.replace('Starting the local run…\n', '').trim().split('\n')).toHaveLength(1);
    }
    expect(existsSync(join(folder, 'report.json'))).toBe(false);
    await rm(folder, { recursive: true });
  },
  LOADED_MACHINE_MS,
);
