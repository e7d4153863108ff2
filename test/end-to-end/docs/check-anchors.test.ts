import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { checkAnchors } from '../../../docs/.vitepress/check-anchors.ts';
import { aFolder } from '../../infra/a-folder.ts';

const aSite = async (pages: Readonly<Record<string, string>>): Promise<string> => {
  const site = aFolder();
  for (const [path, html] of Object.entries(pages)) {
    await mkdir(dirname(join(site, path)), { recursive: true });
    await writeFile(join(site, path), html);
  }
  return site;
};

describe('checkAnchors', () => {
  it('passes links to headings, on the same page, on another, and on the index of a folder', async () => {
    const site = await aSite({
      'index.html': '<h1 id="top"></h1><a href="#top"></a><a href="/guide/a.html#x"></a><a href="./guide/#y"></a>',
      'guide/a.html': '<h2 id="x"></h2><a href="../index.html#top"></a><a href="https://example.com/#any"></a>',
      'guide/index.html': '<h2 id="y"></h2>',
    });
    await expect(checkAnchors(site)).resolves.toBeUndefined();
  });

  it('names each link to a heading that is not there, with its page', async () => {
    const site = await aSite({ 'a.html': '<a href="#x"></a><a href="/b.html#y"></a>', 'b.html': '<h2 id="z"></h2>' });
    await expect(checkAnchors(site)).rejects.toThrow('These links lead to no heading:\na.html: #x\na.html: /b.html#y');
  });
});
