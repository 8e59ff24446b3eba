/** What an import refuses before it stores anything: a timeframe that is not the file's, names that nobody would find. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import { DataLibrary } from '../../../src/app/data/data-library.ts';
import { type ImportRequest, importFile } from '../../../src/app/data/import-file.ts';
import { findSeries } from '../../../src/app/data/series.ts';

const control = { isCancelled: () => false, progress: () => undefined, onCancel: () => undefined };
const startMs = Date.UTC(2024, 0, 1);
const minuteMs = 60_000;
const root = mkdtempSync(join(tmpdir(), 'import-names-'));
const path = join(root, 'candles.csv');
let library: DataLibrary;
beforeEach(() => {
  library = new DataLibrary(loadNative(), mkdtempSync(join(root, 'data-')));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Imports candles that open at these minutes. */
function load(minutes: readonly number[], more: Partial<ImportRequest> = {}) {
  const rows = minutes.map((minute) => `${startMs + minute * minuteMs},1,2,0.5,1,3`);
  writeFileSync(path, ['timestamp,open,high,low,close,volume', ...rows].join('\n'));
  const request = { file: path, venue: 'binance', symbol: 'BTC/USDT', ...more };
  return importFile(library, request, control, startMs + 1e12);
}

describe('the timeframe', () => {
  const hours = [0, 60, 120, 180, 240];

  it('must be that of the file', async () => {
    await expect(load(hours, { timeframeMs: 5 * minuteMs })).rejects.toMatchObject({
      code: 'bad-input',
      field: 'timeframe',
      message: 'timeframe: most candles of the file lie 1h apart, not 5m',
      hint: expect.stringMatching(/--timeframe 1h.*--sparse/),
    });
    await expect(load(hours, { timeframeMs: 240 * minuteMs })).rejects.toMatchObject({
      message: 'timeframe: most candles of the file lie 1h apart, not 4h',
      hint: 'Leave it out, or say --timeframe 1h.',
    });
    expect(library.list()).toEqual([]);
    expect(await load(hours, { timeframeMs: 60 * minuteMs })).toMatchObject({ timeframe: '1h', missing: 0 });
  });

  it('may be shorter where the request says that the file is sparse', async () => {
    const result = await load([0, 10, 20, 35], { timeframeMs: 5 * minuteMs, sparse: true });
    expect(result).toMatchObject({ timeframe: '5m', bars: 4, missing: 4 });
    const wrong = load(hours, { timeframeMs: 7 * minuteMs, sparse: true });
    await expect(wrong).rejects.toMatchObject({ field: 'timeframe' });
  });

  it('is not read off one row that stands between the others', async () => {
    const stray = [0, 60, 65, 120, 180, 240];
    await expect(load(stray)).rejects.toMatchObject({
      message: 'timeframe: most candles of the file lie 1h apart, but some only 5m',
    });
    await expect(load(stray, { timeframeMs: 60 * minuteMs })).rejects.toMatchObject({
      message: expect.stringContaining('candle 3 opens at 2024-01-01T01:05:00.000Z'),
    });
    expect(library.list()).toEqual([]);
  });

  it('of candles joined from trades is what was asked for, however far apart they lie', async () => {
    writeFileSync(path, ['time,price,amount', `${startMs},1,1`, `${startMs + 10 * minuteMs},2,1`].join('\n'));
    const request = { file: path, venue: 'binance', symbol: 'BTC/USDT', timeframeMs: minuteMs };
    expect(await importFile(library, request, control, startMs + 1e12)).toMatchObject({
      timeframe: '1m',
      bars: 2,
      missing: 9,
    });
  });
});

describe('names', () => {
  it.each(['../evil', 'Binance', 'a b', '', '-x', 'x'.repeat(42)])('refuses the venue %j', async (venue) => {
    await expect(load([0, 1], { venue })).rejects.toMatchObject({
      code: 'bad-input',
      field: 'venue',
      message: `venue: ${JSON.stringify(venue)} is no name of a venue`,
    });
    expect(library.list()).toEqual([]);
  });

  it('refuses a market that is not written as CCXT does, and says how', async () => {
    await expect(load([0, 1], { symbol: 'btcusdt' })).rejects.toMatchObject({
      code: 'bad-input',
      field: 'instrument',
      message: 'instrument: "btcusdt" does not name a market as CCXT does',
      hint: expect.stringContaining('Did you mean BTC/USDT?'),
    });
    await expect(load([0, 1], { symbol: '../../x', kind: 'trades' })).rejects.toMatchObject({
      field: 'instrument',
      hint: 'Spot is BTC/USDT, a perpetual BTC/USDT:USDT.',
    });
    expect(library.list()).toEqual([]);
  });

  it('asks whether a stored market was meant that is written otherwise', async () => {
    await load([0, 1]);
    expect(() =>
      findSeries(library.list(), { kind: 'candles', venue: 'binance', symbol: 'btcusdt' }),
    ).toThrow(
      expect.objectContaining({
        code: 'not-found',
        hint: expect.stringMatching(/^Did you mean BTC\/USDT\? /),
      }),
    );
    const wanted = { venue: 'binance', symbol: 'BTC-USDT', timeframeMs: minuteMs };
    expect(() => library.loadSeries(wanted)).toThrow(
      expect.objectContaining({ hint: expect.stringMatching(/^Did you mean BTC\/USDT\? /) }),
    );
  });
});
