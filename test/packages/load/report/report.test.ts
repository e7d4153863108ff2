import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { UsageError } from '../../../../packages/command-line/command.ts';
import { checkFolder, writeAtomically } from '../../../../packages/load/report/report.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'report-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('writes a file and creates its folder', async () => {
  await writeAtomically(join(folder, 'new', 'report.json'), '{}');
  expect(await readdir(join(folder, 'new'))).toEqual(['report.json']);
});

it('leaves no partial file if a file cannot be written', async () => {
  await mkdir(join(folder, 'report.json'));
  await expect(writeAtomically(join(folder, 'report.json'), '{}')).rejects.toThrow('EISDIR');
  expect(await readdir(folder)).toEqual(['report.json']);
});

describe('checkFolder', () => {
  it('creates the folder and leaves it empty', async () => {
    await checkFolder(join(folder, 'a', 'b'));
    expect(await readdir(join(folder, 'a', 'b'))).toEqual([]);
  });

  it('refuses a file in place of the folder, and a folder in place of a report', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    for (const place of [file, join(file, 'below')]) {
      const refusal = checkFolder(place);
      await expect(refusal).rejects.toThrow(UsageError);
      await expect(refusal).rejects.toThrow(`--out: expected a writable folder, got ${place}: E`);
    }
    await mkdir(join(folder, 'report.html'));
    await expect(checkFolder(folder)).rejects.toThrow(
      `--out: expected to write the report ${join(folder, 'report.html')}, which is a folder.`,
    );
  });
});
