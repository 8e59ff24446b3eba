import { expect, test } from 'vitest';
import { instrumentOf } from '../../../src/app/backtest/instrument-of.ts';
import { refuseOtherMarket } from '../../../src/app/backtest/other-market.ts';
import { backtestSpec, type SeriesSpec } from '../../../src/shared/lab/spec.ts';

const hourMs = 3_600_000;
const spec = backtestSpec.parse({
  strategy: 'rules',
  series: [{ source: { kind: 'file', path: 'candles.csv' }, instrument: 'BTC/USDT' }],
});
const { instrument } = instrumentOf(spec.series[0] as SeriesSpec, spec, { price: 2, volume: 3 }, 'series.0');
const column = (values: number[]): Float64Array => Float64Array.from(values);
const candles = {
  timeframeMs: hourMs,
  columns: {
    openTimeMs: column([0, hourMs, 2 * hourMs]),
    open: column([100, 102, 104]),
    high: column([103, 105, 106]),
    low: column([99, 101, 100]),
    close: column([102, 104, 101]),
    volume: column([1, 1, 1]),
  },
};
const given = (times: number[], prices: number[]) => ({
  timesMs: column(times),
  ticks: column(prices.map((price) => Math.round(price / instrument.tickSize.toNumber()))),
});

test('prices of the market pass, a few percent beside it too', () => {
  const times = [0, 1_800_000, hourMs, 2 * hourMs + 1];
  expect(() => refuseOtherMarket(given(times, [100, 98, 110, 96]), candles, instrument, 'f')).not.toThrow();
});

test('half of the prices may be strange, more may not', () => {
  // The candle from 1 h goes from 101 to 105: a quarter outside is below 75.75 or above 131.25.
  const times = [0, hourMs, hourMs + 1, 2 * hourMs];
  expect(() =>
    refuseOtherMarket(given(times, [100, 131.2, 132, 133]), candles, instrument, 'f'),
  ).not.toThrow();
  const refused = () =>
    refuseOtherMarket(given(times, [100, 75.7, 132, 133]), candles, instrument, 'series.0.detail');
  expect(refused).toThrow(
    'series.0.detail: these are not prices of BTC/USDT: at 1970-01-01 01:00 UTC they say 75.7, where the candle went from 101 to 105',
  );
  expect(refused).toThrow(
    expect.objectContaining({
      field: 'series.0.detail',
      hint: 'Name data of the same market (3 of 4 prices lie more than 25 % outside of their candle).',
    }),
  );
});

test('prices outside of all candles say nothing', () => {
  expect(() => refuseOtherMarket(given([-5, 9 * hourMs], [1, 1]), candles, instrument, 'f')).not.toThrow();
  expect(() => refuseOtherMarket(given([], []), candles, instrument, 'f')).not.toThrow();
});
