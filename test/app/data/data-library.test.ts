import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import { checkSeries } from '../../../src/app/data/check.ts';
import { DataLibrary } from '../../../src/app/data/data-library.ts';
import { type ImportRequest, importFile } from '../../../src/app/data/import-file.ts';
import { repairSeries, undoRepair } from '../../../src/app/data/repair.ts';
import type { JobControl } from '../../../src/app/jobs/job-runner.ts';
import { sharedDataFile } from '../../adapters/venues/support/shared-data.ts';

const control: JobControl = {
  isCancelled: () => false,
  progress: () => undefined,
  onCancel: () => undefined,
};
const startMs = Date.UTC(2024, 0, 1);
const minuteMs = 60_000;
const laterMs = Date.UTC(2025, 0, 1);
const root = mkdtempSync(join(tmpdir(), 'data-library-'));
const libraries: DataLibrary[] = [];
afterAll(async () => {
  for (const library of libraries) await library.close();
  rmSync(root, { recursive: true, force: true });
});

function newLibrary(): DataLibrary {
  const library = new DataLibrary(loadNative(), mkdtempSync(join(root, 'data-')));
  libraries.push(library);
  return library;
}

let fileNumber = 0;
function file(content: string | Buffer): string {
  fileNumber += 1;
  const path = join(root, `${fileNumber}.data`);
  writeFileSync(path, content);
  return path;
}

/** Minutes of 2024 with these closes; undefined is a hole. */
function minutes(closes: readonly (number | undefined)[]): string {
  const rows = closes.flatMap((close, minute) =>
    close === undefined
      ? []
      : [`${startMs + minute * minuteMs},${close},${close + 1},${close - 1},${close},2`],
  );
  return ['timestamp,open,high,low,close,volume', ...rows].join('\n');
}

function load(library: DataLibrary, content: string | Buffer, more: Partial<ImportRequest> = {}) {
  const request = { file: file(content), venue: 'binance', symbol: 'BTC/USDT', ...more };
  return importFile(library, request, control, laterMs);
}

const series = { kind: 'candles', venue: 'binance', symbol: 'BTC/USDT', timeframeMs: minuteMs } as const;

describe('importing', () => {
  it('stores what it read and reports gaps', async () => {
    const library = newLibrary();
    const result = await load(library, gzipSync(minutes([100, 101, undefined, undefined, 104, 105])));
    expect(result).toMatchObject({
      format: 'csv',
      timeframe: '1m',
      bars: 4,
      from: startMs,
      to: startMs + 5 * minuteMs,
      gaps: [{ fromMs: startMs + 2 * minuteMs, toMs: startMs + 3 * minuteMs, missing: 2 }],
      missing: 2,
      duplicates: 0,
      provisional: false,
    });
    expect([...library.candles.read(series).close]).toEqual([100, 101, 104, 105]);
  });

  it('changes nothing when a line is bad, and names it', async () => {
    const library = newLibrary();
    await load(library, minutes([100, 101]));
    const bad = minutes([100, 101, 102, 103]).replace('103,2', 'NaN,2');
    await expect(load(library, bad)).rejects.toMatchObject({
      code: 'bad-input',
      field: 'file',
      message: expect.stringMatching(/line 5.*"close"/),
    });
    expect(library.candles.info(series)?.rows).toBe(2);
  });

  it('puts a later file behind, and one that overlaps with the same rows around what was stored', async () => {
    const library = newLibrary();
    await load(library, minutes([undefined, 101, 102]));
    const result = await load(library, minutes([100, 101, undefined, 103]));
    expect([...library.candles.read(series).close]).toEqual([100, 101, 102, 103]);
    expect([result.bars, result.storedBars]).toEqual([3, 4]);
  });

  it('refuses a file that differs from stored candles, with nothing changed, unless it is to replace them', async () => {
    const library = newLibrary();
    await load(library, minutes([100, 101, 102]));
    const other = minutes([undefined, 101, 202, 203]);
    for (const duplicates of ['refuse', 'keep-last'] as const) {
      await expect(load(library, other, { duplicates })).rejects.toMatchObject({
        code: 'bad-input',
        field: 'file',
        message:
          'file: 1 of the 2 candles that are stored already differ from the new rows, the first at ' +
          '2024-01-01T00:02:00.000Z: close 102 stored, 202 in the new rows; nothing was changed',
        hint: expect.stringMatching(/another instrument.*--replace/),
      });
    }
    expect([...library.candles.read(series).close]).toEqual([100, 101, 102]);
    await load(library, other, { replace: true });
    expect([...library.candles.read(series).close]).toEqual([100, 101, 202, 203]);
  });

  it('tells what differs where the closes are equal', async () => {
    const library = newLibrary();
    await load(library, minutes([100, 101]));
    await expect(load(library, minutes([100, 101]).replace('100,2', '100,3'))).rejects.toMatchObject({
      message: expect.stringContaining(
        'close 100 stored, 100 in the new rows; volume 2 stored, 3 in the new rows',
      ),
    });
  });

  it('refuses funding rates that differ in the same way', async () => {
    const library = newLibrary();
    const rates = (rate: number) =>
      `timestamp,funding_rate\n${startMs},${rate}\n${startMs + 28_800_000},0.0002`;
    await load(library, rates(0.0001));
    await load(library, rates(0.0001));
    await expect(load(library, rates(0.0003))).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/1 funding rates .*00:00:00.000Z: 0.0001 stored, 0.0003 in the new/),
    });
    expect([...library.loadFunding('binance', 'BTC/USDT').rate]).toEqual([0.0001, 0.0002]);
    await load(library, rates(0.0003), { replace: true });
    expect([...library.loadFunding('binance', 'BTC/USDT').rate]).toEqual([0.0003, 0.0002]);
  });

  it('a candle that is not over yet is provisional, and replaced by the next import', async () => {
    const library = newLibrary();
    const request = { file: file(minutes([100, 101])), venue: 'binance', symbol: 'BTC/USDT' };
    const result = await importFile(library, request, control, startMs + 1.5 * minuteMs);
    expect(result.provisional).toBe(true);
    expect([...library.loadSeries(series).columns.close]).toEqual([100]);
    expect([...library.loadSeries({ ...series, withProvisional: true }).columns.close]).toEqual([100, 101]);
    await load(library, minutes([undefined, undefined, 102]), { timeframeMs: minuteMs });
    expect([...library.loadSeries(series).columns.close]).toEqual([100, 101, 102]);
    const again = newLibrary();
    await importFile(again, request, control, startMs + 1.5 * minuteMs);
    await load(again, minutes([100, 111, 112]));
    expect([...again.loadSeries(series).columns.close]).toEqual([100, 111, 112]);
  });

  it.each([
    ['lists of CCXT', JSON.stringify([[startMs, 1, 3, 0.5, 2, 7]]), 'json', '1m'],
    [
      'objects',
      JSON.stringify({ data: [{ time: startMs, open: '1', high: 3, low: 0.5, close: 2, volume: 7 }] }),
      'json',
      '1m',
    ],
    ['Binance klines without a header', `${startMs},1,3,0.5,2,7,${startMs + 59_999},14,5,3,6,0`, 'csv', '1m'],
    [
      'trades of Tardis',
      [
        'exchange,symbol,timestamp,local_timestamp,id,side,price,amount',
        `binance,BTCUSDT,${startMs + 1}000,${startMs + 5}000,a,buy,1,2`,
        `binance,BTCUSDT,${startMs + 2}000,${startMs + 5}000,b,buy,3,1`,
        `binance,BTCUSDT,${startMs + 2}000,${startMs + 5}000,b,buy,3,1`,
        `binance,BTCUSDT,${startMs + 3}000,${startMs + 6}000,c,sell,0.5,1`,
        `binance,BTCUSDT,${startMs + 4}000,${startMs + 6}000,d,sell,2,3`,
      ].join('\n'),
      'tardis-trades',
      undefined,
    ],
    [
      'trades of Bybit',
      [
        'timestamp,symbol,side,size,price,tickDirection,trdMatchID,grossValue',
        `${startMs / 1000}.1,BTCUSDT,Buy,2,1,PlusTick,x1,1`,
        `${startMs / 1000}.2,BTCUSDT,Buy,1,3,PlusTick,x2,1`,
        `${startMs / 1000}.3,BTCUSDT,Buy,1,0.5,PlusTick,x3,1`,
        `${startMs / 1000}.4,BTCUSDT,Buy,3,2,PlusTick,x4,1`,
      ].join('\n'),
      'bybit-trades',
      undefined,
    ],
    [
      'trades of freqtrade',
      JSON.stringify([
        [startMs, '1', null, 'sell', 1, 2, 2],
        [startMs + 1, '2', null, 'sell', 3, 1, 3],
        [startMs + 2, '3', null, 'buy', 0.5, 1, 0.5],
        [startMs + 3, '4', null, 'buy', 2, 3, 6],
      ]),
      'freqtrade-trades',
      undefined,
    ],
  ])('reads %s', async (_name, content, format, timeframe) => {
    const library = newLibrary();
    const asked = timeframe === undefined ? {} : { timeframeMs: minuteMs };
    const result = await load(library, content, asked);
    expect(result.format).toBe(format);
    const { open, high, low, close, volume } = library.candles.read(series);
    expect([open[0], high[0], low[0], close[0], volume[0]]).toEqual([1, 3, 0.5, 2, 7]);
  });

  it('refuses trades that go back, unless they are to be sorted', async () => {
    const trades = ['time,price,amount', `${startMs + minuteMs},2,1`, `${startMs},1,1`].join('\n');
    await expect(load(newLibrary(), trades)).rejects.toMatchObject({
      message: expect.stringContaining('line 3'),
    });
    const library = newLibrary();
    await load(library, trades, { sort: true });
    expect([...library.candles.read(series).close]).toEqual([1, 2]);
  });

  it('keeps marks and funding rates apart from candles', async () => {
    const library = newLibrary();
    const marks = await load(
      library,
      `timestamp,open,high,low,close\n${startMs},1,3,0.5,2\n${startMs + minuteMs},2,2,2,2`,
    );
    const funding = await load(
      library,
      `timestamp,funding_rate\n${startMs},0.0001\n${startMs + 28_800_000},-0.0002`,
    );
    expect([marks.dataKind, funding.dataKind, library.candles.list()]).toEqual(['marks', 'funding', []]);
    expect([...library.loadSeries({ ...series, kind: 'marks' }).columns.close]).toEqual([2, 2]);
    expect([...library.loadFunding('binance', 'BTC/USDT').rate]).toEqual([0.0001, -0.0002]);
    expect([...library.loadFunding('binance', 'BTC/USDT', startMs + 1).timeMs]).toEqual([
      startMs + 28_800_000,
    ]);
    await expect(load(library, 'timestamp,funding_rate\n1704067200000,1.5')).rejects.toMatchObject({
      message: expect.stringContaining('line 2'),
    });
  });

  it('refuses what it does not know, and a timeframe that does not fit', async () => {
    const library = newLibrary();
    await expect(load(library, 'hello world')).rejects.toMatchObject({ code: 'bad-input', field: 'file' });
    await expect(load(library, minutes([100, 101]), { timeframeMs: 45_000 })).rejects.toMatchObject({
      field: 'timeframe',
    });
    await expect(load(library, minutes([100]))).rejects.toMatchObject({ field: 'timeframe' });
    expect(library.list()).toEqual([]);
  });
});

describe('reading at another timeframe', () => {
  it('joins without looking ahead, the same in any range', async () => {
    const library = newLibrary();
    await load(library, minutes(Array.from({ length: 14 }, (_, minute) => 100 + minute)));
    const fiveMs = 5 * minuteMs;
    const all = library.loadSeries({ ...series, timeframeMs: fiveMs });
    expect([...all.columns.close]).toEqual([104, 109]);
    expect([...all.columns.open]).toEqual([100, 105]);
    expect([...all.columns.volume]).toEqual([10, 10]);
    const withOpen = library.loadSeries({ ...series, timeframeMs: fiveMs, withProvisional: true });
    expect([[...withOpen.columns.close], withOpen.lastIsProvisional]).toEqual([[104, 109, 113], true]);
    const part = library.loadSeries({
      ...series,
      timeframeMs: fiveMs,
      fromMs: startMs + 1,
      toMs: startMs + 6 * minuteMs,
    });
    expect([...part.columns.close]).toEqual([109]);
    expect(() => library.loadSeries({ ...series, timeframeMs: 90_000 })).toThrow(/no binance BTC\/USDT/);
  });
});

describe('checking and repairing', () => {
  const calm = Array.from({ length: 40 }, (_, minute) => 100 + (minute % 3) / 10);

  it('finds a spike and a run without volume, and nothing in calm prices', async () => {
    const library = newLibrary();
    const quiet = minutes(calm)
      .split('\n')
      .map((row, index) => (index > 20 && index < 34 ? row.replace(/,2$/, ',0') : row));
    quiet[10] = quiet[10]?.replace(/^(\d+),.*/, '$1,100,150,99,100,2') ?? '';
    const result = await load(library, quiet.join('\n'));
    expect(
      result.outliers.map(({ kind, fromMs, bars }) => [kind, (fromMs - startMs) / minuteMs, bars]),
    ).toEqual([
      ['spike', 9, 1],
      ['no-volume', 20, 13],
    ]);
    expect((await load(newLibrary(), minutes(calm))).outliers).toEqual([]);
  });

  it('fills gaps, drops spikes, and undoes both', async () => {
    const library = newLibrary();
    const closes: (number | undefined)[] = [...calm];
    closes[5] = undefined;
    closes[6] = undefined;
    closes[20] = 300;
    await load(library, minutes(closes));
    const before = [...library.candles.read(series).close];
    const fetchRange = () => Promise.reject(new Error('not asked for'));
    const context = { control, nowMs: laterMs, fetchRange };
    const result = await repairSeries(library, series, { gaps: 'fill', outliers: 'drop' }, context);
    expect([result.filledBars, result.droppedBars, result.missing, result.canUndo]).toEqual([3, 1, 0, true]);
    const { close, volume } = library.candles.read(series);
    // The dropped spike left a hole, which is filled as the others are.
    expect([close[5], close[6], close[20], volume[5], volume[20]]).toEqual([100.1, 100.1, 100.1, 0, 0]);
    const undone = await undoRepair(library, series, control);
    expect([[...library.candles.read(series).close], undone.canUndo]).toEqual([before, false]);
    await expect(undoRepair(library, series, control)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('tells damage of the file', async () => {
    const library = newLibrary();
    await load(library, minutes(calm));
    await library.close();
    const folder = join(library.storeFolder('candles'), 'binance');
    const path = join(folder, readdirSync(folder)[0] as string);
    const bytes = readFileSync(path);
    const price = Buffer.from(Float64Array.of(100.2).buffer);
    const at = bytes.indexOf(price);
    expect(at).toBeGreaterThan(0);
    bytes[at] = (bytes[at] as number) ^ 0xff;
    writeFileSync(path, bytes);
    const report = await checkSeries(library, series, control);
    expect(report.damage.length).toBeGreaterThan(0);
  });

  it('keeps the blocks around the damage, names the file that keeps the original, and puts it back', async () => {
    const library = newLibrary();
    await load(library, minutes(Array.from({ length: 3000 }, (_, minute) => 100 + (minute % 7) / 10)));
    await library.close();
    const folder = join(library.storeFolder('candles'), 'binance');
    const path = join(folder, readdirSync(folder)[0] as string);
    const bytes = readFileSync(path);
    // Data begin at 12288; a block is six columns of 1024 rows and 32 bytes of check sums. Row 1124 is in the second.
    const at = 12_288 + (6 * 8 * 1024 + 32) + 8192 + 100 * 8;
    for (let byte = at; byte < at + 4; byte += 1) bytes[byte] = (bytes[byte] as number) ^ 0xff;
    writeFileSync(path, bytes);
    const context = { control, nowMs: laterMs, fetchRange: () => Promise.reject(new Error('not asked for')) };
    const result = await repairSeries(library, series, { gaps: 'keep', outliers: 'keep' }, context);
    expect(result).toMatchObject({
      bars: 1976,
      lostBars: 1024,
      missing: 1024,
      damage: [],
      canUndo: true,
      damagedFile: `${path}.damaged`,
    });
    expect(result.notes.join(' ')).toContain(`kept as ${path}.damaged: data repair with --undo puts it back`);
    expect(readFileSync(`${path}.damaged`).equals(bytes)).toBe(true);
    const undone = await undoRepair(library, series, control);
    expect([undone.damage.length > 0, undone.canUndo]).toEqual([true, false]);
    expect(readFileSync(path).equals(bytes)).toBe(true);
    await expect(undoRepair(library, series, control)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('shared market data', () => {
  it.each([
    ['perp/binance_usdm_BTCUSDT_perp_5m_2023-01_2024-05.csv.gz', 'csv', '5m', 143_900, 0, 'BTC/USDT'],
    [
      'cross-exchange/kraken_spot_BTCUSDC_1m_2023-01-01_03-10.csv.gz',
      'csv',
      '1m',
      41_327,
      58_033,
      'BTC/USDT',
    ],
    ['perp/binance_usdm_BTCUSDT_mark_1h_2022-2024.csv.gz', 'marks-csv', '1h', 26_304, 0, 'BTC/USDT'],
    ['perp/binance_usdm_XRPUSDT_funding_8h_2020-2024.csv.gz', 'funding-csv', '', 5_465, 0, 'BTC/USDT'],
    ['ohlcv/lean_coinbase_minute_2018-04-04_05.tar.gz', 'lean', '1m', 2_447, 433, 'BTC/USD'],
    ['trades/binance_XRPETH_trades_2019.json.gz', 'freqtrade-trades', '1m', 2_469, 1_091, 'BTC/USDT'],
    ['l2/tardis_bitmex_trades_XBTUSD.csv.gz', 'tardis-trades', '1m', 1, 0, 'BTC/USDT'],
  ])('imports %s', async (name, format, timeframe, bars, missing, symbol) => {
    const path = sharedDataFile(name);
    if (path === undefined) return;
    const result = await importFile(newLibrary(), { file: path, venue: 'binance', symbol }, control, laterMs);
    expect([result.format, result.timeframe, result.bars, result.missing]).toEqual([
      format,
      timeframe,
      bars,
      missing,
    ]);
  });
});
