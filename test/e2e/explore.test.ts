/** Looking at stored candles in a real browser: the catalogue of indicators over a series, and pairs that move together. */

import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeCandles } from './support/candle-file.ts';
import { describeInBrowser, visitHost } from './support/visit.ts';

describeInBrowser('exploring stored candles', () => {
  const visit = visitHost('explore');
  const { at, folder, pictures } = visit;

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
    await at('pairs-result').waitFor();
    expect(await at('pairs-result').innerText()).toMatch(/1 of 1 pairs pass over 4.000 common bars/u);
    expect(await at('pairs-row').count()).toBe(1);
    await pictures('lab-pairs');
    expect(visit.browser.complaints).toEqual([]);
    expect(await visit.host.stop()).toMatchObject({ kind: 'result' });
  });
});
