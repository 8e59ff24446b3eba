/** Numbers of a result in files: what was traded, not what binary arithmetic made of it. */

import { expect, it } from 'vitest';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import { exactMetrics, exactMoney, exactOfTrade, exactRatio } from '../../../src/app/report/exact-numbers.ts';
import { reportHtml } from '../../../src/app/report/html/page.ts';
import { measureResult } from '../../../src/app/report/measure.ts';
import { reportJson } from '../../../src/app/report/report-json.ts';
import { tradesCsv } from '../../../src/app/report/trade-file.ts';
import { emptyTrades, tradeColumns } from '../../../src/shared/lab/result.ts';
import { sampleRun } from './sample-result.ts';

const steps = { tickSize: '0.00001', lotSize: '0.01' };

it('gives prices, quantities and money at their places', () => {
  expect(exactOfTrade('quantity', 0.1 + 0.2, steps)).toBe(0.3);
  expect(exactOfTrade('entryPrice', 0.19286400000000004, steps)).toBe(0.192864);
  // Between ticks lies the average of several fills: 0.5942 / 3, at nine places.
  expect(exactOfTrade('exitPrice', 0.19806666666666667, steps)).toBe(0.198066667);
  expect(exactOfTrade('fees', 2.3101165599999995, steps)).toBe(2.31011656);
  expect(exactOfTrade('profitRatio', 1 / 3, steps)).toBe(0.333333333333);
  expect(exactOfTrade('entryTimeMs', 1_578_310_515_106, steps)).toBe(1_578_310_515_106);
});

it('keeps what is small in a great currency, and a large account to the last cent it holds', () => {
  // A fee of 0.1 % on 0.001 ETH at 0.031562 BTC: 0.000000031562.
  expect(exactMoney(0.000000031562)).toBe(3.16e-8);
  expect(exactMoney(10285.14009111 - 10000)).toBe(285.14009111);
  expect(exactMoney(123_456_789.12)).toBe(123_456_789.12);
  expect(exactMoney(-0.30000000000000004)).toBe(-0.3);
  expect(exactRatio(0)).toBe(0);
});

it('knows which figures are money, and leaves those without a value', () => {
  const values = { netProfit: 0.1 + 0.2, sharpe: 1 / 3, calmar: null, trades: 7 };
  expect(exactMetrics(values)).toEqual({ netProfit: 0.3, sharpe: 0.333333333333, calmar: null, trades: 7 });
});

it('is what CSV, JSON and page hold', () => {
  const sample = sampleRun({ bars: 200, tradeEvery: 40 });
  const trades = { ...emptyTrades(1) };
  for (const name of tradeColumns) trades[name][0] = sample.trades[name][0] as number;
  trades.quantity[0] = 0.1 + 0.2;
  trades.profit[0] = 1e-7 + 2e-7;
  trades.fees[0] = 0.7 + 0.1;
  const result = { ...sample, trades, startEquity: 0.7 + 0.1 };
  const [header = '', row = ''] = tradesCsv(result).split('\n').slice(0, 2);
  const cell = (name: string) => row.split(',')[header.split(',').indexOf(name)];
  expect([cell('quantity'), cell('profit'), cell('fees')]).toEqual(['0.3', '0.0000003', '0.8']);
  const measured = measureResult(loadNative(), result);
  const report = JSON.parse(reportJson(measured, 0)) as Record<string, never>;
  expect(report).toMatchObject({
    startEquity: 0.8,
    trades: { quantity: [0.3], profit: [3e-7], fees: [0.8] },
  });
  // Neither have the places of the page's pictures; a number of ten places would be none a person wants to read.
  const page = reportHtml(measureResult(loadNative(), sample), { createdMs: 0 });
  expect(/\d\.\d{10,}/.exec(page)?.[0]).toBeUndefined();
});

it('keeps trades of a great currency so exact that their sum is the total of the report', () => {
  const fine = { tickSize: '0.00000001', lotSize: '0.00000001' };
  // 0.1 % of 0.1041146 ETH at 0.096048 and 0.09119997 BTC: 0.0000099999991… + 0.0000094952484…: at ten places nearly half a unit is off.
  const fee = 0.001 * 0.1041146 * 0.096048 + 0.001 * 0.1041146 * 0.09119997;
  expect(exactOfTrade('fees', fee, fine)).toBe(0.0000194952475);
  expect(exactOfTrade('profit', 1e-9 + 2e-9, fine)).toBe(3e-9);
  // A thousand such trades differ from their sum by less than the tenth place of money.
  expect(Math.abs(1000 * exactOfTrade('fees', fee, fine) - 1000 * fee)).toBeLessThan(1e-10);
});

it('tells small money of a page in more places, as the Lab does', () => {
  const result = sampleRun({ bars: 200, tradeEvery: 40 });
  const small = 1e-6;
  const scaled = {
    ...result,
    startEquity: result.startEquity * small,
    finalEquity: result.finalEquity * small,
    equity: { ...result.equity, equity: result.equity.equity.map((value) => value * small) },
    trades: {
      ...result.trades,
      fees: result.trades.fees.map((value) => value * small),
      profit: result.trades.profit.map((value) => value * small),
    },
  };
  const page = reportHtml(measureResult(loadNative(), scaled), { createdMs: 0 });
  const equity = scaled.startEquity.toFixed(6);
  expect(Number(equity)).toBeGreaterThan(0);
  expect(Number(equity)).toBeLessThan(1);
  expect(page).toContain(`${equity} → `);
  expect(/<dt>Net profit<\/dt><dd>−?0\.\d{6}</.exec(page)).not.toBeNull();
});
