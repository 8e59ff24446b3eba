/** What a run says of the parameters it ran with: all of them, by which the same run can be asked for again. */

import { expect, it } from 'vitest';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import { runBacktest } from '../../../src/app/backtest/run-backtest.ts';
import { paramsOfRun } from '../../../src/app/backtest/run-params.ts';
import { reportHtml } from '../../../src/app/report/html/page.ts';
import { measureResult } from '../../../src/app/report/measure.ts';
import { reportObject } from '../../../src/app/report/report-json.ts';
import { backtestReportView } from '../../../src/shared/api/lab-views.ts';
import type { BacktestResult } from '../../../src/shared/lab/result.ts';
import { paramsLine, shownParams } from '../../../src/shared/lab/run-params.ts';
import { type BacktestSpecInput, backtestSpec } from '../../../src/shared/lab/spec.ts';
import { findStrategy } from '../../../src/strategies/registry.ts';
import { candleFile, type Prices } from './scripted.ts';

/** A triangle wave between 100 and 110. */
const wave = (scale = 1): string =>
  candleFile(
    Array.from({ length: 400 }, (_, hour): Prices => {
      const price = (100 + Math.abs((hour % 20) - 10)) * scale;
      return [price, price + scale, price - scale, price];
    }),
  );
const rules = { tickSize: '0.01', lotSize: '0.001' };
const run = (change: Partial<BacktestSpecInput> & { strategy: string }): Promise<BacktestResult> =>
  runBacktest(
    backtestSpec.parse({
      series: [{ source: { kind: 'file', path: wave() }, instrument: 'BTC/USDT', rules }],
      ...change,
    }),
    { findStrategy },
  );

it.each(['grid', 'dca', 'ma-cross', 'rules'])(
  '%s without a parameter tells them all, and they give the same run',
  async (strategy) => {
    const plain = await run({ strategy });
    const [found, ...others] = plain.params ?? [];
    expect(others).toEqual([]);
    const { suggested = [], values = {} } = found ?? {};
    expect(suggested).toEqual(Object.keys(values));
    expect(suggested.length).toBeGreaterThan(8);
    const again = await run({ strategy, params: values });
    expect(again.finalEquity).toBe(plain.finalEquity);
    expect(again.params?.[0]).toEqual({ ...found, suggested: [] });
  },
);

it.each(['event', 'sweep'] as const)('the %s path tells what was given and what was not', async (path) => {
  const { instruments, params = [] } = await run({
    strategy: 'ma-cross',
    path,
    params: { fastPeriod: 3, slowPeriod: 7 },
  });
  const [found] = params;
  expect(found?.values).toMatchObject({ fastPeriod: 3, slowPeriod: 7, sizeType: 'quote' });
  expect(found?.suggested).not.toContain('fastPeriod');
  expect(found?.suggested).toContain('stopLossPercent');
  const shown = shownParams(found as never, instruments);
  expect(shown.find(({ name }) => name === 'slowPeriod')).toEqual({
    name: 'slowPeriod',
    label: 'Slow period',
    text: '7 bars',
    suggested: false,
  });
  // A size of a kind that is not in use is no part of what ran.
  expect(shown.map(({ name }) => name)).toContain('orderQuote');
  expect(shown.map(({ name }) => name)).not.toContain('orderPercent');
  expect(shown.find(({ name }) => name === 'orderQuote')?.text).toMatch(/^\d+(\.\d+)? USDT$/);
  const line = paramsLine(found as never, instruments);
  expect(line).toMatch(/^average sma, fastPeriod 3 bars, slowPeriod 7 bars, timeframe /);
  expect(line).toMatch(/\(suggested: average, timeframe, /);
});

it('page and JSON have them, with the texts of rules', async () => {
  const result = await run({
    strategy: 'rules',
    params: { longEntry: 'close < 103', longExit: 'close > 107' },
  });
  const measured = measureResult(loadNative(), result);
  const html = reportHtml(measured, { createdMs: 0 });
  const section = /<section class="card" id="parameters">.*?<\/section>/s.exec(html)?.[0] ?? '';
  expect(section).toContain('<dt>Buy when</dt><dd>close &lt; 103</dd></div>');
  expect(section).toMatch(/<dt>Order size<\/dt><dd>[\d.]+ USDT<\/dd><dd class="meaning">suggested<\/dd>/);
  const report = JSON.parse(JSON.stringify(reportObject(measured, 0))) as Record<string, unknown>;
  expect(report['params']).toEqual(result.params);
  // What the Lab reads back, and what an older version stored without them.
  const stored = backtestReportView.parse({ ...report, tradeCount: 0 });
  expect(stored.params).toEqual(result.params);
  expect(backtestReportView.parse({ ...report, params: undefined, tradeCount: 0 }).params).toBeUndefined();
});

it('series with other parameters are told apart, those with the same are told once', async () => {
  const series = (scale: number, instrument: string) => ({
    source: { kind: 'file' as const, path: wave(scale) },
    instrument,
    rules,
  });
  const { instruments, params = [] } = await run({
    strategy: 'grid',
    series: [series(1, 'BTC/USDT'), series(1, 'LTC/USDT'), series(10, 'ETH/USDT')],
  });
  expect(params.map((entry) => entry.instruments)).toEqual([[0, 1], [2]]);
  const [cheap, dear] = params;
  expect(Number(dear?.values['upper'])).toBeGreaterThan(5 * Number(cheap?.values['upper']));
  expect(paramsLine(cheap as never, instruments)).toMatch(/^BTC\/USDT, LTC\/USDT: /);
  expect(paramsOfRun([])).toEqual([]);
});
