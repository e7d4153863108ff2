import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { UsageError } from '../../../../packages/command-line/command.ts';
import { checkFolder, writeWhole } from '../../../../packages/load/report/report.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'report-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('writes a file, its folder included', async () => {
  await writeWhole(join(folder, 'new', 'report.json'), '{}');
  expect(await readdir(join(folder, 'new'))).toEqual(['report.json']);
});

it('leaves nothing of a file that could not be written', async () => {
  await mkdir(join(folder, 'report.json'));
  await expect(writeWhole(join(folder, 'report.json'), '{}')).rejects.toThrow('EISDIR');
  expect(await readdir(folder)).toEqual(['report.json']);
});

describe('checkFolder', () => {
  it('makes the folder, and leaves nothing in it', async () => {
    await checkFolder(join(folder, 'a', 'b'));
    expect(await readdir(join(folder, 'a', 'b'))).toEqual([]);
  });

  it('refuses a file in the way, and a folder in place of a report', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    for (const place of [file, join(file, 'below')]) {
      const refusal = checkFolder(place);
      await expect(refusal).rejects.toThrow(UsageError);
      await expect(refusal).rejects.toThrow(`--out: expected a folder that can be written to, got ${place}: E`);
    }
    await mkdir(join(folder, 'report.html'));
    await expect(checkFolder(folder)).rejects.toThrow(`--out: expected no folder in place of a report, got ${folder}`);
  });
});
