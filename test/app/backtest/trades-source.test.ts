/** Backtests over stored trades: candles are joined from them, and the venue meets them one by one. Worked out by hand. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import { runBacktest } from '../../../src/app/backtest/run-backtest.ts';
import { storedCandles } from '../../../src/app/backtest/stored-candles.ts';
import { factsOf } from '../../../src/app/data/check.ts';
import { DataLibrary } from '../../../src/app/data/data-library.ts';
import { importFile } from '../../../src/app/data/import-file.ts';
import { makeCandles } from '../../../src/app/data/make-candles.ts';
import { priceTicks, quantityLots } from '../../../src/shared/domain/nominal.ts';
import { roundTripsOf } from '../../../src/shared/lab/round-trips.ts';
import { backtestSpec } from '../../../src/shared/lab/spec.ts';
import { hourMs, type Script, scriptedStrategy, startMs, testFolder, tripsOf } from './scripted.ts';

const control = { isCancelled: () => false, progress: () => undefined, onCancel: () => undefined };
const market = { venue: 'own', symbol: 'BTC/USDT' };

/** Seconds after the start, price, quantity. */
type Trade = readonly [number, number, number];
const trades: readonly Trade[] = [
  [0, 100, 1],
  [1800, 100, 2],
  [3700, 101, 0.5],
  [4000, 105, 0.25],
  [5000, 98, 1],
  [7300, 110, 1],
  // Nothing from 3:00 to 4:00.
  [14_500, 111, 1],
];

async function folderWith(rows: readonly Trade[]): Promise<string> {
  const folder = testFolder();
  const file = join(folder, 'trades.csv');
  const lines = rows.map(([second, price, amount]) => `${startMs + second * 1000},buy,${price},${amount}`);
  writeFileSync(file, ['timestamp,side,price,amount', ...lines].join('\n'));
  const library = new DataLibrary(loadNative(), folder);
  await importFile(library, { file, ...market, kind: 'trades' }, control, startMs);
  return folder;
}

function run(folder: string, script: Script, path: 'auto' | 'sweep' = 'auto') {
  const source = { kind: 'store', venue: 'own', instrument: 'BTC/USDT', timeframe: '1h', data: 'trades' };
  const spec = backtestSpec.parse({
    strategy: 'scripted',
    path,
    slippage: 0,
    makerFee: 0,
    takerFee: 0,
    series: [{ source, rules: { tickSize: '0.01', lotSize: '0.001' } }],
  });
  return runBacktest(spec, {
    findStrategy: () => scriptedStrategy(script),
    readStored: storedCandles(folder),
  });
}

/** Buys one at the first close; once it has it, an order to sell waits. */
function buyThenSell(sell: { readonly stop: number } | { readonly limit: number }): Script {
  const lots = quantityLots(1000);
  return (context) => {
    let isFirst = true;
    context.watch([]);
    return {
      onBar() {
        if (isFirst) context.send({ leg: 'entry', side: 'buy', type: 'market', lots });
        isFirst = false;
      },
      onFill(_fill, order) {
        if (order.leg !== 'entry') return;
        const exit = { leg: 'exit', side: 'sell', lots } as const;
        if ('stop' in sell)
          context.send({ ...exit, type: 'stop', triggerTicks: priceTicks(sell.stop * 100) });
        else context.send({ ...exit, type: 'limit', priceTicks: priceTicks(sell.limit * 100) });
      },
    };
  };
}

describe('a backtest over stored trades', () => {
  it('buys at the next trade, and a stop sells at the trade that reaches it', async () => {
    const result = await run(await folderWith(trades), buyThenSell({ stop: 99 }));
    // The first trade of the second hour is 101. 105 does not touch the stop; 98 is beyond it.
    expect(tripsOf(result)).toMatchObject([
      { entryBar: 1, entryPrice: 101, exitBar: 1, exitPrice: 98, profit: -3, reason: 'stop' },
    ]);
    expect(result.trades.exitTimeMs[0]).toBe(startMs + 5_000_000);
    expect(result.assumptions).toContain('Inside the candles of BTC/USDT single trades tell the price.');
    expect(result.assumptions.join(' ')).toContain(
      'Candles of BTC/USDT are joined from 7 stored trades, which orders meet one by one at their prices',
    );
  });

  it('the order of trades decides: the target comes first here, whatever a candle would assume', async () => {
    const enough = trades.map(
      ([second, price, amount]): Trade => [second, price, second === 4000 ? 1 : amount],
    );
    const result = await run(await folderWith(enough), buyThenSell({ limit: 104 }));
    expect(tripsOf(result)).toMatchObject([{ entryPrice: 101, exitPrice: 104, profit: 3, reason: 'target' }]);
    expect(result.trades.exitTimeMs[0]).toBe(startMs + 4_000_000);
  });

  it('one purchase and one sale in four parts each are one round trip', async () => {
    const parts = (from: number, price: number): Trade[] =>
      [0, 1, 2, 3].map((part) => [from + part, price, 0.25]);
    const script: Script = (context) => {
      let isFirst = true;
      context.watch([]);
      return {
        onBar() {
          if (!isFirst) return;
          isFirst = false;
          const order = { type: 'limit', lots: quantityLots(1000) } as const;
          context.send({ leg: 'entry', side: 'buy', priceTicks: priceTicks(9950), ...order });
        },
        onFill(_fill, order) {
          if (order.leg === 'entry' && order.state === 'FILLED')
            context.send({
              leg: 'exit',
              side: 'sell',
              type: 'limit',
              lots: quantityLots(1000),
              priceTicks: priceTicks(10_400),
            });
        },
      };
    };
    const rows = [...trades.slice(0, 3), ...parts(4000, 99), ...parts(5000, 105), [7300, 110, 1] as const];
    const { counts, trades: made } = await run(await folderWith(rows), script);
    expect([made.length, counts.fills, counts.closingFills]).toEqual([1, 8, 1]);
    expect(roundTripsOf(counts, 1)).toBeUndefined();
  });

  it('a trade fills resting orders with no more than its size, the best price first', async () => {
    const fills: [price: number, lots: number, ms: number][] = [];
    const lots = (amount: number) => quantityLots(amount * 1000);
    const script: Script = (context) => {
      let isFirst = true;
      context.watch([]);
      return {
        onBar() {
          if (!isFirst) return;
          isFirst = false;
          const limit = { side: 'buy', type: 'limit' } as const;
          context.send({ leg: 'late', ...limit, lots: lots(1), priceTicks: priceTicks(9950) });
          context.send({ leg: 'near', ...limit, lots: lots(0.5), priceTicks: priceTicks(9990) });
        },
        onFill: ({ lots: filled, priceTicks: ticks, venueTimeMs }) =>
          fills.push([ticks / 100, filled / 1000, venueTimeMs - startMs]),
      };
    };
    const result = await run(
      await folderWith([
        ...trades.slice(0, 3),
        // Beyond both: 0.5 goes to the better price, 0.2 is left for the other one.
        [4000, 99, 0.7],
        // Touched, but not gone through.
        [4100, 99.5, 5],
        [4200, 99.49, 0.05],
        // The next hour opens beyond it: nothing is given before that trade, and its own price holds.
        [7300, 98, 0.4],
        [7400, 98, 9],
      ]),
      script,
    );
    expect(fills).toEqual([
      [99.9, 0.5, 4_000_000],
      [99.5, 0.2, 4_000_000],
      [99.5, 0.05, 4_200_000],
      [99.5, 0.4, 7_300_000],
      [99.5, 0.35, 7_400_000],
    ]);
    expect(result.assumptions.join()).toContain(
      'fills once a trade goes one tick beyond it, with no more than the size of that trade.',
    );
  });

  it('gives each hour with a trade one candle; compiled rules refuse trades', async () => {
    const folder = await folderWith(trades);
    const seen: number[][] = [];
    await run(folder, () => ({
      onBar: (_timeframe, { openTimeMs, open, high, low, close, volume }) =>
        seen.push([(openTimeMs - startMs) / hourMs, open, high, low, close, volume]),
    }));
    expect(seen).toEqual([
      [0, 100, 100, 100, 100, 3],
      [1, 101, 105, 98, 98, 1.75],
      [2, 110, 110, 110, 110, 1],
      [4, 111, 111, 111, 111, 1],
    ]);
    await expect(run(folder, () => ({}), 'sweep')).rejects.toMatchObject({ code: 'bad-input' });
  });

  it('keeps the millisecond of each trade', async () => {
    // As nanoseconds this time is no double: divided by a million it was 1570761620577.9998.
    const second = (1_570_761_620_578 - startMs) / 1_000;
    const folder = await folderWith([
      [second, 100, 1],
      [second + 4_000, 101, 1],
    ]);
    const result = await run(folder, buyThenSell({ stop: 99 }));
    expect(result.counts.bars).toBe(2);
    const library = new DataLibrary(loadNative(), folder);
    expect(factsOf(library, { kind: 'trades', ...market, timeframeMs: 0 })).toMatchObject({
      from: 1_570_761_620_578,
      to: 1_570_765_620_578,
    });
  });

  it('trades that are not stored are named', async () => {
    await expect(run(testFolder(), () => ({}))).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('there is no own BTC/USDT trades'),
    });
  });

  it('trades are stored as candles of any length, the last one provisional', async () => {
    const library = new DataLibrary(loadNative(), await folderWith(trades));
    const series = { kind: 'trades', ...market, timeframeMs: 0 } as const;
    const made = await makeCandles(library, series, 2 * hourMs, control);
    expect(made).toMatchObject({ dataKind: 'candles', timeframe: '2h', made: 3, bars: 3, provisional: true });
    const { columns } = library.loadSeries({ ...market, timeframeMs: 2 * hourMs, withProvisional: true });
    // The start is 0:00 UTC; the second pair of hours has only its first.
    expect(new Date(startMs).toISOString()).toBe('2023-11-15T00:00:00.000Z');
    expect([...columns.open]).toEqual([100, 110, 111]);
    expect([...columns.high]).toEqual([105, 110, 111]);
    expect([...columns.low]).toEqual([98, 110, 111]);
    expect([...columns.close]).toEqual([98, 110, 111]);
    expect([...columns.volume]).toEqual([4.75, 1, 1]);
    await library.close();
  });
});
