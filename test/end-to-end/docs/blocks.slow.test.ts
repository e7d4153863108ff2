import { expect, it } from '@jest/globals';
import { compileBlocks } from './compile-blocks.ts';
import { readPage, readPages } from './read-pages.ts';

const TIMEOUT_MS = 120_000;

it(
  'every block of TypeScript in the documentation compiles',
  async () => {
    const pages = readPages();
    expect(pages.flatMap(({ blocks }) => blocks.filter(({ language }) => language === 'ts')).length).toBeGreaterThan(
      40,
    );
    expect(await compileBlocks(pages)).toEqual([]);
  },
  TIMEOUT_MS,
);

it(
  'a block that does not compile is named with its page and line',
  async () => {
    const block = "```ts\nimport { webSocketRout } from 'middy-fanout';\n```\n";
    const [problem = ''] = await compileBlocks([readPage('docs/a.md', `# A\n\n${block}`)]);
    expect(problem).toMatch(/^docs\/a\.md:3\(1,10\): error TS\d+: .*webSocketRout/);
  },
  TIMEOUT_MS,
);
