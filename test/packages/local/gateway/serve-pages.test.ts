import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { json, servePages } from '../../../../packages/local/gateway/serve-pages.ts';

const OUTPUTS = { Chat: { WebSocketUrl: 'ws://127.0.0.1:3001/production' } };

const parent = mkdtempSync(join(tmpdir(), 'pages-'));
const folder = join(parent, 'page');
mkdirSync(join(folder, 'inner'), { recursive: true });
for (const name of ['index.html', 'page.css', 'page.js', 'data.json', 'notes.md', 'inner/deep.js', '../secret.js'])
  writeFileSync(join(folder, name), `content of ${name}`);
const DATA = { '/outputs.json': json(() => OUTPUTS) };
const pages = servePages(DATA, folder);

describe('servePages', () => {
  it.each([
    ['/', 'index.html', 'text/html; charset=utf-8'],
    ['/index.html', 'index.html', 'text/html; charset=utf-8'],
    ['/page.css', 'page.css', 'text/css; charset=utf-8'],
    ['/page.js', 'page.js', 'text/javascript; charset=utf-8'],
    ['/data.json', 'data.json', 'application/json'],
  ])('answers %s with %s as %s', (path, name, contentType) => {
    expect(pages(path)).toEqual({ contentType, body: `content of ${name}` });
  });

  it.each([
    '/../secret.js',
    '/..%2fsecret.js',
    '/%2e%2e/secret.js',
    '//secret.js',
    '/inner/deep.js',
    '/inner/../page.js',
    '/notes.md',
    '/missing.js',
    '/page.js\0',
    '',
  ])('has no page at %j', (path) => {
    expect(pages(path)).toBeUndefined();
  });

  it('serves data, such as the outputs as cdk deploy --outputs-file writes them, even without a folder', () => {
    const page = servePages(DATA)('/outputs.json');
    expect(page?.contentType).toBe('application/json');
    expect(JSON.parse(page?.body ?? '')).toEqual(OUTPUTS);
    expect(servePages(DATA)('/')).toBeUndefined();
  });

  it('gives the query to what answers at a path', () => {
    const hello = (query: URLSearchParams) => ({ contentType: 'text/plain', body: `hello ${query.get('name')}` });
    expect(servePages({ '/hello': hello })('/hello', new URLSearchParams('name=ada'))?.body).toBe('hello ada');
  });
});
