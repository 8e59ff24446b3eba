/** Interest of margin positions, and mark prices that decide funding and liquidation. Every amount is worked out by hand. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import { storedCandles } from '../../../src/app/backtest/stored-candles.ts';
import { DataLibrary } from '../../../src/app/data/data-library.ts';
import { importFile } from '../../../src/app/data/import-file.ts';
import { quantityLots } from '../../../src/shared/domain/nominal.ts';
import type { BacktestSpecInput } from '../../../src/shared/lab/spec.ts';
import {
  candleFile,
  hourMs,
  type Prices,
  rounded,
  runScript,
  type Script,
  scriptedStrategy,
  startMs,
  testFolder,
  tripsOf,
} from './scripted.ts';

const dayMs = 24 * hourMs;
const perpetual = 'BTC/USDT:USDT';
const flat = (price: number): Prices => [price, price, price, price];

/** Sends one market order at the close of the first candle. */
function order(side: 'buy' | 'sell', quantity: number): Script {
  return (context) => {
    let isFirst = true;
    context.watch([]);
    return {
      onBar() {
        const lots = quantityLots(quantity * 1000);
        if (isFirst) context.send({ leg: 'entry', side, type: 'market', lots });
        isFirst = false;
      },
    };
  };
}

type Series = BacktestSpecInput['series'][0];

function seriesOf(candles: readonly Prices[], more: Partial<Series>, lengthMs = hourMs): Series {
  return {
    source: { kind: 'file', path: candleFile(candles, lengthMs, Date.UTC(2024, 0, 1)) },
    instrument: 'BTC/USDT',
    rules: { tickSize: '0.01', lotSize: '0.001' },
    ...more,
  };
}

/** A file of rows of hours after the start and values. */
function rowsFile(header: string, rows: readonly (readonly number[])[]): string {
  const path = join(testFolder(), 'rows.csv');
  const lines = rows.map(([hour = 0, ...values]) =>
    [Date.UTC(2024, 0, 1) + hour * hourMs, ...values].join(','),
  );
  writeFileSync(path, [header, ...lines].join('\n'));
  return path;
}

describe('interest on margin', () => {
  const borrow = { baseRatePerDay: 0.0024, quoteRatePerDay: 0.0048 };
  const candles = [flat(100), flat(100), flat(110), flat(120), flat(120)];

  it('a short position pays for its goods at each full hour, at the open', async () => {
    const result = await runScript(candles, order('sell', 2), {
      capital: '1000',
      leverage: 3,
      series: [seriesOf(candles, { borrow })],
    });
    // Sold at the open of candle 1. A ten-thousandth an hour of 2 × 110, 2 × 120 and 2 × 120.
    expect(rounded(result.funding)).toBe(rounded(-(0.022 + 0.024 + 0.024)));
    expect(rounded(result.finalEquity)).toBe(rounded(1_000 - 2 * 20 - 0.07));
    expect(result.assumptions.join(' ')).toContain(
      "BTC/USDT is traded on margin: each full hour a 24th of 0.0024 (goods sold short, at the open of the candle) or 0.0048 (money a long position costs beyond one's own) is charged",
    );
  });

  it('a long position pays for the money beyond its own, and for interest that was not its own either', async () => {
    const flatOnes = [flat(100), flat(100), flat(100), flat(100), flat(100)];
    const result = await runScript(flatOnes, order('buy', 20), {
      capital: '1000',
      leverage: 3,
      series: [seriesOf(flatOnes, { borrow })],
    });
    // 2,000 bought with 1,000: 1000 × 0.0002 = 0.2; then 1000.2 × 0.0002; then 1000.40004 × 0.0002.
    expect(rounded(result.funding)).toBe(rounded(-(0.2 + 0.20004 + 0.200080008)));
    expect(rounded(result.finalEquity)).toBe(rounded(1_000 - 0.600120008));
  });

  it('what is paid from own money costs nothing', async () => {
    const result = await runScript(candles, order('buy', 5), {
      capital: '1000',
      leverage: 3,
      series: [seriesOf(candles, { borrow })],
    });
    expect(result.funding).toBe(0);
    expect(rounded(result.finalEquity)).toBe(1_100);
  });

  it('a day of one candle has all of its hours', async () => {
    const days = [flat(100), flat(100), flat(110)];
    const result = await runScript(
      days,
      order('sell', 2),
      { capital: '1000', leverage: 3, series: [seriesOf(days, { borrow }, dayMs)] },
      { findStrategy: () => scriptedStrategy(order('sell', 2), [dayMs]) },
    );
    // Sold at 0:00 of the second day, behind its charge: 23 hours at 100, then 24 at 110.
    expect(rounded(result.funding)).toBe(rounded(-(23 * 0.02 + 24 * 0.022)));
  });

  it('perpetuals have none, margin has no funding, and compiled rules refuse it', async () => {
    const asked = (more: Partial<Series>, path: 'event' | 'sweep' = 'event') =>
      runScript(candles, order('buy', 1), { path, series: [seriesOf(candles, more)] });
    await expect(asked({ instrument: perpetual, borrow })).rejects.toMatchObject({
      field: 'series.0.borrow',
    });
    await expect(asked({ borrow, funding: { kind: 'constant', rate: 0.001 } })).rejects.toMatchObject({
      field: 'series.0.funding',
    });
    await expect(asked({ borrow }, 'sweep')).rejects.toMatchObject({ code: 'bad-input' });
  });
});

describe('mark prices', () => {
  const header = 'timestamp,open,high,low,close';

  it('funding is paid on the mark price of its time', async () => {
    const candles = [flat(100), flat(100), flat(100)];
    const result = await runScript(candles, order('buy', 2), {
      series: [
        seriesOf(candles, {
          instrument: perpetual,
          funding: {
            kind: 'file',
            path: rowsFile('timestamp,funding_rate', [
              [2, 0.001],
              [2.5, 0.002],
            ]),
          },
          marks: {
            kind: 'file',
            // Half hours: the second payment meets the mark of its own half.
            path: rowsFile(
              header,
              [0, 0.5, 1, 1.5, 2, 2.5].map((hour) => [hour, ...flat(hour === 2.5 ? 104 : 105)]),
            ),
          },
        }),
      ],
    });
    expect(rounded(result.funding)).toBe(rounded(-(2 * 105 * 0.001 + 2 * 104 * 0.002)));
    expect(result.assumptions).toContain(
      'Funding is paid at its hours on the position held before the open, at the mark price of the time.',
    );
  });

  // 1,000 at leverage 10, 90 bought at 100: maintenance is met at 89.335, see the liquidation of the price itself.
  const marked = (candle: Prices, mark: Prices, side: 'buy' | 'sell' = 'buy') => {
    const candles = [flat(100), flat(100), candle, flat(candle[3])];
    return runScript(candles, order(side, 90), {
      capital: '1000',
      leverage: 10,
      series: [
        seriesOf(candles, {
          instrument: perpetual,
          marks: {
            kind: 'file',
            path: rowsFile(
              header,
              [flat(100), flat(100), mark].map((row, hour) => [hour, ...row]),
            ),
          },
        }),
      ],
    });
  };

  it('funding beyond the end of the mark prices is paid on the price of the candle, not on the last mark there was', async () => {
    const result = await runScript([], order('buy', 2), {
      series: [
        seriesOf([flat(100), flat(100), flat(100), flat(80), flat(80)], {
          instrument: perpetual,
          funding: {
            kind: 'file',
            path: rowsFile('timestamp,funding_rate', [
              [2, 0.001],
              [3, 0.002],
              [4, 0.001],
            ]),
          },
          // Hours 0 to 2 alone.
          marks: {
            kind: 'file',
            path: rowsFile('timestamp,open,high,low,close', [
              [0, 100, 100, 100, 100],
              [1, 100, 100, 100, 100],
              [2, 105, 105, 105, 105],
            ]),
          },
        }),
      ],
    });
    expect(rounded(result.funding)).toBe(rounded(-(2 * 105 * 0.001 + 2 * 80 * 0.002 + 2 * 80 * 0.001)));
    expect(result.warnings.join()).toContain('2 candles of BTC/USDT:USDT have no mark price');
  });

  it('a position lives where only the price falls', async () => {
    const result = await marked([100, 100, 80, 99], [100, 100, 95, 99]);
    expect(result.counts.liquidations).toBe(0);
    expect(rounded(result.finalEquity)).toBe(1_000 - 90);
    expect(result.warnings.join(' ')).toContain('1 candles of BTC/USDT:USDT have no mark price');
  });

  it('a long one is liquidated where the mark falls, at the price of that moment', async () => {
    const result = await marked([100, 100, 95, 99], [100, 100, 80, 99]);
    // The mark goes 80 … 100 while the price goes 95 … 100: at 89.33 the price is 95 + 9.33 / 4 = 97.3325, down to 97.33.
    expect(tripsOf(result)).toMatchObject([{ exitBar: 2, exitPrice: 97.33, reason: 'liquidation' }]);
    expect(rounded(result.finalEquity)).toBe(rounded(1_000 - 90 * 2.67));
  });

  it('a short one is liquidated where the mark rises', async () => {
    const result = await marked([100, 105, 100, 101], [100, 120, 100, 101], 'sell');
    // Equity 1000 − 90 (P − 100) = 0.005 × 90 P at P = 10000 / 90.45 = 110.558…: 110.56, half of the way and a bit.
    // The price is 100 + 10.56 / 4 = 102.64.
    expect(tripsOf(result)).toMatchObject([{ exitBar: 2, exitPrice: 102.64, reason: 'liquidation' }]);
  });

  it('a mark that moves while the price stands still counts', async () => {
    const result = await marked(flat(100), [100, 100, 85, 100]);
    expect(tripsOf(result)).toMatchObject([{ exitBar: 2, exitPrice: 100, reason: 'liquidation' }]);
  });

  it('stored ones are found by venue and market', async () => {
    const folder = testFolder();
    const library = new DataLibrary(loadNative(), folder);
    const control = { isCancelled: () => false, progress: () => undefined, onCancel: () => undefined };
    const file = rowsFile(
      header,
      [flat(100), flat(100), [100, 100, 80, 99] as Prices].map((row, hour) => [hour, ...row]),
    );
    await importFile(
      library,
      { file, venue: 'backtest', symbol: perpetual },
      control,
      startMs + 10 * 365 * dayMs,
    );
    await library.close();
    const candles = [flat(100), flat(100), [100, 100, 95, 99] as Prices, flat(99)];
    const series = [seriesOf(candles, { instrument: perpetual, marks: { kind: 'store' } })];
    const result = await runScript(
      candles,
      order('buy', 90),
      { capital: '1000', leverage: 10, series },
      { readStored: storedCandles(folder) },
    );
    expect(tripsOf(result)).toMatchObject([{ exitPrice: 97.33, reason: 'liquidation' }]);
    await expect(
      runScript(candles, order('buy', 1), { series }, { readStored: storedCandles(testFolder()) }),
    ).rejects.toMatchObject({ code: 'not-found' });
  });

  it('stored funding rates are found by venue and market, and a time without rates is told', async () => {
    const folder = testFolder();
    const library = new DataLibrary(loadNative(), folder);
    const control = { isCancelled: () => false, progress: () => undefined, onCancel: () => undefined };
    const file = rowsFile('timestamp,funding_rate', [
      [2, 0.001],
      [3, -0.0005],
    ]);
    const target = { file, venue: 'backtest', symbol: perpetual };
    await importFile(library, target, control, startMs + 10 * 365 * dayMs);
    await library.close();
    const candles = Array.from({ length: 72 }, () => flat(100));
    const series = [seriesOf(candles, { instrument: perpetual, funding: { kind: 'store' } })];
    const result = await runScript(
      candles,
      order('buy', 10),
      { capital: '1000', series },
      { readStored: storedCandles(folder) },
    );
    // Bought at the open of candle 1: 1000 × 0.001 at 2:00, 1000 × -0.0005 at 3:00.
    expect(rounded(result.funding)).toBe(-0.5);
    expect(result.warnings).toEqual([
      'Funding rates of BTC/USDT:USDT reach from 2024-01-01 to 2024-01-01: a position outside of them paid nothing.',
    ]);
    await expect(
      runScript(candles, order('buy', 1), { series }, { readStored: storedCandles(testFolder()) }),
    ).rejects.toMatchObject({ code: 'not-found' });
  });

  it('spot has none, and longer ones are refused', async () => {
    const candles = [flat(100), flat(100), flat(100)];
    const asked = (instrument: string, hours: readonly number[]) => {
      const marks = {
        kind: 'file',
        path: rowsFile(
          header,
          hours.map((hour) => [hour, ...flat(100)]),
        ),
      } as const;
      return runScript(candles, order('buy', 1), { series: [seriesOf(candles, { instrument, marks })] });
    };
    await expect(asked('BTC/USDT', [0, 1])).rejects.toMatchObject({ field: 'series.0.marks' });
    await expect(asked(perpetual, [0, 2])).rejects.toMatchObject({
      field: 'series.0.marks',
      message: expect.stringContaining('mark prices of 120 minutes do not divide candles of 60'),
    });
  });
});
