/** Given parameters that count only beside a value of another one: they make it so, or are told. */

import { expect, it } from 'vitest';
import { completeParams } from '../../../src/app/api/params.ts';
import { runBacktest } from '../../../src/app/backtest/run-backtest.ts';
import { planOffline } from '../../../src/app/plan-offline.ts';
import { Decimal } from '../../../src/shared/domain/decimal.ts';
import { backtestSpec } from '../../../src/shared/lab/spec.ts';
import { findStrategy, strategies } from '../../../src/strategies/registry.ts';
import { makeInstrument } from '../../strategies/fake-context.ts';
import { candleFile, type Prices } from './scripted.ts';

const market = { instrument: makeInstrument(), referencePrice: Decimal.parse('100'), candles: [] };
const complete = (id: string, given: Readonly<Record<string, unknown>>) => {
  const strategy = strategies.find((known) => known.id === id);
  if (strategy === undefined) throw new Error(id);
  return completeParams(strategy, given, market);
};

it.each(['ma-cross', 'rules'])('%s: a size in percent alone makes sizes be in percent', (id) => {
  const { raw, unused } = complete(id, { orderPercent: '50' });
  expect(raw).toMatchObject({ sizeType: 'percent', orderPercent: '50' });
  expect(unused).toEqual([]);
  expect(complete(id, { orderQuote: '70' }).raw).toMatchObject({ sizeType: 'quote', orderQuote: '70' });
  expect(complete(id, {}).raw).toMatchObject({ sizeType: 'quote' });
});

it('a choice that was made stays, and what it leaves out is told', () => {
  const { raw, unused } = complete('ma-cross', { sizeType: 'quote', orderPercent: '50' });
  expect(raw).toMatchObject({ sizeType: 'quote' });
  expect(unused).toEqual([
    {
      code: 'UNUSED_PARAM',
      field: 'orderPercent',
      message: 'orderPercent 50 is not used: it needs sizeType percent, and that is quote',
      severity: 'warning',
    },
  ]);
  // No single choice uses both: the suggested one stays.
  const both = complete('rules', { orderQuote: '70', orderPercent: '20' });
  expect(both.raw).toMatchObject({ sizeType: 'quote' });
  expect(both.unused.map(({ field }) => field)).toEqual(['orderPercent']);
});

it('a limit of trailing switches trailing on, and is told where trailing was switched off', () => {
  expect(complete('grid', { trailingUpLimit: '200' }).raw).toMatchObject({ trailingUp: true });
  const off = complete('grid', { trailingUp: false, trailingUpLimit: '200' });
  expect(off.unused.map(({ message }) => message)).toEqual([
    'trailingUpLimit 200 is not used: it needs trailingUp true, and that is false',
  ]);
});

it('the candles alone do not make a deal wait for an indicator that reads them', () => {
  const { raw, unused } = complete('dca', { timeframe: '1h' });
  expect(raw).toMatchObject({ startCondition: 'immediate' });
  expect(unused.map(({ field }) => field)).toEqual(['timeframe']);
  expect(complete('dca', { rsiPeriod: 7 }).raw).toMatchObject({ startCondition: 'rsi' });
  // Those of the data, which nobody gave, neither.
  const strategy = findStrategy('dca') as never;
  const known = completeParams(strategy, {}, market, { timeframe: '4h' });
  expect(known.raw).toMatchObject({ startCondition: 'immediate', timeframe: '4h' });
  expect(known.unused).toEqual([]);
});

it('a whole set says nothing of what was only suggested', () => {
  const { raw } = complete('ma-cross', {});
  expect(complete('ma-cross', raw).unused).toEqual([]);
  expect(complete('ma-cross', { ...raw, orderPercent: '33' }).unused).toHaveLength(1);
});

it('a backtest does as it was told, or warns', async () => {
  const candles = Array.from({ length: 200 }, (_, hour): Prices => {
    const price = 100 + Math.abs((hour % 20) - 10);
    return [price, price + 1, price - 1, price];
  });
  const source = { kind: 'file' as const, path: candleFile(candles) };
  const run = (params: Record<string, unknown>) =>
    runBacktest(
      backtestSpec.parse({
        strategy: 'ma-cross',
        params: { fastPeriod: 2, slowPeriod: 5, ...params },
        slippage: 0,
        series: [{ source, instrument: 'BTC/USDT', rules: { tickSize: '0.01', lotSize: '0.001' } }],
      }),
      { findStrategy },
    );
  const [half, told, ignored] = [
    await run({ orderPercent: '50' }),
    await run({ sizeType: 'percent', orderPercent: '50' }),
    await run({ sizeType: 'quote', orderPercent: '50' }),
  ];
  // Half of 10000 in the first entry, to the lot.
  const first = (half.trades.quantity[0] as number) * (half.trades.entryPrice[0] as number);
  expect(first).toBeGreaterThan(4995);
  expect(first).toBeLessThanOrEqual(5100);
  expect(half.finalEquity).toBe(told.finalEquity);
  expect(half.warnings).toEqual(told.warnings);
  expect(ignored.warnings).toContain(
    'BTC/USDT: orderPercent 50 is not used: it needs sizeType percent, and that is quote.',
  );
});

it('a plan warns at the field', () => {
  const { violations } = planOffline({
    strategy: 'ma-cross',
    venue: 'sim-a',
    instrument: 'BTC/USDT',
    params: { sizeType: 'quote', orderPercent: '50' },
  } as never);
  expect(violations.find(({ code }) => code === 'UNUSED_PARAM')).toMatchObject({
    field: 'orderPercent',
    severity: 'warning',
  });
});
