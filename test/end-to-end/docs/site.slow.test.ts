import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { findChromium } from '../../support/find-chromium.ts';
import { runCommand } from '../../support/run-command.ts';

/** Most that installing the tools and building may take: on a quiet machine a minute. */
const BUILD_MS = 600_000;
const PAGE_MS = 120_000;
const SITE = 'build/docs';
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

let browser: Browser;
let server: Server;
let origin: string;

beforeAll(async () => {
  const { code, stdout, stderr } = await runCommand('commands/docs.ts', []).ended;
  if (code !== 0) throw new Error(`The site was not built:\n${stdout}${stderr}`);
  server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://site').pathname;
    const file = join(SITE, path.endsWith('/') ? `${path}index.html` : path);
    if (!existsSync(file)) return response.writeHead(404).end();
    return response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'text/plain' }).end(readFileSync(file));
  }).listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] });
}, BUILD_MS);
afterAll(async () => {
  await browser?.close();
  server?.close();
});

/** A page as a reader sees it, and everything it complained of. */
const open = async (path: string, options: BrowserContextOptions): Promise<{ page: Page; complaints: string[] }> => {
  const page = await browser.newPage(options);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('requestfailed', (request) => complaints.push(`${request.url()} failed`));
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.url()} ${response.status()}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && !request.url().startsWith('data:'))
      complaints.push(`${request.url()} is of another site`);
  });
  await page.goto(`${origin}${path}`, { waitUntil: 'networkidle' });
  return { page, complaints };
};

const PAGES = {
  '/': 'Run the chat',
  '/start/existing-app.html': 'Install the packages',
  '/how-the-fan-out-works.html': 'broadcast queue',
  '/cdk.html': 'Options of functions',
  '/reference/middy-fanout/infra/classes/FanOutApi.html': 'addRoute',
};
const VIEWS: readonly (readonly [string, BrowserContextOptions])[] = [
  [
    'on a phone, light',
    { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, colorScheme: 'light' },
  ],
  ['on a phone, dark', { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, colorScheme: 'dark' }],
  ['on a desktop, light', { viewport: { width: 1_440, height: 900 }, colorScheme: 'light' }],
  ['on a desktop, dark', { viewport: { width: 1_440, height: 900 }, colorScheme: 'dark' }],
];

describe.each(VIEWS)('the site %s', (view, options) => {
  it.each(Object.entries(PAGES))(
    'shows %s without a complaint and without scrolling sideways',
    async (path, text) => {
      const { page, complaints } = await open(path, options);
      expect(await page.locator('body').innerText()).toContain(text);
      expect(complaints).toEqual([]);
      // Not `innerWidth`: a phone zooms out until the whole page fits.
      const widths = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        document.documentElement.clientWidth,
      ]);
      expect(widths[0]).toBe(widths[1]);
      const isDark = await page.evaluate(() => document.documentElement.classList.contains('dark'));
      expect(isDark).toBe(view.endsWith('dark'));
      await page.close();
    },
    PAGE_MS,
  );
});

describe('the site', () => {
  it(
    'finds a page by a word of an error text',
    async () => {
      const { page } = await open('/', { viewport: { width: 1_440, height: 900 } });
      await page.getByRole('button', { name: 'Search' }).click();
      await page.locator('#localsearch-input').fill('cloud assembly');
      await page.locator('.VPLocalSearchBox .result').first().waitFor();
      expect(await page.locator('.VPLocalSearchBox .results').innerText()).toContain('Troubleshooting');
      await page.close();
    },
    PAGE_MS,
  );

  it('is built without an absolute path of this machine', () => {
    expect(readFileSync(join(SITE, 'index.html'), 'utf8')).not.toContain(process.cwd());
  });
});
