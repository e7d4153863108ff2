import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { assemblySources, projectSources } from '../../../../packages/local/cli/watched-sources.ts';
import { aChat, anAssembly } from '../template/an-assembly.ts';

/** The value of `watch` that `cdk init app --language typescript` writes. */
const WATCH = {
  include: ['**'],
  exclude: ['README.md', 'cdk*.json', '**/*.d.ts', '**/*.js', 'tsconfig.json', 'package*.json', 'node_modules', 'test'],
};

describe('projectSources', () => {
  const home = process.cwd();
  let folder: string;
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'project-')));
    process.chdir(folder);
  });
  afterEach(() => process.chdir(home));

  const countedOf = ({ isLeftOut, isWatched }: ReturnType<typeof projectSources>, paths: readonly string[]) =>
    paths.filter((path) => !isLeftOut?.(join(folder, path)) && isWatched?.(join(folder, path)) !== false);

  it('are what "watch" in cdk.json says', () => {
    writeFileSync('cdk.json', JSON.stringify({ watch: WATCH }));
    const sources = projectSources('npx cdk synth', ['cdk.local', 'run.log']);
    const out = ['README.md', 'cdk.context.json', 'lib/types.d.ts', 'lib/stack.js', 'test', 'test/stack.test.ts'];
    const ours = ['cdk.local/manifest.json', 'cdk.out/manifest.json', 'run.log'];
    expect(countedOf(sources, [...out, ...ours, 'lib/stack.ts', 'schema/chat.graphql'])).toEqual([
      ...['lib/stack.ts', 'schema/chat.graphql'],
    ]);
    expect(sources.description).toBe('Watches what "watch" in cdk.json says, and runs "npx cdk synth" again.');
  });

  it('are the files of "include", if it names any', () => {
    writeFileSync('cdk.json', JSON.stringify({ watch: { include: ['lib', 'bin/*.ts'], exclude: 'lib/old/' } }));
    const paths = ['lib/a.ts', 'lib/sub/b.txt', 'lib/old/c.ts', 'bin/app.ts', 'bin/sub/d.ts', 'e.ts'];
    expect(countedOf(projectSources('x', []), paths)).toEqual(['lib/a.ts', 'lib/sub/b.txt', 'bin/app.ts']);
  });

  it('are all sources without "watch", except in the folders that the command writes to', () => {
    writeFileSync('cdk.json', JSON.stringify({ output: 'synthesized' }));
    const sources = projectSources('cdk synth -o dist.out', ['cdk.local']);
    const outputs = ['dist.out/manifest.json', 'synthesized/manifest.json', 'cdk.local/manifest.json'];
    expect(countedOf(sources, [...outputs, 'lib/stack.ts'])).toEqual(['lib/stack.ts']);
    expect(sources.description).toBe('Watches the sources below this folder, and runs "cdk synth -o dist.out" again.');
  });

  it('include assets that are not copied into the assembly, but no packages', () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'shared-'));
    mkdirSync(join(elsewhere, 'node_modules/provider'), { recursive: true });
    mkdirSync('lambda');
    const assets = {
      ...{ 'code.zip': 'code', 'here.zip': join(folder, 'lambda'), 'shared.zip': elsewhere },
      'provider.zip': join(elsewhere, 'node_modules/provider'),
    };
    const cdkOut = anAssembly(aChat({ assets }));
    expect(projectSources('x', []).folders(cdkOut)).toEqual(['.', elsewhere]);
    expect(assemblySources(cdkOut).folders(cdkOut)).toEqual([cdkOut, join(folder, 'lambda'), elsewhere]);
  });
});
