import { existsSync, globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { SIDEBAR } from '../../../docs/.vitepress/sidebar.ts';
import { readPage, readPages } from './read-pages.ts';

const pages = readPages();
const links = SIDEBAR.flatMap(({ items }) => items.map(({ link }) => link));

/** Text in Markdown files that GitHub shows, which the build of the site does not check. */
const MARKDOWN = ['README.md', 'CONTRIBUTING.md', 'examples/README.md', ...globSync('packages/*/README.md')];

describe('the pages of the documentation', () => {
  it('are all in the sidebar, once', () => {
    const paths = pages.map(({ path }) => path.replace(/^docs|\.md$/g, '')).filter((path) => path !== '/index');
    expect([...links].sort()).toEqual(paths.sort());
  });

  it('have a title', () => {
    const untitled = pages.filter(({ path, text }) => path !== 'docs/index.md' && !/^# \S/.test(text));
    expect(untitled.map(({ path }) => path)).toEqual([]);
  });

  it('have blocks of known languages: a test compiles TypeScript, runs shell, and reads JSON', () => {
    const blocks = pages.flatMap((page) => page.blocks);
    expect(new Set(blocks.map(({ language }) => language))).toEqual(new Set(['json', 'sh', 'text', 'ts', 'yaml']));
    for (const { code, language } of blocks) if (language === 'json') JSON.parse(code);
  });

  it('say why a shell block is not run', () => {
    const blocks = pages.flatMap((page) => page.blocks.filter(({ language }) => language === 'sh'));
    const unexplained = blocks.filter(
      ({ marker }) => marker?.startsWith('not run') && !/^not run: \w{3,} /.test(marker),
    );
    expect(unexplained.map(({ place }) => place)).toEqual([]);
  });

  it.each(MARKDOWN)('include every file that %s links to', (file) => {
    const targets = [...readFileSync(file, 'utf8').matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g)].map(([, to = '']) => to);
    expect(targets.filter((to) => !existsSync(posix.join(posix.dirname(file), to)))).toEqual([]);
  });
});

describe('the troubleshooting page', () => {
  const source = globSync('{aws,commands,fan-out,handlers,infra,middleware,packages,schemas}/**/*.{ts,cjs}', {
    exclude: ['**/dist', '**/node_modules'],
  })
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n')
    .replaceAll("\\'", "'");
  const [ownTexts = ''] = readFileSync('docs/troubleshooting.md', 'utf8').split('## What API Gateway says');
  const titles = [...ownTexts.matchAll(/^### `([^`]+)`$/gm)].map(([, title = '']) => title);

  it.each(titles)('has a text of the code: %s', (title) => {
    const parts = title.split('…').filter((part) => part.trim().length > 2);
    expect(parts.length).toBeGreaterThan(0);
    expect(parts.filter((part) => !source.includes(part.trim()))).toEqual([]);
  });

  it('has most of its titles checked', () => expect(titles.length).toBeGreaterThan(15));
});

describe('a page', () => {
  const page = readPage(
    'docs/a.md',
    [
      'Text',
      '<!-- file: wave.ts\nexport const wave = 1;\n-->',
      '<!-- with:\ndeclare const chat: number;\n-->\n```ts\nchat;\n```',
      '1. Text\n   <!-- not run: needs an account -->\n   ```sh\n   npx cdk deploy\n   ```',
      '```sh\nnpm start\n```',
    ].join('\n\n'),
  );

  it('gives its blocks without indentation, with what the comments before them say', () => {
    expect(page.blocks).toEqual([
      { place: 'docs/a.md:10', language: 'ts', code: 'chat;\n', hidden: '\ndeclare const chat: number;\n' },
      { place: 'docs/a.md:16', language: 'sh', code: 'npx cdk deploy\n', marker: 'not run: needs an account' },
      { place: 'docs/a.md:20', language: 'sh', code: 'npm start\n' },
    ]);
  });

  it('gives the files that it does not show', () => {
    expect([...page.files]).toEqual([['wave.ts', 'export const wave = 1;\n']]);
  });
});
