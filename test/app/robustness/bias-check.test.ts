import { describe, expect, it } from 'vitest';
import { checkBias, type RunBacktest, usualBiasOptions } from '../../../src/app/robustness/bias-check.ts';
import { type BacktestResult, emptyTrades } from '../../../src/shared/lab/result.ts';
import { type BacktestSpec, backtestSpec } from '../../../src/shared/lab/spec.ts';

const barMs = 60_000;
const prices = Array.from(
  { length: 400 },
  (_none, bar) => 100 + 10 * Math.sin(bar / 9) + 3 * Math.sin(bar / 2.3),
);

/**
 * A toy backtest: goes long when `isLong(seen, bar)`, out when not, at that close or the next open as asked for. `seen` are the closes the run may
 * know: up to where the data ends for a cheat, up to the bar for an honest rule.
 */
function toy(isLong: (closes: readonly number[], bar: number, firstBar: number) => boolean): RunBacktest {
  return (spec: BacktestSpec) => {
    const end = spec.toMs === undefined ? prices.length : Math.min(prices.length, spec.toMs / barMs);
    const closes = prices.slice(0, end);
    const firstBar = spec.dataFromMs === undefined ? 0 : spec.dataFromMs / barMs;
    const rows: { entry: number; exit: number; open: boolean }[] = [];
    let entry: number | undefined;
    const later = spec.fill === 'close' ? 0 : 1;
    const from = (spec.fromMs ?? 0) / barMs;
    for (let bar = from; bar < end - later; bar += 1) {
      const wanted = isLong(closes, bar, firstBar);
      if (wanted && entry === undefined) entry = bar + later;
      else if (!wanted && entry !== undefined) {
        rows.push({ entry, exit: bar + later, open: false });
        entry = undefined;
      }
    }
    if (entry !== undefined) rows.push({ entry, exit: end - 1, open: true });
    const trades = emptyTrades(rows.length);
    rows.forEach(({ entry: begin, exit, open }, row) => {
      trades.side[row] = 1;
      trades.entryBar[row] = begin - from;
      trades.exitBar[row] = exit - from;
      trades.entryTimeMs[row] = (begin + 1 - later) * barMs;
      trades.exitTimeMs[row] = (exit + 1 - later) * barMs;
      trades.entryPrice[row] = prices[begin] as number;
      trades.exitPrice[row] = prices[exit] as number;
      trades.quantity[row] = 1;
      trades.exitReason[row] = open ? 0 : 1;
    });
    return Promise.resolve({
      trades,
      equity: { timeMs: Float64Array.from({ length: end - from }, (_none, bar) => (from + 1 + bar) * barMs) },
      fromMs: from * barMs,
      toMs: end * barMs,
      instruments: [{ timeframeMs: barMs }],
    } as unknown as BacktestResult);
  };
}

const spec = backtestSpec.parse({
  strategy: 'toy',
  series: [{ source: { kind: 'file', path: 'candles.csv' } }],
});
const control = { isCancelled: () => false, onProgress: () => undefined };
const check = (run: RunBacktest) => checkBias(spec, 10, run, usualBiasOptions, control);

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the bias check', () => {
  it('finds nothing in a rule that looks back over a fixed window', async () => {
    const report = await check(
      toy((closes, bar) => (closes[bar] as number) > mean(closes.slice(Math.max(0, bar - 9), bar + 1))),
    );
    expect(report.trades).toBeGreaterThan(10);
    expect(report.cuts).toBe(20);
    expect(report.lookahead).toEqual([]);
    expect(report.recursion.map(({ warmupBars, changedTrades }) => [warmupBars, changedTrades])).toEqual([
      [20, 0],
      [40, 0],
      [80, 0],
    ]);
    expect(report.verdict.join(' ')).toMatch(/No sign of lookahead.*warm-up is long enough/);
  });

  it('finds a rule that looks one candle ahead', async () => {
    const report = await check(
      toy((closes, bar) => (closes[bar + 1] ?? closes.at(-1) ?? 0) > (closes[bar] as number)),
    );
    expect(report.lookahead.length).toBeGreaterThan(5);
    expect(report.verdict[0]).toMatch(/^Lookahead: /);
  });

  it('finds a rule that compares with a mean over the whole data', async () => {
    const report = await check(toy((closes, bar) => (closes[bar] as number) > mean(closes)));
    expect(report.lookahead.length).toBeGreaterThan(0);
  });

  it('finds a rule that never forgets where its data begins', async () => {
    const report = await check(
      toy((closes, bar, firstBar) => (closes[bar] as number) > mean(closes.slice(firstBar, bar + 1))),
    );
    expect(report.lookahead).toEqual([]);
    expect(report.recursion.some(({ changedTrades }) => changedTrades > 0)).toBe(true);
    expect(report.verdict[1]).toMatch(/warm-up is short/);
  });

  it('does not call a warm-up long enough that it could not try', async () => {
    const report = await checkBias(
      spec,
      150,
      toy((closes, bar) => (closes[bar] as number) > 100),
      usualBiasOptions,
      control,
    );
    expect(report.recursion).toEqual([]);
    expect(report.verdict[1]).toMatch(/too short to try longer warm-ups/);
  });

  it('says so when there was no trade', async () => {
    const report = await check(toy(() => false));
    expect(report.verdict).toEqual([
      'There was no trade, so nothing could be checked: use more data or other parameters.',
    ]);
  });
});
