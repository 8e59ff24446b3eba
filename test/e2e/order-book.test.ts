/** A backtest over a recorded order book, from the form to its report, in a real browser against the real host. */

import { expect, it } from 'vitest';
import { storeBook } from './support/book-recording.ts';
import { describeInBrowser, visitHost } from './support/visit.ts';

describeInBrowser('a backtest over an order book', () => {
  const visit = visitHost('book', { prepare: (data) => storeBook(data, Date.UTC(2024, 0, 1), 30) });
  const { at, pictures } = visit;

  it('asks for the delay and drops the conventions of candles', async () => {
    await at('rail-lab').click();
    await at('backtest-new').click();
    await at('lab-strategy').selectOption({ label: 'Grid' });
    await at('lab-source-store').click();
    expect(await at('lab-intrabar').count()).toBe(1);
    await at('lab-stored').selectOption({ label: 'BTC/USDT, order book, 1m candles (own)' });
    await at('lab-book-note').waitFor();
    for (const gone of ['lab-intrabar', 'lab-fill-close', 'lab-slippage'])
      expect(await at(gone).count(), gone).toBe(0);
    await at('lab-latency').fill('soon');
    await at('lab-latency').fill('-5');
    await at('lab-latency-error').filter({ hasText: 'Milliseconds up to 60000' }).waitFor();
    await at('lab-latency').fill('25');
    await at('param-lower').fill('39900');
    await at('param-upper').fill('40100');
    await at('param-levels').fill('20');
    await at('lab-book-note').scrollIntoViewIfNeeded();
    await pictures('lab-book-form');
  });

  it('says in the report what was simulated, and keeps the delay for the next run', async () => {
    await at('backtest-run').click();
    await at('backtest-report').waitFor();
    await pictures('lab-book-report');
    await at('report-view-assumptions').click();
    const words = await at('report-assumptions').innerText();
    expect(words).toContain('Orders in BTC/USDT meet the recorded order book and its trades');
    expect(words).toContain('15.0 ms later on average');
    expect(words).toContain('Orders and answers take 25 ms each way.');
    expect(words).toContain('A resting order joins behind all that is displayed');
    await pictures('lab-book-assumptions');
    await at('report-view-trades').click();
    await at('backtest-trades-row').first().waitFor();
    await at('report-again').click();
    expect(await at('lab-latency').inputValue()).toBe('25');
    await at('lab-book-note').waitFor();
  });

  it('replays market makers over it, every setting', async () => {
    await at('lab-tab-explore').click();
    await at('explore-market-making').click();
    await at('replay-form').waitFor();
    await at('replay-size').fill('a lot');
    await at('replay-size-error').filter({ hasText: 'A number, or numbers to try' }).waitFor();
    expect(await at('replay-run').isDisabled()).toBe(true);
    await at('replay-size').fill('0.01, 0.02');
    expect(await at('replay-run').innerText()).toBe('Replay 6 settings');
    await pictures('lab-replay-form');
    await at('replay-run').click();
    await at('replay-result').waitFor();
    await at('replay-plot').locator('canvas').first().waitFor();
    expect(await at('replay-result').innerText()).toMatch(
      /6 settings over 23.401 rows of BTC\/USDT, 2024-01-01/u,
    );
    expect(await at('replay-row').count()).toBe(6);
    await pictures('lab-replay');
    // Half a lot is refused by the visit.host, which says why.
    await at('replay-size').fill('0.0005');
    await at('replay-run').click();
    await at('state-error').filter({ hasText: 'not a whole number of lots' }).waitFor();
    expect(visit.browser.complaints).toEqual([]);
  });
});
