import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

/** A file as it is served. */
export interface Page {
  contentType: string;
  body: string;
}

/** The page at a path such as `/page.js`, or `undefined`. */
export type Pages = (path: string) => Page | undefined;

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
};

/**
 * Serves data as JSON, and the text files of a folder. `/` is its `index.html`. Only files directly in the folder are
 * served, so no path leads out of it.
 * @param data By path, such as `/outputs.json`. Called for each request, because the data may change during a run.
 * @param folder Default: no folder.
 */
export const servePages =
  (data: Readonly<Record<string, () => unknown>>, folder?: string): Pages =>
  (path) => {
    const json = Object.hasOwn(data, path) ? data[path] : undefined;
    if (json) return { contentType: 'application/json', body: JSON.stringify(json(), null, 2) };
    const name = path === '/' ? 'index.html' : path.slice(1);
    const contentType = CONTENT_TYPES[extname(name)];
    if (folder === undefined || contentType === undefined || !readdirSync(folder).includes(name)) return undefined;
    return { contentType, body: readFileSync(join(folder, name), 'utf8') };
  };
