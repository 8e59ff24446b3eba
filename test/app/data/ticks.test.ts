/** Trades and order books in the library: whole or not at all, joined, checked, removed. */

import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import { kindAt, lotsAt, msAt, type TickColumns } from '../../../src/adapters/tick-files/tick-columns.ts';
import { checkSeries, factsOf } from '../../../src/app/data/check.ts';
import { DataLibrary } from '../../../src/app/data/data-library.ts';
import { type ImportRequest, importFile } from '../../../src/app/data/import-file.ts';
import { candleSeries } from '../../../src/app/data/repair.ts';
import { findSeries } from '../../../src/app/data/series.ts';
import type { JobControl } from '../../../src/app/jobs/job-runner.ts';
import { sharedDataFile } from '../../adapters/venues/support/shared-data.ts';

const control: JobControl = {
  isCancelled: () => false,
  progress: () => undefined,
  onCancel: () => undefined,
};
const startMs = Date.UTC(2024, 0, 1);
const root = mkdtempSync(join(tmpdir(), 'data-ticks-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function newLibrary(): DataLibrary {
  return new DataLibrary(loadNative(), mkdtempSync(join(root, 'data-')));
}

let fileNumber = 0;
function file(content: string | Buffer): string {
  fileNumber += 1;
  const path = join(root, `${fileNumber}.data`);
  writeFileSync(path, content);
  return path;
}

const market = { venue: 'binance', symbol: 'BTC/USDT' };

function load(library: DataLibrary, content: string | Buffer, more: Partial<ImportRequest> = {}) {
  return importFile(library, { file: file(content), ...market, ...more }, control, startMs);
}

/** Trades of seconds after the start: time, side, price, amount. */
function tradesCsv(rows: readonly (readonly [number, string, string, string])[]): string {
  return [
    'timestamp,side,price,amount',
    ...rows.map(([second, ...cells]) => [startMs + second * 1000, ...cells].join(',')),
  ].join('\n');
}

const bookHead = 'exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount';
/** A row of a Tardis book; received 5 ms after it happened. */
function level(ms: number, isSnapshot: boolean, side: string, price: string, amount: string): string {
  const us = (startMs + ms) * 1000;
  return `deribit,BTC,${us},${us + 5000},${isSnapshot},${side},${price},${amount}`;
}
const book = [
  bookHead,
  level(0, true, 'bid', '100.0', '5'),
  level(0, true, 'ask', '101.0', '5'),
  level(400, false, 'ask', '100.0', '1'),
  level(500, false, 'ask', '100.0', '0'),
];

/** What rows say: seconds after the start, kind, ticks, lots. */
function rowsOf(columns: TickColumns | undefined): number[][] {
  if (columns === undefined) return [];
  return Array.from({ length: columns.packed.length }, (_, row) => [
    (msAt(columns.receiveNs, row) - startMs) / 1000,
    kindAt(columns, row),
    columns.priceTicks[row] as number,
    lotsAt(columns, row),
  ]);
}

const buy = 2;
const sell = 3;

describe('trades', () => {
  it('are kept one by one in exact ticks and lots', async () => {
    const library = newLibrary();
    const result = await load(
      library,
      gzipSync(
        tradesCsv([
          [0, 'buy', '100.5', '0.02'],
          [1, 'Sell', '100', '0.01'],
          [1, 'buy', '101', '0.05'],
        ]),
      ),
      { kind: 'trades' },
    );
    expect(result).toMatchObject({
      dataKind: 'trades',
      timeframe: '',
      bars: 3,
      storedBars: 3,
      from: startMs,
      to: startMs + 1000,
      notes: [],
    });
    // Steps 0.5 and 0.01.
    expect(rowsOf(await library.trades.read(market))).toEqual([
      [0, buy, 201, 2],
      [1, sell, 200, 1],
      [1, buy, 202, 5],
    ]);
    expect(factsOf(library, library.list()[0] as never)).toMatchObject({
      dataKind: 'trades',
      bars: 3,
      from: startMs,
      to: startMs + 1000,
      problem: null,
    });
  });

  it('a repeated id is one trade, and a side that is not said follows the price', async () => {
    const library = newLibrary();
    const rows = ['id,time,price,qty', `1,${startMs},10,1`, `1,${startMs},10,1`, `2,${startMs + 1},11,1`];
    const more = [`3,${startMs + 2},11,1`, `4,${startMs + 3},9,1`];
    const result = await load(library, [...rows, ...more].join('\n'), { kind: 'trades' });
    expect([result.bars, result.duplicates]).toEqual([4, 1]);
    expect(result.notes).toEqual(['4 trades do not say who took: the side follows the last change of price']);
    // First without a change: bought; up: bought; as before: bought; down: sold.
    expect(rowsOf(await library.trades.read(market)).map(([, kind]) => kind)).toEqual([buy, buy, buy, sell]);
  });

  it('files of Binance without a header say who made the price', async () => {
    const library = newLibrary();
    const rows = [`7,100,2,200,${startMs},True,True`, `8,101,1,101,${startMs + 5},False,True`];
    const result = await load(library, rows.join('\n').toLowerCase(), { kind: 'trades' });
    expect(result.format).toBe('binance-trades');
    expect(rowsOf(await library.trades.read(market)).map(([, kind]) => kind)).toEqual([sell, buy]);
  });

  it.each([
    ['a price of zero', [[0, 'buy', '0', '1']], /line 2.*"price": 0 is not a price above zero/],
    ['a negative price', [[0, 'buy', '-5', '1']], /line 2.*"price"/],
    [
      'a price that is none',
      [
        [0, 'buy', '5', '1'],
        [1, 'buy', 'NaN', '1'],
      ],
      /line 3.*"price": "NaN" is not a number/,
    ],
    ['a quantity of zero', [[0, 'buy', '5', '0']], /line 2.*"amount": 0 is not a quantity/],
    [
      'time that runs back',
      [
        [5, 'buy', '5', '1'],
        [4, 'buy', '5', '1'],
      ],
      /line 3.*time runs back/,
    ],
  ] as const)('%s is refused with its line, and nothing is stored', async (_name, rows, message) => {
    const library = newLibrary();
    await expect(load(library, tradesCsv(rows), { kind: 'trades' })).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(message),
    });
    expect(library.list()).toEqual([]);
  });

  it('a truncated gzip and wrong columns are refused whole', async () => {
    const library = newLibrary();
    const packed = gzipSync(
      tradesCsv(Array.from({ length: 5_000 }, (_, row) => [row, 'buy', `${100 + (row % 90)}`, '1'])),
    );
    await expect(
      load(library, packed.subarray(0, packed.length - 40), { kind: 'trades' }),
    ).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/ends|cut|truncated/i),
    });
    await expect(
      load(library, 'timestamp,side,amount\n1,buy,1', { kind: 'trades', format: 'trades-csv' }),
    ).rejects.toMatchObject({ message: expect.stringMatching(/line 1.*"price": is missing/) });
    await expect(
      load(library, 'timestamp,open,high,low,close,volume\n1,1,1,1,1,1', { kind: 'trades' }),
    ).rejects.toMatchObject({
      field: 'kind',
    });
    expect(library.list()).toEqual([]);
  });

  it('rows in any order are sorted when asked for', async () => {
    const library = newLibrary();
    await load(
      library,
      tradesCsv([
        [5, 'buy', '6', '1'],
        [4, 'sell', '5', '1'],
      ]),
      { kind: 'trades', sort: true },
    );
    expect(rowsOf(await library.trades.read(market))).toEqual([
      [4, sell, 5, 1],
      [5, buy, 6, 1],
    ]);
  });

  it('later and earlier files are joined, in the steps that fit both; the same file again changes nothing', async () => {
    const library = newLibrary();
    const middle = tradesCsv([
      [10, 'buy', '100', '2'],
      [11, 'sell', '102', '4'],
    ]);
    await load(library, middle, { kind: 'trades' });
    await load(library, tradesCsv([[12, 'buy', '101.5', '1']]), { kind: 'trades' });
    await load(library, tradesCsv([[9, 'buy', '99', '1']]), { kind: 'trades' });
    const again = await load(library, middle, { kind: 'trades' });
    expect([again.bars, again.storedBars, again.duplicates]).toEqual([2, 4, 2]);
    // The step is 0.5 since 101.5 came.
    expect(rowsOf(await library.trades.read(market))).toEqual([
      [9, buy, 198, 1],
      [10, buy, 200, 2],
      [11, sell, 204, 4],
      [12, buy, 203, 1],
    ]);
  });

  it('other rows of the same time are refused, unless one side is chosen', async () => {
    const library = newLibrary();
    await load(
      library,
      tradesCsv([
        [10, 'buy', '100', '2'],
        [12, 'sell', '102', '4'],
      ]),
      { kind: 'trades' },
    );
    const other = tradesCsv([
      [11, 'buy', '101', '1'],
      [13, 'buy', '103', '1'],
    ]);
    await expect(load(library, other, { kind: 'trades' })).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining(
        'overlaps what is stored from 2024-01-01T00:00:11.000Z to 2024-01-01T00:00:12.000Z',
      ),
    });
    await load(library, other, { kind: 'trades', duplicates: 'keep-first' });
    expect(rowsOf(await library.trades.read(market)).map(([second]) => second)).toEqual([10, 12, 13]);
    await load(library, other, { kind: 'trades', duplicates: 'keep-last' });
    expect(rowsOf(await library.trades.read(market)).map(([second]) => second)).toEqual([10, 11, 13]);
  });

  it('a check counts repeated rows, spikes and quiet times, and names the first rows', async () => {
    const library = newLibrary();
    const rows = Array.from(
      { length: 300 },
      (_, second) => [second, 'buy', '100', `${1 + (second % 3)}`] as const,
    );
    const late = [
      [30_000, 'buy', '100', '1'],
      [30_001, 'buy', '130', '1'],
      [30_002, 'buy', '101', '1'],
    ] as const;
    await load(library, tradesCsv([...rows, rows[299] as (typeof rows)[0], ...late]), { kind: 'trades' });
    const report = await checkSeries(library, { kind: 'trades', ...market, timeframeMs: 0 }, control);
    expect(report).toMatchObject({
      duplicates: 1,
      reversed: 0,
      crossed: 0,
      gapCount: 1,
      outlierCount: 1,
      damage: [],
    });
    expect(report.gaps).toEqual([{ fromMs: startMs + 299_000, toMs: startMs + 30_000_000, missing: 0 }]);
    expect(report.outliers.map(({ kind, detail }) => [kind, detail])).toEqual([
      ['duplicate', 'row 301: equals the row before: a duplicate, or two equal fills'],
      ['spike', 'row 303: price 130 between 100 and 101'],
    ]);
  });
});

describe('order books', () => {
  it('are found out, stored, checked for crossing, and removed', async () => {
    const library = newLibrary();
    const result = await load(library, book.join('\n'));
    // Cleared, two levels, the ask at the bid, its end.
    expect(result).toMatchObject({ dataKind: 'l2', format: 'tardis-csv', bars: 5, crossed: 1 });
    const series = findSeries(library.list(), { kind: 'l2', ...market });
    const report = await checkSeries(library, series, control);
    expect(report.outliers).toEqual([
      {
        kind: 'crossed',
        fromMs: startMs + 405,
        toMs: startMs + 405,
        bars: 1,
        detail: 'row 4: best bid 100 is not below best ask 100',
      },
    ]);
    expect(() => candleSeries(series)).toThrow('order books have nothing to repair');
    await library.remove(series);
    expect(library.list()).toEqual([]);
    await expect(library.remove(series)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('a later recording follows with an empty book; one of the same time is refused', async () => {
    const library = newLibrary();
    await load(library, book.join('\n'));
    const later = [bookHead, level(9_000, false, 'bid', '99.5', '2')];
    const result = await load(library, later.join('\n'));
    expect([result.bars, result.storedBars]).toEqual([1, 7]);
    expect(rowsOf(await library.l2.read(market)).slice(5)).toEqual([
      [9.005, 6, 0, 0],
      [9.005, 0, 199, 2],
    ]);
    const other = [bookHead, level(450, false, 'bid', '99', '2')];
    await expect(load(library, other.join('\n'), { duplicates: 'keep-last' })).rejects.toMatchObject({
      message: expect.stringContaining('overlaps what is stored'),
    });
    expect(library.l2.info(market)?.rows).toBe(7);
  });

  it.each([
    [
      'time that runs back',
      [...book, level(100, false, 'bid', '99', '1')],
      /line 6.*time runs back by 400 ms/,
    ],
    ['a price of zero', [...book, level(600, false, 'bid', '0', '1')], /line 6.*price 0 is not above zero/],
    ['a negative price', [...book, level(600, false, 'bid', '-1', '1')], /line 6/],
    ['a price that is none', [...book, level(600, false, 'bid', 'NaN', '1')], /line 6/],
    [
      'a missing column',
      book.map((row) => row.split(',').slice(0, 7).join(',')),
      /lacks the column "amount"/,
    ],
    ['a short row', [...book, 'deribit,BTC,1'], /line 6: 3 columns, but the header has 8/],
  ])('%s is refused with its line, and nothing is stored or left behind', async (_name, rows, message) => {
    const library = newLibrary();
    await expect(load(library, rows.join('\n'))).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(message),
    });
    expect(library.list()).toEqual([]);
    expect(readdirSync(join(library.folder, 'parts'))).toEqual([]);
  });

  it('a truncated gzip is refused whole', async () => {
    const library = newLibrary();
    const rows = Array.from({ length: 5_000 }, (_, row) =>
      level(600 + row, false, 'bid', `${90 + (row % 7)}`, `${row}`),
    );
    const packed = gzipSync([...book, ...rows].join('\n'));
    await expect(load(library, packed.subarray(0, packed.length - 40))).rejects.toMatchObject({
      code: 'bad-input',
    });
    expect(library.list()).toEqual([]);
  });

  it('damage is part of a check', async () => {
    const library = newLibrary();
    await load(library, book.join('\n'));
    const path = library.l2.path(market);
    const bytes = (await import('node:fs')).readFileSync(path);
    bytes[4100] = (bytes[4100] as number) ^ 4;
    writeFileSync(path, bytes);
    const report = await checkSeries(library, { kind: 'l2', ...market, timeframeMs: 0 }, control);
    expect(report.damage).toEqual([expect.stringContaining('the check sum of exchange time is wrong')]);
  });
});

describe('real files (skipped where ../shared is absent)', () => {
  it.each([
    ['trades/binance_XRPETH_trades_2019.json.gz', 'trades', 'freqtrade-trades'],
    ['l2/tardis_bitmex_trades_XBTUSD.csv.gz', 'trades', 'tardis-trades'],
    ['l2/tardis_deribit_incremental_book_L2_BTC-PERPETUAL.csv.gz', 'l2', 'tardis-csv'],
    ['l2/tardis_binance-futures_book_snapshot_25_BTCUSDT.csv.gz', 'l2', 'tardis-csv'],
    ['l2/tardis_huobi-dm-swap_quotes_BTC-USD.csv.gz', 'l2', 'tardis-csv'],
    ['l2/bybit_xrpusdt_ob500.data.zip', 'l2', 'bybit-book'],
    ['l2/binance_usdm_btcusdt_20240808.gz', 'l2', 'binance-frames'],
    ['l2/binance_usdm_btcusdt_20240808.gz', 'trades', 'binance-frames'],
  ] as const)('%s as %s', async (name, kind, format) => {
    const path = sharedDataFile(name);
    if (path === undefined || !existsSync(path)) return;
    const library = newLibrary();
    const result = await importFile(library, { file: path, ...market, kind }, control, startMs);
    expect(result).toMatchObject({ dataKind: kind, format });
    const report = await checkSeries(library, { kind, ...market, timeframeMs: 0 }, control);
    expect(report).toMatchObject({ bars: result.bars, damage: [], crossed: 0 });
    // The book of a real venue keeps apart, and its streams run in order.
    expect([report.reversed, report.outlierCount]).toEqual([0, 0]);
  });
});
