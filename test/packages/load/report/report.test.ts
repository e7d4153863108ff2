import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { UsageError } from '../../../../packages/command-line/command.ts';
import { checkFolder, readReport, writeWhole } from '../../../../packages/load/report/report.ts';
import { aReport } from '../a-report.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'report-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('reads what was written', async () => {
  const file = join(folder, 'new', 'report.json');
  await writeWhole(file, JSON.stringify(aReport()));
  await expect(readReport(file)).resolves.toEqual(aReport());
});

it.each([
  ['no JSON', 'hello', /Unexpected token.*\.$/],
  ['another version', JSON.stringify({ ...aReport(), version: 2 }), /: it is of version 2\.$/],
  ['another file', '{"version":"0.1.0"}', /: it is not a report\.$/],
  ['JSON that is no object', 'null', /: it is not a report\.$/],
])('refuses %s by name', async (_what, text, message) => {
  const file = join(folder, 'report.json');
  await writeFile(file, text);
  await expect(readReport(file)).rejects.toThrow(UsageError);
  await expect(readReport(file)).rejects.toThrow(`--compare: expected a report.json of version 1, got ${file}: `);
  await expect(readReport(file)).rejects.toThrow(message);
});

it('refuses a file that is not there', async () => {
  await expect(readReport(join(folder, 'none.json'))).rejects.toThrow(/--compare: .*ENOENT/);
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
