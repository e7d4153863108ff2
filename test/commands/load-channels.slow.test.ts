import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { runCommand } from '../support/run-command.ts';

jest.setTimeout(180_000);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'load-channels-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('npm run load with channels', () => {
  it('loses, repeats and swaps nothing while connections are cut, on the rooms example', async () => {
    const { code, stdout, stderr } = await runCommand('commands/load.ts', [
      ...['--channels', '4', '--members', '5', '--rate', '20/s', '--duration', '4s', '--churn', '20%/s'],
      // A machine that runs other tests too may take long for a handshake.
      ...['--settle', '20s', '--out', folder, '--fail-on', 'lost>0,duplicates>0,outOfOrder>0,gaps>0'],
    ]).ended;
    expect({ code, stderr: stderr.includes('Failed') }).toEqual({ code: 0, stderr: false });
    expect(stdout).toMatch(/Deliveries +([\d,]+) of \1 expected/);
    const { totals } = JSON.parse(await readFile(join(folder, 'report.json'), 'utf8'));
    expect(stdout).toMatch(/[1-9]\d* killed by churn/);
    expect(totals).toMatchObject({ sent: 80, lost: 0, duplicates: 0 });
  });
});
