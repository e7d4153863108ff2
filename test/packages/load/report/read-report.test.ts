import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { readReport } from '../../../../packages/load/report/read-report.ts';
import { writeWhole } from '../../../../packages/load/report/write-whole.ts';
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
  ['no JSON', 'hello', /expected a report\.json of version 1, got .*: Unexpected token/],
  [
    'another version',
    JSON.stringify({ ...aReport(), version: 2 }),
    /expected a report\.json of version 1, got .*: \/version must be equal to constant/,
  ],
  ['another file', '{}', /expected a report\.json of version 1, got .*: it must have required property/],
])('refuses %s by name', async (_what, text, message) => {
  const file = join(folder, 'report.json');
  await writeFile(file, text);
  await expect(readReport(file)).rejects.toThrow(message);
});

it('refuses a file that is not there', async () => {
  await expect(readReport(join(folder, 'none.json'))).rejects.toThrow(/--compare: .*ENOENT/);
});
