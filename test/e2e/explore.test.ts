/** Looking at stored candles in a real browser: the catalogue of indicators over a series, and pairs that move together. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findChromium, type OpenedBrowser, openBrowser } from './renderer-harness/browser.ts';
import { writeCandles } from './support/candle-file.ts';
import { type HostProcess, startHost } from './support/host-process.ts';
import { lookAt } from './support/look-at.ts';
import { showFailure } from './support/screenshots.ts';

const folder = mkdtempSync(join(tmpdir(), 'sextant-explore-e2e-'));
const hasBrowser = findChromium() !== undefined;
if (!hasBrowser) process.stderr.write('no Chromium found: the e2e of exploring is skipped\n');

let host: HostProcess;
let browser: OpenedBrowser;
let page: Page;

const { at, pictures } = lookAt(() => page);

describe.skipIf(!hasBrowser)('exploring stored candles', () => {
  beforeAll(async () => {
    host = await startHost(join(folder, 'data'), ['--seed', 'explore']);
    browser = await openBrowser({ width: 1440, height: 900 });
    page = browser.page;
    page.setDefaultTimeout(20_000);
    await page.goto(host.address);
    await at('disclaimer-accept').click();
    await at('rail-settings').click();
    await at('settings-appearance').click();
    await at('theme-system').click();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await showFailure(page, task.name);
  });
  afterAll(async () => {
    await browser?.close();
    await host?.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Imports hourly candles of our own through the form. */
  async function importSeries(instrument: string, multiple: number): Promise<void> {
    const file = join(folder, `own-${multiple}-1h.csv`);
    writeCandles(file, { firstMs: Date.UTC(2023, 9, 1), candles: 4000, multiple });
    await at('lab-tab-data').click();
    await at('data-import').click();
    await at('import-file').fill(file);
    await at('import-venue').fill('own');
    await at('import-instrument').fill(instrument);
    await at('import-run').click();
    await at('import-done').waitFor();
    await at('import-close').click();
  }

  it('says what is missing before there is data', async () => {
    await at('rail-lab').click();
    await at('lab-tab-explore').click();
    await at('indicator-about').waitFor();
    await at('state-empty').filter({ hasText: 'No candles are stored' }).waitFor();
    await pictures('lab-indicators-empty');
    await at('explore-pairs').click();
    await at('state-empty').filter({ hasText: 'two stored series' }).waitFor();
    await pictures('lab-pairs-empty');
  });

  it('draws any indicator over a stored series', async () => {
    await importSeries('BTC/USDT', 1);
    await at('lab-tab-explore').click();
    await at('indicators-search').fill('bollinger bands');
    await at('indicators-BBANDS').click();
    expect(await at('indicator-about').innerText()).toMatch(/Formula[\s\S]*Source[\s\S]*upperband/);
    await at('indicator-param-timeperiod').fill('0');
    await at('indicator-param-timeperiod-error').waitFor();
    await at('indicator-param-timeperiod').fill('20');
    await at('indicator-series').selectOption({ label: 'BTC/USDT, 1h (own)' });
    await at('indicator-run').click();
    await at('indicator-values').locator('canvas').first().waitFor();
    expect(await at('indicator-drawn').innerText()).toMatch(/500 of 4.000 candles, 19 of/u);
    await pictures('lab-indicators');
    await at('indicators-search').fill('rsi');
    await at('indicators-RSI').click();
    await at('indicator-series').selectOption({ label: 'BTC/USDT, 1h (own)' });
    await at('indicator-run').click();
    await at('indicator-values').locator('canvas').first().waitFor();
    await pictures('lab-indicator-rsi');
  });

  it('finds the pair that moves together', async () => {
    await importSeries('ETH/USDT', 0.05);
    await at('lab-tab-explore').click();
    await at('explore-pairs').click();
    await at('pairs-p').fill('2');
    await at('pairs-p-error').waitFor();
    await at('pairs-p').fill('0.05');
    await at('pairs-run').click();
    await at('pairs-result').waitFor({ timeout: 30_000 });
    expect(await at('pairs-result').innerText()).toMatch(/1 of 1 pairs pass over 4.000 common bars/u);
    expect(await at('pairs-row').count()).toBe(1);
    await pictures('lab-pairs');
    expect(browser.complaints).toEqual([]);
    expect(await host.stop()).toMatchObject({ kind: 'result' });
  });
});
