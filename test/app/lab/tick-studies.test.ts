/**
 * Studies and walk-forward runs over single trades and over a recorded order book. The same market has candles too, at a price
 * that never moves: whoever took those instead would never trade.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import { KeptCandles } from '../../../src/app/backtest/kept-candles.ts';
import { storedCandles } from '../../../src/app/backtest/stored-candles.ts';
import { DataLibrary } from '../../../src/app/data/data-library.ts';
import { importFile } from '../../../src/app/data/import-file.ts';
import { closeOpenPositions } from '../../../src/app/lab/close-open-positions.ts';
import { tickKinds } from '../../../src/shared/domain/tick-kinds.ts';
import type { BacktestSpec } from '../../../src/shared/lab/spec.ts';
import { studySpec } from '../../../src/shared/lab/study.ts';
import { walkForwardSpec } from '../../../src/shared/lab/walk-forward.ts';
import { at, type BookRow, bookColumns, folderWithBook, market, startMs } from '../backtest/book-fixture.ts';
import { makeLab, watched } from './lab-harness.ts';

const minutes = 70;
const minuteMs = 60_000;
const { askDepth, bidDepth, buyTrade, clearAll } = tickKinds;
/** Waves of eleven minutes around 10,000. */
const middle = (minute: number): number => 10_000 + Math.round(300 * Math.sin(minute / 1.75));

async function folderWithAll(): Promise<string> {
  const rows = Array.from({ length: minutes }, (_none, minute): BookRow[] => {
    const [ms, price] = [minute * minuteMs, middle(minute)];
    return [
      at(ms + 1_000, clearAll, 0, 0),
      at(ms + 1_000, bidDepth, price - 2, 50),
      at(ms + 1_000, askDepth, price + 2, 50),
      at(ms + 30_000, buyTrade, price + 2, 1),
    ];
  });
  const folder = await folderWithBook(bookColumns(rows.flat()));
  const library = new DataLibrary(loadNative(), folder);
  const control = { isCancelled: () => false, progress: () => undefined, onCancel: () => undefined };
  const store = async (kind: 'trades' | 'candles', head: string, line: (minute: number) => string) => {
    const file = join(folder, `${kind}.csv`);
    const lines = Array.from({ length: minutes }, (_none, minute) => line(minute));
    writeFileSync(file, [head, ...lines].join('\n'));
    await importFile(library, { file, ...market, kind }, control, startMs);
  };
  await store('trades', 'timestamp,side,price,amount', (minute) =>
    [startMs + minute * minuteMs + 30_000, 'buy', middle(minute) + 2, 100].join(','),
  );
  await store('candles', 'timestamp,open,high,low,close,volume', (minute) =>
    [startMs + minute * minuteMs, 10_000, 10_000, 10_000, 10_000, 5].join(','),
  );
  return folder;
}

const studyOver = (data: 'trades' | 'l2', backtest: object = {}) => ({
  backtest: {
    strategy: 'ma-cross',
    params: {
      average: 'sma',
      fastPeriod: 3,
      slowPeriod: 6,
      timeframe: '1m',
      sizeType: 'quote',
      orderQuote: '50000',
    },
    series: [
      {
        source: { kind: 'store', venue: market.venue, instrument: market.symbol, timeframe: '1m', data },
        venue: market.venue,
      },
    ],
    capital: '100000',
    makerFee: 0,
    takerFee: 0,
    slippage: 0,
    ...backtest,
  },
  spaces: { fastPeriod: { from: 2, to: 4 } },
  only: [],
  sampler: 'grid',
  // A Sharpe ratio needs days.
  objectives: ['profit'],
  trials: 3,
  minimumTrades: 1,
});

describe.each(['trades', 'l2'] as const)('over %s', (data) => {
  it('a walk-forward run trades each window on them', async () => {
    const lab = makeLab(await folderWithAll());
    // 70 minutes: 14 are optimised, 28 traded, twice.
    const spec = walkForwardSpec.parse({ study: studyOver(data), windows: 2, trainToTest: 0.5 });
    const run = await lab.walkForwards.begin(spec)(watched());
    expect(run.windows.map(({ outcome }) => outcome)).toEqual(['traded', 'traded']);
    const { backtest } = spec.study;
    const [window] = run.windows;
    if (window === undefined) throw new TypeError('there are two windows');
    // The first one again by itself, with all parameters as the strategy suggests them but the chosen one.
    const params = { ...(await lab.tools.wholeParams(backtest)).raw, ...window.values };
    const times = { fromMs: window.testFromMs, toMs: window.testToMs };
    const given: BacktestSpec = { ...backtest, params, ...times };
    const alone = closeOpenPositions(await lab.tools.runner.run(given, { isCancelled: () => false }));
    expect(alone.path).toBe('event');
    expect(alone.trades.length).toBeGreaterThan(1);
    expect(window.test?.['totalReturn']).toBeCloseTo(alone.finalEquity / 100_000 - 1, 12);
    expect(window.test?.['trades']).toBe(alone.trades.length);
    // Who takes pays the ask of the recorded book, or the price of the next trade.
    for (let trade = 0; trade < alone.trades.length; trade += 1) {
      const minute = Math.floor(((alone.trades.entryTimeMs[trade] as number) - startMs) / minuteMs);
      const fills = [middle(minute - 1), middle(minute)].map((price) => price + 2);
      expect(fills).toContain(alone.trades.entryPrice[trade]);
    }
  });

  it('a study that asks for the compiled path is refused before it begins, naming the series', async () => {
    const lab = makeLab(await folderWithAll());
    const study = studySpec.parse(studyOver(data, { path: 'sweep' }));
    expect(() => lab.studies.begin(study)).toThrow('series.0.source: the sweep path knows candles only');
    expect(() => lab.walkForwards.begin(walkForwardSpec.parse({ study }))).toThrow(/series\.0\.source/);
    expect(lab.studies.list()).toEqual([]);
  });
});

it('a study over an order book refuses what has no meaning there before a trial is stored', async () => {
  const lab = makeLab(await folderWithAll());
  const study = studySpec.parse(studyOver('l2', { fill: 'close' }));
  await expect(lab.studies.begin(study)(watched())).rejects.toThrow('fill: on an order book');
  expect(lab.studies.list()).toEqual([]);
});

it('candles that are kept between runs come with everything the store can read beside them', async () => {
  const folder = await folderWithAll();
  const { readStored } = new KeptCandles(folder);
  expect(Object.keys(readStored ?? {})).toEqual(Object.keys(storedCandles(folder)));
  expect(Object.keys(storedCandles(folder))).toContain('funding');
});
