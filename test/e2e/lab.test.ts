/**
 * The Lab in a real browser against the real host: a file of candles comes in, a backtest runs and is changed, a study
 * finds settings, and the checks say how far to believe them. Every page is kept as a picture in both themes.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { writeCandles } from './support/candle-file.ts';
import { describeInBrowser, visitHost } from './support/visit.ts';

describeInBrowser('the Lab', () => {
  const visit = visitHost('lab');
  const { at, folder, pictures, picturesOf } = visit;
  const good = join(folder, 'good-1h.csv');
  const bad = join(folder, 'bad-1h.csv');

  beforeAll(() => {
    const firstMs = Date.UTC(2023, 9, 1);
    writeCandles(good, { firstMs, candles: 4000, gap: { at: 1500, candles: 30 } });
    writeCandles(bad, { firstMs, candles: 100, badLine: 41 });
  });

  it('opens empty and says what to do first', async () => {
    await at('rail-lab').click();
    await at('page-lab').waitFor();
    await at('state-empty').filter({ hasText: 'No backtest yet' }).waitFor();
    await pictures('lab-empty');
    await at('lab-tab-robustness').click();
    await at('state-empty').filter({ hasText: 'Run a backtest first' }).waitFor();
    await at('lab-tab-optimise').click();
    await at('state-empty').filter({ hasText: 'No study yet' }).waitFor();
    await at('lab-tab-data').click();
    await at('state-empty').filter({ hasText: 'No data yet' }).waitFor();
    await pictures('lab-data-empty');
  });

  it('refuses a file with a bad line and keeps nothing of it', async () => {
    await at('data-import').click();
    await at('import-file').fill(bad);
    await at('import-venue').fill('own');
    await at('import-run').click();
    await at('import-error').waitFor();
    const told = await at('import-error').innerText();
    expect(told).toMatch(/line 41/);
    expect(told).toMatch(/high/);
    expect(await at('data-list-row').count()).toBe(0);
    await pictures('lab-import-bad');
    await at('import-file').fill(join(folder, 'nowhere.csv'));
    await at('import-run').click();
    await at('import-error').filter({ hasText: 'nowhere.csv' }).waitFor();
  });

  it('imports candles, lists them and draws the gap', async () => {
    await at('import-file').fill(good);
    await at('import-run').click();
    await at('import-done').waitFor();
    expect(await at('import-done').innerText()).toMatch(/BTC\/USDT 1h: 3.970 rows \(30 missing\)/u);
    await at('data-list-row').waitFor();
    await pictures('lab-import-done');
    await at('import-close').click();
    await at('data-list-row').click();
    await at('data-check-run').click();
    await at('data-gaps').waitFor();
    expect(await at('data-check').innerText()).toMatch(/30 missing in 1 gap\b/);
    // The hole begins after 1500 of 4000 hours.
    const hole = at('data-gaps').locator('rect').nth(1);
    expect(Number(await hole.getAttribute('x'))).toBeCloseTo(375, 0);
    await pictures('lab-data-check');
  });

  it('keeps single trades and an order book, and checks them', async () => {
    const importAs = async (content: string, kind: string, words: RegExp): Promise<void> => {
      const path = join(folder, `${kind}.csv`);
      writeFileSync(path, content);
      await at('data-import').click();
      await at('import-file').fill(path);
      await at('import-venue').fill('own');
      await at('import-kind').selectOption(kind);
      await at('import-run').click();
      await at('import-done').waitFor();
      expect(await at('import-done').innerText()).toMatch(words);
      await at('import-close').click();
    };
    const startMs = Date.UTC(2024, 0, 1);
    const prices = Array.from(
      { length: 500 },
      (_, row) => `${startMs + row * 1000},buy,${100 + (row % 9)},1`,
    );
    await importAs(['timestamp,side,price,amount', ...prices].join('\n'), 'trades', /BTC\/USDT: 500 rows\./);
    const level = (ms: number, side: string, price: string, amount: string): string =>
      `own,BTC,${(startMs + ms) * 1000},${(startMs + ms) * 1000},false,${side},${price},${amount}`;
    const head = 'exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount';
    const book = [level(0, 'bid', '100', '5'), level(0, 'ask', '101', '5'), level(9, 'bid', '101', '1')];
    await importAs([head, ...book].join('\n'), 'l2', /BTC\/USDT: 3 rows \(1 conspicuous\)\./);
    const row = at('data-list-row').filter({ hasText: 'Order book' });
    await row.click();
    await at('data-check-run').click();
    await at('data-check').filter({ hasText: 'the book crosses once' }).waitFor();
    expect(await at('data-check').innerText()).toContain('row 3: best bid 101 is not below best ask 101');
    await pictures('lab-data-ticks');
    const trades = at('data-list-row').filter({ hasText: 'Trades' });
    expect(await trades.count()).toBe(1);
    await trades.click();
    await at('candle-length').selectOption('5m');
    await at('candles-make').click();
    // Five hundred seconds reach into a second candle.
    await at('candles-made').filter({ hasText: '2 candles of 5m stored' }).waitFor();
    await at('data-list-row').filter({ hasText: '5m' }).waitFor();
    await pictures('lab-data-candles');
    await trades.click();
  });

  it('names what is missing beside its field', async () => {
    await at('lab-tab-backtests').click();
    await at('backtest-new').click();
    await at('spec-form').waitFor();
    await pictures('lab-backtest-form');
    await at('lab-source-file').click();
    await at('backtest-run').click();
    await at('lab-path-error').waitFor();
    await at('lab-from').fill('2024-02-30');
    await at('lab-from-error').waitFor();
    await pictures('lab-backtest-form-wrong');
    await at('lab-from').fill('');
    await at('lab-path').fill(join(folder, 'nowhere.csv'));
    await at('backtest-run').click();
    await at('state-error').waitFor();
    expect(await at('state-error').innerText()).toMatch(/nowhere\.csv/);
    await pictures('lab-backtest-failed');
  });

  it('runs a backtest and shows all of its report', async () => {
    await at('lab-source-store').click();
    await at('lab-stored').selectOption({ label: 'BTC/USDT, 1h (own)' });
    await at('param-fastPeriod').fill('20');
    await at('param-slowPeriod').fill('100');
    await at('backtest-run').click();
    await at('backtest-report').waitFor();
    await at('equity-plot').locator('canvas').first().waitFor();
    await at('lab-trade-chart').locator('canvas').first().waitFor();
    await at('equity-plot').hover();
    await at('equity-plot-readout')
      .filter({ hasText: /\d{4}-\d\d-\d\d.*Equity.*Buy and hold/ })
      .waitFor();
    await at('equity-hold').click();
    await at('equity-plot')
      .and(visit.page.getByLabel('Equity and drawdown', { exact: true }))
      .waitFor();
    await pictures('lab-report-equity');
    await at('equity-hold').click();
    await pictures('lab-report');
    await picturesOf('report-trades-chart', 'lab-report-chart');
    await picturesOf('month-table', 'lab-report-months');
    expect(await at('month-table').innerText()).toMatch(/2023[\s\S]*2024/);
    await at('report-view-trades').click();
    await at('backtest-trades-row').first().waitFor();
    await pictures('lab-report-trades');
    await at('report-view-metrics').click();
    await pictures('lab-report-figures');
    await at('report-view-assumptions').click();
    await at('report-assumptions').waitFor();
    await pictures('lab-report-assumptions');
  });

  it('changes it, runs again and puts both side by side', async () => {
    await at('report-again').click();
    expect(await at('param-slowPeriod').inputValue()).toBe('100');
    await at('param-slowPeriod').fill('60');
    await at('backtest-run').click();
    await at('backtest-report').waitFor();
    await at('report-back').click();
    await at('backtest-list-row').nth(1).waitFor();
    expect(await at('backtest-compare').isDisabled()).toBe(true);
    for (const row of await at('backtest-list-row').all()) await row.locator('input').check();
    await pictures('lab-backtests');
    await at('backtest-compare').click();
    await at('compare-plot').locator('canvas').first().waitFor();
    expect(await at('compare-table').innerText()).toMatch(/Slow period\s+60\s+100/);
    await pictures('lab-compare');
    await picturesOf('compare-end', 'lab-compare-figures');
  });

  it('searches settings and shows every trial', async () => {
    await at('lab-tab-optimise').click();
    await at('study-new').click();
    await at('search-ranges').waitFor();
    await at('study-trials').fill('no');
    await at('study-run').click();
    await at('study-trials-error').waitFor();
    await at('study-trials').fill('12');
    await at('study-minimumTrades').fill('3');
    for (const name of ['minDistancePercent', 'takeProfitPercent', 'trailingStopPercent'])
      await at(`range-${name}`).uncheck();
    expect(await at('searched-fastPeriod').innerText()).toMatch(/5 to 50/);
    expect(await at('param-takeProfitPercent').count()).toBe(1);
    await pictures('lab-study-form');
    // What only the host can see comes back to its field, and nothing that was typed is lost.
    await at('lab-source-file').click();
    await at('lab-path').fill(join(folder, 'nowhere.csv'));
    await at('study-run').click();
    await at('state-error').filter({ hasText: 'nowhere.csv' }).waitFor();
    await at('state-retry').click();
    await at('lab-path-error').filter({ hasText: 'nowhere.csv' }).waitFor();
    expect(await at('study-trials').inputValue()).toBe('12');
    expect(await at('range-takeProfitPercent').isChecked()).toBe(false);
    await pictures('lab-study-form-wrong');
    await at('lab-source-store').click();
    await at('lab-path-error').waitFor({ state: 'detached' });
    await at('study-run').click();
    await at('running-study').or(at('study-view')).first().waitFor();
    if ((await at('running-study').count()) > 0) await pictures('lab-study-running');
    await at('study-view').waitFor();
    await at('heat-map').waitFor();
    const firstTrial = at('study-best').locator('[data-testid=trial-row]').first();
    await at('study-best').locator('[data-testid="trial-sort-trial"]').click();
    expect(await firstTrial.innerText()).toMatch(/\b11\b/);
    for (let click = 0; click < 2; click += 1)
      await at('study-best').locator('[data-testid="trial-sort-trial"]').click();
    expect(await at('study-best').locator('[data-testid=trial-row]').count()).toBeGreaterThan(0);
    await pictures('lab-study');
    await picturesOf('parallel-coordinates', 'lab-study-pictures');
    await at('study-sensitivity').click();
    await at('sensitivity').waitFor();
    await picturesOf('sensitivity', 'lab-sensitivity');
    const row = at('study-best').locator('[data-testid=trial-row]').first();
    const fast = await row.locator('[data-param=fastPeriod]').innerText();
    await row.getByRole('button').click();
    await at('spec-form').waitFor();
    expect(await at('param-fastPeriod').inputValue()).toBe(fast);
    await at('lab-tab-optimise').click();
    await at('study-list-row').waitFor();
    await pictures('lab-studies');
  });

  it('draws the fan of Monte Carlo', async () => {
    await at('lab-tab-robustness').click();
    await at('mc-run').waitFor();
    await pictures('lab-monte-carlo-empty');
    await at('mc-run').click();
    await at('mc-plot').locator('canvas').first().waitFor();
    await at('mc-verdict').waitFor();
    await pictures('lab-monte-carlo');
  });

  it('runs on candles with noise, and against entries at random; the report knows it', async () => {
    await at('mc-method').selectOption('noise');
    expect(await at('mc-runs').inputValue()).toBe('100');
    await at('mc-runs').fill('5');
    await at('mc-runs-error').waitFor();
    await at('mc-runs').fill('24');
    await at('mc-run').click();
    await at('noise-returns').waitFor();
    await at('mc-verdict').waitFor();
    await pictures('lab-noise');
    await at('mc-method').selectOption('random-entries');
    await at('mc-runs').fill('2000');
    await at('mc-run').click();
    await at('mc-verdict').filter({ hasText: 'at random' }).waitFor();
    await pictures('lab-random-entries');
    const subject = await at('mc-backtest').inputValue();
    await visit.page.evaluate((id) => {
      location.hash = `#/lab/backtests/${id}`;
    }, subject);
    await at('report-view-assumptions').click();
    const checks = at('confidence-checks');
    await checks.filter({ hasText: 'Entries at random did at least as well' }).waitFor();
    expect(await checks.innerText()).toMatch(/24 histories/);
    await pictures('lab-report-confidence');
  });

  it('says of a study whose job is gone where its trials are', async () => {
    await visit.page.evaluate(() => {
      location.hash = '#/lab/optimise/running/j999';
    });
    await at('study-gone').getByRole('button', { name: 'Open st-1' }).waitFor();
    await pictures('lab-study-gone');
    await at('study-gone').getByRole('button', { name: 'Open st-1' }).click();
    await at('study-view').waitFor();
    await at('lab-tab-robustness').click();
  });

  it('walks forward', async () => {
    await at('robustness-walk-forward').click();
    await at('search-ranges').waitFor();
    await at('wf-windows').fill('2');
    await at('wf-trials').fill('4');
    await pictures('lab-walk-forward-form');
    await at('walk-forward-run').click();
    await at('walk-forward-result').waitFor();
    await at('walk-forward-plot').locator('canvas').first().waitFor();
    await picturesOf('walk-forward-windows', 'lab-walk-forward');
  });

  it('checks for bias', async () => {
    await at('robustness-bias').click();
    await pictures('lab-bias-form');
    await at('bias-run').click();
    await at('bias-result').waitFor();
    expect(await at('bias-result').innerText()).toMatch(/0 of \d+/);
    await pictures('lab-bias');
  });

  it('removes a backtest at the second click only', async () => {
    await at('lab-tab-backtests').click();
    await at('backtest-list-row').nth(1).waitFor();
    const remove = at('backtest-list-row').first().locator('[data-testid=remove]');
    await remove.click();
    await at('lab-tab-data').focus();
    await remove.and(visit.page.getByRole('button', { name: /^Remove/ })).waitFor();
    await remove.click();
    await remove.and(visit.page.getByRole('button', { name: /^Yes/ })).click();
    await at('backtest-list-row').nth(1).waitFor({ state: 'detached' });
    expect(await at('backtest-list-row').count()).toBe(1);
  });

  it('fits its width everywhere and complains of nothing', async () => {
    await visit.page.setViewportSize({ width: 1024, height: 700 });
    for (const hash of [
      'backtests',
      'backtests/new',
      'optimise/new',
      'robustness/walk-forward',
      'robustness/shadow',
      'explore/indicators',
      'explore/pairs',
      'data',
    ]) {
      await visit.page.evaluate((part) => {
        location.hash = `#/lab/${part}`;
      }, hash);
      await at('page-lab').waitFor();
      const over = await visit.page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(over, hash).toBe(0);
    }
    expect(visit.browser.complaints).toEqual([]);
  });

  it('ends cleanly', async () => {
    expect(await visit.host.stop()).toMatchObject({ kind: 'result' });
  });
});
