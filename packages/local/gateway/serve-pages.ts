import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { StackOutputs } from '../model/application.ts';

/** A file as it is answered. */
export interface Page {
  contentType: string;
  body: string;
}

/** What is at a path such as `/page.js`; `undefined` where nothing is. */
export type Pages = (path: string) => Page | undefined;

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
};

/**
 * Serves `/outputs.json`, in the format of `cdk deploy --outputs-file`, and the text files of a folder, `/` being its
 * `index.html`. Only what the folder lists is there, so no path leads out of it; its own folders are not.
 * @param outputs Asked for each time: they may change in a run.
 * @param folder Default none.
 */
export const servePages =
  (outputs: () => StackOutputs, folder?: string): Pages =>
  (path) => {
    if (path === '/outputs.json') return { contentType: 'application/json', body: JSON.stringify(outputs(), null, 2) };
    const name = path === '/' ? 'index.html' : path.slice(1);
    const contentType = CONTENT_TYPES[extname(name)];
    if (folder === undefined || contentType === undefined || !readdirSync(folder).includes(name)) return undefined;
    return { contentType, body: readFileSync(join(folder, name), 'utf8') };
  };
