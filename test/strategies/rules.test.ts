/** The rule strategy: what its parameters accept, what its plan shows, and a trade worked out by hand. */

import { describe, expect, it } from 'vitest';
import { candlesOf } from '../../src/adapters/compute/candle-columns.ts';
import { Decimal } from '../../src/shared/domain/decimal.ts';
import { ruleParams } from '../../src/strategies/rules/params.ts';
import { rules } from '../../src/strategies/rules/rules.ts';
import { randomCandles } from '../parity/random-rules.ts';
import { FakeWorld, makeInstrument, makePerpetual } from './fake-context.ts';

const base = {
  longEntry: 'close > close[1]',
  timeframe: '5m',
  sizeType: 'quote',
  orderQuote: '1000',
  orderPercent: '50',
};
const problems = (params: Record<string, unknown>) =>
  (ruleParams.safeParse({ ...base, ...params }).error?.issues ?? []).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  );

describe('parameters', () => {
  it.each([
    [
      { longEntry: 'rsi(14' },
      'longEntry: character 7: ")" is expected or "," in the brackets of RSI, found the end of the rule',
    ],
    [{ longEntry: '' }, 'longEntry: needs a rule: without an entry nothing is ever traded'],
    [
      { longEntry: 'close > $x' },
      'longEntry: uses $x, which has no value: write "x = 20" among the parameters',
    ],
    [{ parameters: 'x = 3' }, 'parameters: no rule uses "x"'],
    [
      { longEntry: 'rsi($x) > 50', parameters: 'x = 3 from 0 to 9' },
      'parameters: "$x" cannot be 0: "timeperiod" of RSI must be a whole number from 1 to 100000, not 0',
    ],
    [
      { longEntry: 'close[$x] > 50', parameters: 'x = 2.5' },
      'parameters: "$x" counts candles in [ ]: it must be a whole number from 0 to 500, not 2.5',
    ],
    [{ roi: '4 % after' }, 'roi: character 10: a number of bars is expected, found the end of the rule'],
  ])('%j is refused', (params, message) => {
    expect(problems(params)).toEqual([message]);
  });

  it('accepts rules on either side', () => {
    expect(
      problems({ longEntry: '', shortEntry: 'rsi($n) > 70', parameters: 'n = 14 from 5 to 30 step 5' }),
    ).toEqual([]);
  });
});

describe('plan', () => {
  const market = (instrument = makeInstrument()) => ({
    instrument,
    referencePrice: Decimal.fromInteger(100),
    candles: [],
  });

  it('shows size, stop and target', () => {
    const plan = rules.plan(ruleParams.parse({ ...base, stopPercent: '2', targetPercent: '5' }), market());
    // 1000 / (100 × 1.001 × 1.005) = 9.9403…
    expect(plan.levels.map(({ side, type, price, quantity }) => [side, type, price, quantity])).toEqual([
      ['buy', 'market', '100.00', '9.9403'],
      ['sell', 'stop', '98.00', '9.9403'],
      ['sell', 'market', '105.00', '9.9403'],
    ]);
    expect(plan.violations).toEqual([]);
  });

  it('refuses shorts on spot and shows them on a perpetual', () => {
    const params = ruleParams.parse({
      ...base,
      longEntry: '',
      shortEntry: 'close < close[1]',
      stopPercent: '2',
    });
    expect(rules.plan(params, market()).violations.map(({ code, field }) => [code, field])).toEqual([
      ['SHORT_NEEDS_PERPETUAL', 'shortEntry'],
    ]);
    const plan = rules.plan(params, market(makePerpetual()));
    expect(plan.levels.map(({ side, price }) => [side, price])).toEqual([
      ['sell', '100.00'],
      ['buy', '102.00'],
    ]);
  });

  it('loads candles enough for indicators to be steady', () => {
    const warmup = (longEntry: string) =>
      rules.subscribe(ruleParams.parse({ ...base, longEntry })).warmupBars;
    expect(warmup('close > 1')).toBe(1);
    expect(warmup('sma(rsi(14), 50)[3] > 1')).toBeGreaterThan(5 * (50 + 14));
    expect(warmup('sma(3000) > 1')).toBe(4000);
  });

  it.each([
    ['close > 1', 1],
    ['close > close[7]', 8],
    ['close > sma(200)', 200],
    // A crossing lies between two candles.
    ['close crosses above sma(200)', 201],
    ['sma(rsi(14), 50)[3] > 1', 53],
    ['close > sma(200) and rsi(14) < 30', 200],
    // Both sides of an "or" must be known before it is.
    ['close > sma(200) or rsi(14) < 30', 200],
  ])('cannot be met before there are candles for it: %s after %i', (longEntry, bars) => {
    expect(rules.subscribe(ruleParams.parse({ ...base, longEntry })).decisionBars).toBe(bars);
  });

  it('counts the entry that can be met first, with the values of the parameters', () => {
    const params = { longEntry: 'close > sma($n)', shortEntry: 'close < sma(30)', parameters: 'n = 40' };
    expect(rules.subscribe(ruleParams.parse({ ...base, ...params })).decisionBars).toBe(30);
    const { shortEntry: _none, ...long } = params;
    expect(rules.subscribe(ruleParams.parse({ ...base, ...long })).decisionBars).toBe(40);
  });
});

describe('a running bot', () => {
  it('buys on its rule, trails the stop after closes, sells at market when the rule says so, and survives a restart', () => {
    const instrument = makeInstrument();
    const history = candlesOf(randomCandles(4, 60, 0.01, 10_000));
    const params = ruleParams.parse({
      ...base,
      longEntry: 'close > 105 and sma(3) > 0',
      longExit: 'close < 104',
      trailingPercent: '10',
    });
    const world = new FakeWorld(rules, params, {
      instrument,
      balances: { USDT: '5000' },
      startTicks: 10_000,
      candles: { 300000: history.slice(0, 50) },
    });
    const close = (high: number, last: number) => world.closeBar(300_000, last, high);
    world.nowMs = (world.candles[300_000]?.at(-1)?.openTimeMs ?? 0) + 300_000;
    world.start();
    close(100, 100);
    expect(world.fills).toEqual([]);
    world.moveTo(10_600);
    close(106, 106);
    expect(world.fills.map(({ fill }) => [fill.side, fill.priceTicks])).toEqual([['buy', 10_600]]);
    // 10 % under the entry.
    expect([...world.orders.values()].map(({ triggerTicks }) => triggerTicks)).toEqual([9_540]);
    world.moveTo(11_000);
    close(112, 110);
    // 10 % under the high of the candle that closed: 100.80.
    expect([...world.orders.values()].map(({ triggerTicks }) => triggerTicks)).toEqual([10_080]);
    world.restart(params);
    expect([...world.orders.values()].map(({ triggerTicks }) => triggerTicks)).toEqual([10_080]);
    world.moveTo(10_350);
    close(110, 103.5);
    expect(world.fills.map(({ fill }) => [fill.side, fill.priceTicks])).toEqual([
      ['buy', 10_600],
      ['sell', 10_350],
    ]);
    expect(world.state.lastTrade?.reason).toBe('signal');
    expect([world.state.trades, world.state.phase]).toEqual([1, 'flat']);
  });
});
