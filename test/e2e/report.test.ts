/** The report in a real browser: its policy lets its own style through, nothing is asked of the network, nothing overflows. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { loadNative } from '../../src/adapters/compute/native.ts';
import { reportHtml } from '../../src/app/report/html/page.ts';
import { measureResult } from '../../src/app/report/measure.ts';
import { sampleRun } from '../app/report/sample-result.ts';
import { openBrowser } from './renderer-harness/browser.ts';

const folder = mkdtempSync(join(tmpdir(), 'sextant-report-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('opens without a complaint, wide and narrow, dark and light', async () => {
  const result = sampleRun({ symbol: '<b>&"A"</b>/USDT' });
  const file = join(folder, 'report.html');
  const html = reportHtml(measureResult(loadNative(), result), { createdMs: 0 });
  writeFileSync(file, html);
  const opened = await openBrowser({ width: 1280, height: 900 });
  try {
    const { page, complaints } = opened;
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    const backgrounds: string[] = [];
    for (const colorScheme of ['dark', 'light'] as const) {
      for (const width of [1280, 390]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        await page.goto(pathToFileURL(file).href);
        const seen = await page.evaluate(() => ({
          overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
          background: getComputedStyle(document.body).backgroundColor,
          title: document.querySelector('header .sub')?.textContent,
        }));
        expect(seen.overflow).toBe(0);
        expect(seen.title).toContain('<b>&"A"</b>/USDT');
        backgrounds.push(seen.background);
      }
    }
    expect(new Set(backgrounds)).toEqual(new Set(['rgb(11, 14, 20)', 'rgb(244, 246, 250)']));
    expect(complaints).toEqual([]);
    expect(new Set(requests)).toEqual(new Set([pathToFileURL(file).href]));
  } finally {
    await opened.close();
  }
});
