import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { UsageError } from '../../../../packages/command-line/command.ts';
import { readReport } from '../../../../packages/load/report/read-report.ts';
import { aReport } from '../a-report.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'report-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('reads a report', async () => {
  const file = join(folder, 'report.json');
  await writeFile(file, JSON.stringify(aReport()));
  await expect(readReport(file)).resolves.toEqual(aReport());
});

it.each([
  ['a text that is not JSON', 'hello', /Unexpected token.*\.$/],
  ['another version', JSON.stringify({ ...aReport(), version: 2 }), /: its version is 2\.$/],
  ['another file', '{"version":"0.1.0"}', /: it is not a report\.$/],
  ['JSON that is not an object', 'null', /: it is not a report\.$/],
  ['the report of another tool', '{"version":1,"intervals":[]}', /: it is incomplete\.$/],
  ['a report without its counts', JSON.stringify({ ...aReport(), totals: {} }), /: it is incomplete\.$/],
  ['a report without its times', JSON.stringify({ ...aReport(), latencyMs: {} }), /: it is incomplete\.$/],
  ['a report without its date', JSON.stringify({ ...aReport(), startedAt: null }), /: it is incomplete\.$/],
])('refuses %s by name', async (_what, text, message) => {
  const file = join(folder, 'report.json');
  await writeFile(file, text);
  await expect(readReport(file)).rejects.toThrow(UsageError);
  await expect(readReport(file)).rejects.toThrow(`--compare: expected a report.json of version 1, got ${file}: `);
  await expect(readReport(file)).rejects.toThrow(message);
});

it('refuses a file that does not exist', async () => {
  await expect(readReport(join(folder, 'none.json'))).rejects.toThrow(/--compare: .*ENOENT/);
});
