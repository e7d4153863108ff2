import { mkdirSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { startLocal } from '../../../../packages/local/run/start-local.ts';
import { type RunningExample, runExamples } from '../../../examples/run-examples.ts';
import { findChromium } from '../../../support/find-chromium.ts';
import { PATIENCE_MS } from '../../../support/until.ts';
import { ANSWERING, aChat, aFunction, anAssembly } from '../template/an-assembly.ts';

jest.setTimeout(120_000);

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
const DESK = { viewport: { width: 1_280, height: 900 } };
const HTML = '<img src=x onerror="document.title=\'taken over\'"><b>bold</b>';

let browser: Browser;
let examples: ReadonlyMap<string, RunningExample>;
const pages: Page[] = [];
beforeAll(async () => {
  const executablePath = findChromium();
  examples = await runExamples(['polly', 'chat-room', 'workshop']);
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
});
afterEach(async () => {
  await Promise.all(pages.splice(0).map((page) => page.close()));
});
afterAll(async () => {
  await browser?.close();
  await Promise.all([...(examples?.values() ?? [])].map((example) => example.stop()));
});

const pageUrl = (name: string): string => `${new URL(examples.get(name)?.url.replace('ws:', 'http:') ?? '').origin}/`;

/** The page of an example, as a visitor sees it, and the complaints of the browser. */
const visit = async (name: string, options: BrowserContextOptions = DESK) => {
  const page = await browser.newPage(options);
  page.setDefaultTimeout(PATIENCE_MS);
  pages.push(page);
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(pageUrl(name));
  await page.waitForFunction(() => (document.getElementById('url') as HTMLInputElement).value !== '');
  return { page, complaints };
};
const connect = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.getByText('Connected', { exact: true }).waitFor();
};
const say = async (page: Page, text: string): Promise<void> => {
  await page.getByLabel('Message', { exact: true }).fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
};
const entry = (page: Page, kind: string) => page.locator(`#log li[data-kind="${kind}"]`);

describe('the page', () => {
  it('selects the application it is served for, and shows a visitor the messages of another', async () => {
    const [ada, bob] = [await visit('chat-room'), await visit('chat-room')];
    expect(await ada.page.getByLabel('Application').inputValue()).toBe('chat-room');
    expect(await ada.page.getByLabel('WebSocket URL').inputValue()).toBe(examples.get('chat-room')?.url);
    await connect(ada.page);
    await connect(bob.page);
    await say(ada.page, 'hello from ada');
    for (const { page, complaints } of [ada, bob]) {
      await entry(page, 'received').getByText('Echo: hello from ada').waitFor();
      expect(complaints).toEqual([]);
    }
  });

  it('offers the routes of an application that it does not know, and nothing of the chat', async () => {
    const code = 'export const handler = async ({ body }) => ({ statusCode: 200, body: `got ${body}` });';
    const Wave = { ...ANSWERING.Route, Properties: { ...ANSWERING.Route.Properties, RouteKey: 'wave' } };
    const Answer = {
      ...ANSWERING.Response,
      Properties: { ...ANSWERING.Response.Properties, RouteId: { Ref: 'Wave' } },
    };
    const Resources = { ...ANSWERING, Wave, Answer, ...aFunction() };
    const cdkOut = anAssembly(aChat({ files: { 'code/index.mjs': code }, Resources }));
    const run = await startLocal({ cdkOut, pages: 'packages/local/console' });
    const stop = () => run.stop();
    examples = new Map([...examples, ['foreign', { url: run.ready.apis[0]?.webSocketUrl, stop } as RunningExample]]);
    const { page, complaints } = await visit('foreign');
    await page.getByText('Text as typed').waitFor({ state: 'attached' });
    expect(await page.getByLabel('Route').inputValue()).toBe('wave');
    expect(await page.title()).toBe('chat');
    expect(await page.getByRole('button', { name: 'Who am I?' }).count()).toBe(0);
    await connect(page);
    await say(page, '{"hand":"left"}');
    await entry(page, 'received').getByText('got {"action":"wave","hand":"left"}').waitFor();
    await page.getByLabel('Route').selectOption('text');
    await say(page, 'as it is');
    await entry(page, 'received').getByText('got as it is').waitFor();
    expect(complaints).toEqual([]);
  });

  it('shows HTML from others as text', async () => {
    const [ada, bob] = [await visit('polly'), await visit('polly')];
    await connect(ada.page);
    await connect(bob.page);
    await say(ada.page, HTML);
    await entry(bob.page, 'received').waitFor();
    expect(await entry(bob.page, 'received').locator('.text').textContent()).toBe(HTML);
    expect(await bob.page.locator('#log img, #log b').count()).toBe(0);
    expect(await bob.page.title()).toBe('middy-fanout');
  });

  it('shows why a message was refused, with the path, and the connection info of the visitor', async () => {
    const { page } = await visit('polly');
    await connect(page);
    await page.getByLabel('Frame').fill('{"action":"send-message","message":5}');
    await page.getByRole('button', { name: 'Send' }).click();
    await entry(page, 'refused').getByText('MESSAGE_INVALID').waitFor();
    expect(await entry(page, 'refused').locator('.detail li').first().textContent()).toBe('/message must be string');
    await page.getByRole('button', { name: 'Who am I?' }).click();
    await entry(page, 'info').getByText('Identity.SourceIp: 127.0.0.1').waitFor();
  });

  it('shows the close code of the server and its meaning', async () => {
    const { page } = await visit('workshop');
    await connect(page);
    await page.getByLabel('Frame').fill('{"action":"leave"}');
    await page.getByRole('button', { name: 'Send' }).click();
    await entry(page, 'received').getByText('bye!').waitFor();
    await entry(page, 'closed').waitFor();
    expect(await entry(page, 'closed').locator('.text').textContent()).toMatch(/^1\d\d\d.*cleanly: /);
    expect(await page.getByRole('status').textContent()).toBe('Closed');
  });

  it('says that the connection was refused if no server answers', async () => {
    const { page } = await visit('polly');
    await page.getByLabel('WebSocket URL').fill('ws://127.0.0.1:9/production');
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await entry(page, 'closed').getByText('1006').waitFor();
    expect(await page.getByRole('status').textContent()).toContain('Refused');
  });

  it('works without a mouse', async () => {
    const { page } = await visit('polly');
    await page.keyboard.press('Tab'); // WebSocket URL
    await page.keyboard.press('Enter');
    await page.getByText('Connected', { exact: true }).waitFor();
    await page.waitForFunction(() => document.activeElement?.id === 'message');
    await page.keyboard.type('hello');
    await page.keyboard.press('Enter');
    await entry(page, 'sent').getByText('{"action":"send-message","message":"hello"}').waitFor();
    const reached: string[] = [];
    for (let count = 0; count < 20; count++) {
      await page.keyboard.press('Tab');
      reached.push(await page.evaluate(() => document.activeElement?.id ?? ''));
    }
    expect(reached).toEqual(
      expect.arrayContaining(['frame', 'send', 'info', 'clear', 'application', 'disconnect', 'log']),
    );
    await page.locator('#disconnect').focus();
    await page.keyboard.press('Enter');
    await entry(page, 'closed').getByText('1000').waitFor();
  });

  it.each([
    ['a desk in light', { ...DESK, colorScheme: 'light' as const }],
    ['a desk in dark', { ...DESK, colorScheme: 'dark' as const }],
    ['a phone in light', { ...PHONE, colorScheme: 'light' as const }],
    ['a phone in dark', { ...PHONE, colorScheme: 'dark' as const }],
  ])('fits %s, and all its text can be read', async (name, options) => {
    const { page, complaints } = await visit('polly', options);
    await connect(page);
    await say(page, 'hello, everyone! '.repeat(12));
    await page.getByLabel('Frame').fill('{"action":"send-message","message":5}');
    await page.getByRole('button', { name: 'Send' }).click();
    await entry(page, 'refused').waitFor();
    await page.getByRole('button', { name: 'Who am I?' }).click();
    await entry(page, 'info').waitFor();
    const { overflow, worst } = await page.evaluate(measure);
    expect(overflow).toBe(0);
    expect(worst).toBeGreaterThanOrEqual(4.5); // WCAG 2.2, 1.4.3
    expect(complaints).toEqual([]);
    if (process.env.SCREENSHOTS) {
      mkdirSync(process.env.SCREENSHOTS, { recursive: true });
      await page.screenshot({ path: `${process.env.SCREENSHOTS}/${name.replaceAll(' ', '-')}.png`, fullPage: true });
    }
  });
});

/** Runs in the browser: how much the page is too wide, and the lowest contrast of a text with its background. */
const measure = (): { overflow: number; worst: number } => {
  const channels = (color: string) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (color: string) => {
    const [red = 0, green = 0, blue = 0] = channels(color).map((value) =>
      value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element: Element | null): string => {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (channels(color)[3] !== 0) return color;
    }
    return 'rgb(255, 255, 255)';
  };
  const contrasts = [...document.querySelectorAll('h1, p, label, input, button:enabled, span, #log li')].map(
    (element) => {
      const [one, other] = [luminance(getComputedStyle(element).color), luminance(behind(element))];
      return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    },
  );
  const { scrollWidth, clientWidth } = document.documentElement;
  return { overflow: scrollWidth - clientWidth, worst: Math.min(...contrasts) };
};
