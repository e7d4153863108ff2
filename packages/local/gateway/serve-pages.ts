import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

/** A file to serve. */
export interface Page {
  /** Default: 200. */
  statusCode?: number;
  contentType: string;
  body: string;
}

/** The page at a path such as `/page.js`, or `undefined`. */
export type Pages = (path: string, query?: URLSearchParams) => Page | undefined;

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
};

/** Returns what to serve at a path. Called for each request, because it may change during a run. */
export type Source = (query: URLSearchParams) => Page;

/** Serves a value as JSON. */
export const json =
  (value: () => unknown): Source =>
  () => ({ contentType: 'application/json', body: JSON.stringify(value(), null, 2) });

/**
 * Serves pages of the run itself, such as `/outputs.json`, and the text files of a folder. `/` is its `index.html`.
 * Only files directly in the folder are served, so no path leads out of it.
 * @param sources By path.
 * @param folder Default: no folder.
 */
export const servePages =
  (sources: Readonly<Record<string, Source>>, folder?: string): Pages =>
  (path, query = new URLSearchParams()) => {
    const source = Object.hasOwn(sources, path) ? sources[path] : undefined;
    if (source) return source(query);
    const name = path === '/' ? 'index.html' : path.slice(1);
    const contentType = CONTENT_TYPES[extname(name)];
    if (folder === undefined || contentType === undefined || !readdirSync(folder).includes(name)) return undefined;
    return { contentType, body: readFileSync(join(folder, name), 'utf8') };
  };
