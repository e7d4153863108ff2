import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { latencyHistogram } from '../../../../packages/load/generator/latency-histogram.ts';
import type { Sample } from '../../../../packages/load/generator/process-messages.ts';
import { buildReport } from '../../../../packages/load/report/build-report.ts';
import { reportPage } from '../../../../packages/load/report/page/report-page.ts';
import type { Report, ReportInterval } from '../../../../packages/load/report/report.ts';
import { aReport, someMeasurements } from '../a-report.ts';
import { findChromium } from '../find-chromium.ts';

let browser: Browser;
let folder: string;
beforeAll(async () => {
  browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] });
  folder = await mkdtemp(join(tmpdir(), 'page-'));
  const report = aReport({
    batchSizes: { 1: 4, 2: 1 },
    predictions: [{ name: 'Last client', unit: 'ms', predicted: 35, measured: 40 }],
  });
  await writeFile(join(folder, 'report.html'), reportPage(report, aReport()));
});
afterAll(async () => {
  await browser?.close();
  if (folder) await rm(folder, { recursive: true });
});

/** Opens the page in the browser. Returns its requests, and its console messages and errors. */
const open = async (
  options: BrowserContextOptions,
  file = 'report.html',
): Promise<{ page: Page; requests: string[]; messages: string[] }> => {
  const page = await browser.newPage(options);
  const [requests, messages]: [string[], string[]] = [[], []];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => messages.push(message.text()));
  page.on('pageerror', (error) => messages.push(String(error)));
  await page.goto(pathToFileURL(join(folder, file)).href);
  return { page, requests, messages };
};

const histogramOf = (us: number): string => {
  const histogram = latencyHistogram();
  for (let count = 0; count < 5; count++) histogram.recordValue(us);
  return encodeIntoCompressedBase64(histogram);
};
/** A report of an unusual run. */
const reportOf = (samples: readonly Partial<Sample>[]): Report =>
  buildReport(someMeasurements(samples), { local: false, fanOut: { batchSizes: {}, account: {} } });
const anHour = (): Report => {
  const [interval] = aReport().intervals as [ReportInterval];
  const intervals = Array.from({ length: 602 }, (_, index) => ({
    ...interval,
    ...{ second: index * 6, deliveries: 20_000_000, latencyMs: { p50: 1, p95: 90_000, p99: 700_000, max: 1e7 } },
  }));
  return aReport({ intervalSeconds: 6, ended: { reason: 'finished', second: 3_600, detail: '' }, intervals });
};
const ODD: [string, Report][] = [
  ['nothing was delivered', reportOf([{}, {}].map(() => ({ deliveries: 0, latency: '' })))],
  ['one message was sent', reportOf([{ sent: 1, deliveries: 1, latency: histogramOf(12_345) }])],
  ['nothing took any time', reportOf([{}, {}].map(() => ({ latency: histogramOf(1) })))],
  ['all took the same time', reportOf([{}, {}].map(() => ({ latency: histogramOf(5_000) })))],
  ['it took an hour, with millions of deliveries a second', anHour()],
];

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
const DESK = { viewport: { width: 1_280, height: 900 } };

describe('the report page', () => {
  it('makes no other request, and logs no message', async () => {
    const { page, requests, messages } = await open(DESK);
    expect(await page.locator('.plot').count()).toBe(8);
    expect(requests.filter((url) => !url.startsWith('data:'))).toHaveLength(1);
    expect(messages).toEqual([]);
    await page.close();
  });

  it.each([
    ['a desk', DESK],
    ['a phone', PHONE],
  ])('fits %s without horizontal scrolling, with text of at least 13 pixels', async (_where, options) => {
    const { page } = await open(options);
    const { overflow, smallest, plots } = await page.evaluate(() => ({
      overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      plots: document.querySelectorAll('.plot').length,
      smallest: Math.min(
        ...[...document.querySelectorAll('body *')]
          .filter((element) => element.textContent?.trim() && element.checkVisibility())
          .map((element) => Number.parseFloat(getComputedStyle(element).fontSize)),
      ),
    }));
    expect(plots).toBe(8);
    expect(overflow).toBe(0);
    expect(smallest).toBeGreaterThanOrEqual(13);
    await page.close();
  });

  it('shows labels that do not overlap, even on a phone', async () => {
    const { page } = await open(PHONE);
    const { rows, overlaps } = await page.evaluate(() => {
      const boxes = [...document.querySelectorAll('.x')].map((axis) =>
        [...axis.querySelectorAll('span')].map((label) => label.getBoundingClientRect()),
      );
      const covered = boxes.flatMap((row) =>
        row.filter((box, index) => index > 0 && box.left < (row[index - 1]?.right ?? 0)),
      );
      return { rows: boxes.map((row) => row.length), overlaps: covered.length };
    });
    expect(rows).toEqual([3, 3, 3, 3, 3, 4, 2, 3]);
    expect(overlaps).toBe(0);
    expect(await page.getByText('Latency histogram').isVisible()).toBe(true);
    await page.close();
  });

  it.each(ODD)('keeps each label and line inside its card if %s', async (_what, report) => {
    await writeFile(join(folder, 'odd.html'), reportPage(report));
    const { page, messages } = await open(PHONE, 'odd.html');
    const { parts, outside } = await page.evaluate(() => {
      const cards = [...document.querySelectorAll('.plot')];
      const isOutside = (part: Element, card: DOMRect): boolean => {
        const box = part.getBoundingClientRect();
        return box.left < card.left || box.right > card.right || box.top < card.top || box.bottom > card.bottom;
      };
      const partsOf = (card: Element): Element[] => [...card.querySelectorAll('.y span, .x span, .legend li, path, i')];
      return {
        parts: cards.flatMap(partsOf).length,
        outside: cards.flatMap((card) =>
          partsOf(card)
            .filter((part) => isOutside(part, card.getBoundingClientRect()))
            .map(({ outerHTML }) => outerHTML),
        ),
      };
    });
    expect(parts).toBeGreaterThan(30);
    expect(outside).toEqual([]);
    expect(messages).toEqual([]);
    await page.close();
  });

  it('follows the light or dark setting of the browser, with enough contrast in both', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page } = await open({ ...DESK, colorScheme });
      const [ground, ink, dim] = await page.evaluate(() => {
        const numbers = (color: string): number[] => (color.match(/\d+/g) ?? []).map(Number);
        const luminance = (color: string): number =>
          numbers(color)
            .slice(0, 3)
            .map((value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4))
            .reduce((sum, value, index) => sum + value * ([0.2126, 0.7152, 0.0722][index] ?? 0), 0);
        const body = getComputedStyle(document.body);
        const paragraph = getComputedStyle(document.querySelector('.plot p') as Element);
        return [luminance(body.backgroundColor), luminance(body.color), luminance(paragraph.color)] as const;
      });
      const contrast = (a: number, b: number): number => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      expect(ground > 0.5).toBe(colorScheme === 'light');
      expect(contrast(ground, ink)).toBeGreaterThan(7);
      expect(contrast(ground, dim)).toBeGreaterThan(4.5);
      await page.close();
    }
  });

  it('draws every line inside its frame and shows the values under the pointer', async () => {
    const { page } = await open(DESK);
    const plot = page.locator('[data-plot]').first();
    const inside = await plot.evaluate((figure) => {
      const frame = (figure.querySelector('.drawing') as Element).getBoundingClientRect();
      const lines = [...figure.querySelectorAll('path')].map((path) => path.getBoundingClientRect());
      return (
        lines.length > 0 &&
        lines.every((box) => box.width > 50 && box.top >= frame.top - 2 && box.bottom <= frame.bottom + 2)
      );
    });
    expect(inside).toBe(true);
    await plot.locator('.drawing').hover();
    expect(await plot.locator('output').textContent()).toMatch(
      /^1 s: p50 20(\.\d)? ms · p95 40(\.\d)? ms · p99 40(\.\d)? ms$/,
    );
    await page.close();
  });

  it('shows the comparison with the older run and the predictions of the planner', async () => {
    const { page } = await open(DESK);
    expect(await page.getByText('Compared with the run of 2026-11-20T12:00:00.000Z').isVisible()).toBe(true);
    expect(await page.getByRole('row', { name: 'Last client 35 ms 40 ms +14 %' }).isVisible()).toBe(true);
    await page.close();
  });
});
