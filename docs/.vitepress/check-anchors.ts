import { readdir, readFile } from 'node:fs/promises';
import { join, posix, relative } from 'node:path';

/**
 * Checks the part of each link behind `#`, which VitePress does not.
 * @param site The folder that was built.
 * @throws {Error} naming each link that leads to no heading, and its page.
 */
export const checkAnchors = async (site: string): Promise<void> => {
  const files = (await readdir(site, { recursive: true })).filter((file) => file.endsWith('.html'));
  const pages = new Map<string, string>();
  for (const file of files) pages.set(relative(site, join(site, file)), await readFile(join(site, file), 'utf8'));
  const dead = [...pages].flatMap(([page, html]) =>
    anchorsOf(html)
      .filter(({ path, id }) => !hasHeading(pages.get(path === '' ? page : resolvePage(page, path)), id))
      .map(({ path, id }) => `${page}: ${path}#${id}`),
  );
  if (dead.length > 0) throw new Error(`These links lead to no heading:\n${dead.join('\n')}`);
};

const anchorsOf = (html: string): { path: string; id: string }[] =>
  [...html.matchAll(/href="([^"#:]*)#([^"]+)"/g)].map(([, path = '', id = '']) => ({
    path,
    id: decodeURIComponent(id),
  }));

const BASE = process.env.DOCS_BASE ?? '/';

const resolvePage = (page: string, path: string): string => {
  const whole = path.startsWith(BASE) ? path.slice(BASE.length) : posix.join(posix.dirname(page), path);
  if (whole === '' || whole.endsWith('/')) return `${whole}index.html`;
  return whole.endsWith('.html') ? whole : `${whole}.html`;
};

const hasHeading = (html: string | undefined, id: string): boolean => html?.includes(`id="${id}"`) ?? false;
