import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { watchSources } from '../../../../packages/local/cli/watch-sources.ts';
import { until } from '../../../support/until.ts';

describe('watchSources', () => {
  let folder: string;
  let changed: string[];
  let stop: () => Promise<void>;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sources-'));
    for (const name of ['lib', 'node_modules', 'cdk.out']) mkdirSync(join(folder, name));
    write('lib/stack.ts', 'one');
    changed = [];
    const onChange = (files: readonly string[]) => changed.push(...files);
    const isLeftOut = (path: string) => path === join(folder, 'cdk.out');
    stop = await watchSources({ folders: [folder], isLeftOut, onChange });
  });
  afterEach(() => stop());

  const write = (path: string, text: string) => writeFileSync(join(folder, path), text);
  /** Makes a change and then one that is surely reported: all reports of the first change arrive before it. */
  const reportedFor = async (change: () => void): Promise<string[]> => {
    change();
    write('last.ts', 'x');
    await until(() => changed.includes(join(folder, 'last.ts')));
    return changed.filter((file) => !file.endsWith('last.ts')).map((file) => file.slice(folder.length + 1));
  };

  it('reports a source that has changed', async () => {
    expect(await reportedFor(() => write('lib/stack.ts', 'two'))).toEqual(['lib/stack.ts']);
  });

  it('does not report a file that was written with the same content', async () => {
    expect(await reportedFor(() => write('lib/stack.ts', 'one'))).toEqual([]);
  });

  it('does not report packages, output folders and files that are not sources', async () => {
    const change = () => {
      for (const path of ['node_modules/a.js', 'cdk.out/manifest.json', 'notes.txt']) write(path, 'x');
    };
    expect(await reportedFor(change)).toEqual([]);
  });

  it('reports the files that it is told to watch, and no others', async () => {
    await stop();
    const isWatched = (path: string) => !path.endsWith('.ts') || path.endsWith('last.ts');
    stop = await watchSources({ folders: [folder], isWatched, onChange: (files) => changed.push(...files) });
    mkdirSync(join(folder, 'dist'));
    const change = () => {
      for (const path of ['lib/stack.ts', 'node_modules/a.js', 'notes.txt', 'dist/page.html']) write(path, 'x');
    };
    expect((await reportedFor(change)).sort()).toEqual(['dist/page.html', 'notes.txt']);
  });

  it('watches a folder that was removed and created again', async () => {
    rmSync(join(folder, 'lib'), { recursive: true });
    mkdirSync(join(folder, 'lib'));
    write('lib/stack.ts', 'two');
    await until(() => changed.includes(join(folder, 'lib/stack.ts')));
    expect(await reportedFor(() => write('lib/new.ts', 'x'))).toContain('lib/new.ts');
  });

  it('reports the old and the new paths of a renamed folder', async () => {
    renameSync(join(folder, 'lib'), join(folder, 'moved'));
    await until(() => changed.length >= 2);
    expect(changed.map((file) => file.slice(folder.length + 1)).sort()).toEqual(['lib/stack.ts', 'moved/stack.ts']);
    expect(await reportedFor(() => write('moved/new.ts', 'x'))).toContain('moved/new.ts');
  });

  it('survives folders that are removed before it reads them', async () => {
    const churn = `const { mkdirSync, rmdirSync } = require('node:fs');
      for (let n = 0; n < 2000; n++) { mkdirSync('passing' + n % 5); rmdirSync('passing' + n % 5); }`;
    await promisify(execFile)(process.execPath, ['-e', churn], { cwd: folder });
    expect(await reportedFor(() => write('lib/stack.ts', 'two'))).toEqual(['lib/stack.ts']);
  });

  it('watches a new folder, and reports the files that came with it', async () => {
    mkdirSync(join(folder, 'new'));
    write('new/first.ts', 'x');
    await until(() => changed.includes(join(folder, 'new/first.ts')));
    expect(await reportedFor(() => write('new/second.ts', 'x'))).toContain('new/second.ts');
  });
});
