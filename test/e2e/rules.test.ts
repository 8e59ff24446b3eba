/** A bot of the user's own rules, from its form to its first fill, in a real browser against the demo. */

import { expect, it } from 'vitest';
import { describeInBrowser, visitHost } from './support/visit.ts';

describeInBrowser('a bot of your own rules', () => {
  const visit = visitHost('rules', { flags: ['--speed', '40'] });
  const { at, pictures } = visit;

  it('says what is wrong with a rule under its field', async () => {
    await at('rail-bots').click();
    await at('bot-new').click();
    await at('template-open-rules').click();
    await at('setup-market').selectOption('sim-a:BTC/USDT');
    await at('param-longEntry').fill('rsu(14) < 30');
    await at('param-longEntry-error').filter({ hasText: 'do you mean rsi or rsx?' }).waitFor();
    expect(await at('create-start').isDisabled()).toBe(true);
    await pictures('rules-wrong');
    // A rule that is right by itself, whose value nobody gave: only the host sees both fields.
    await at('param-parameters').fill('');
    await at('param-longEntry').fill('sma(close, $quick) > 0');
    await at('param-longEntry-error').filter({ hasText: '$quick' }).waitFor();
    await at('param-parameters').fill('quick = 3 from 2 to 9 step 1');
    await at('param-longEntry-error').waitFor({ state: 'detached' });
  });

  it('helps with indicators and shows the plan', async () => {
    await at('indicator-help-open').first().click();
    await at('indicator-search').fill('bb');
    await at('indicator-BBANDS').waitFor();
    await pictures('rules-indicators');
    await at('indicator-search').fill('rsi');
    await at('indicator-RSI').click();
    await visit.page.keyboard.press('Escape');
    expect(await at('param-longEntry').inputValue()).toBe('sma(close, $quick) > 0 rsi(14)');
    await at('param-longEntry').fill('sma(close, $quick) > 0 and rsi(14) >= 0');
    await at('param-longExit').fill('close < open');
    await at('param-timeframe').selectOption('1m');
    await at('plan-figures').filter({ hasText: 'sma(3) > 0 and rsi(14) >= 0' }).waitFor();
    await at('plan-worst-loss').waitFor();
    await pictures('rules-plan');
  });

  it('trades on the demo, and is compared with its backtest', async () => {
    await at('create-start').click();
    await at('bot-detail').waitFor();
    await at('bot-fills').filter({ hasText: /[1-9]/ }).waitFor();
    expect(await at('bot-state').first().innerText()).toMatch(/running/i);
    await pictures('rules-bot');
    // Two round trips at least.
    await at('bot-fills')
      .filter({ hasText: /[5-9]|\d\d/ })
      .waitFor();
    const bot = new URL(visit.page.url()).hash.split('/')[2] ?? '';
    await visit.page.evaluate(() => {
      location.hash = '#/lab/robustness/shadow';
    });
    await at('shadow-bot').selectOption(bot);
    await at('shadow-slippage').fill('x');
    await at('shadow-slippage-error').waitFor();
    await at('shadow-slippage').fill('0.05');
    await pictures('lab-shadow-form');
    await at('shadow-run').click();
    await at('shadow-result').waitFor();
    expect(await at('shadow-verdict').innerText()).toMatch(/The run's profit is/);
    await at('shadow-causes').waitFor();
    await pictures('lab-shadow');
    // The host refused the plan of the unfinished rules, as it was meant to.
    expect(visit.browser.complaints.filter((text) => !text.includes('400 (Bad Request)'))).toEqual([]);
    expect(await visit.host.stop()).toMatchObject({ kind: 'result' });
  });
});
