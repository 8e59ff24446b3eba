/** Downloads from a venue on the loopback that answers as Binance does. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import { DataLibrary } from '../../../src/app/data/data-library.ts';
import { type DownloadRequest, downloadCandles, rangeFetcher } from '../../../src/app/data/download.ts';
import { repairSeries } from '../../../src/app/data/repair.ts';
import { JobCancelled, type JobControl } from '../../../src/app/jobs/job-runner.ts';
import { BinanceVenue, futuresApi, spotApi } from '../../adapters/venues/support/binance-venue.ts';
import type { LoopbackVenue } from '../../adapters/venues/support/loopback-venue.ts';

const hourMs = 3_600_000;
const startMs = Date.UTC(2024, 0, 1);
const root = mkdtempSync(join(tmpdir(), 'data-download-'));
const series = { kind: 'candles', venue: 'binance', symbol: 'BTC/USDT', timeframeMs: hourMs } as const;
let venue: LoopbackVenue;
let nowMs = startMs + 2_500 * hourMs + 1;
/** Hours the venue lacks. */
const holes = new Set<number>();
const pagesAsked: number[] = [];

beforeAll(async () => {
  venue = (await BinanceVenue.listen()).server;
  const klines = (query: URLSearchParams) => {
    const fromMs = Number(query.get('startTime'));
    pagesAsked.push((fromMs - startMs) / hourMs);
    const rows: unknown[] = [];
    for (
      let hour = Math.ceil((fromMs - startMs) / hourMs);
      rows.length < Number(query.get('limit'));
      hour += 1
    ) {
      const timeMs = startMs + hour * hourMs;
      if (timeMs > nowMs) break;
      if (holes.has(hour)) continue;
      const price = 40_000 + hour;
      rows.push([
        timeMs,
        `${price}`,
        `${price + 5}`,
        `${price - 5}`,
        `${price + 1}`,
        '3',
        timeMs + hourMs - 1,
        '1',
        9,
        '1',
        '1',
        '0',
      ]);
    }
    return { body: rows };
  };
  venue.routes.set(`${spotApi}/klines`, klines);
  venue.routes.set(`${futuresApi}/klines`, klines);
});
afterAll(async () => {
  await venue.close();
  rmSync(root, { recursive: true, force: true });
});

function quietControl(onProgress: () => void = () => undefined): JobControl & { cancel(): void } {
  let isCancelled = false;
  const stops: (() => void)[] = [];
  return {
    isCancelled: () => isCancelled,
    progress: onProgress,
    onCancel: (stop) => stops.push(stop),
    cancel: () => {
      isCancelled = true;
      for (const stop of stops) stop();
    },
  };
}
const world = { nowMs: () => nowMs, rewriteUrl: (url: string) => venue.rewriteUrl(url) };
const request: DownloadRequest = {
  venue: 'binance',
  symbols: ['BTC/USDT'],
  timeframesMs: [hourMs],
  fromMs: startMs + 500 * hourMs,
};

describe('downloading', () => {
  it.each([
    ['BTC/USDT', ['/api.binance.com']],
    ['BTC/USDT:USDT', ['/fapi.binance.com']],
  ])('%s asks only the host that has it', async (symbol, hosts) => {
    const library = new DataLibrary(loadNative(), mkdtempSync(join(root, 'library-')));
    venue.requests.length = 0;
    const once = { ...request, symbols: [symbol], fromMs: nowMs - 3 * hourMs };
    await downloadCandles(library, once, quietControl(), world);
    const asked = venue.requests.map((path) => /^(?:GET )?(\/[^/]+)/.exec(path)?.[1]);
    expect(new Set(asked)).toEqual(new Set(hosts));
  });

  it('takes page after page, goes on after a cancel, extends both ends and marks the open candle', async () => {
    const library = new DataLibrary(loadNative(), mkdtempSync(join(root, 'library-')));
    const control = quietControl(() => control.cancel());
    await expect(downloadCandles(library, request, control, world)).rejects.toBeInstanceOf(JobCancelled);
    expect(library.candles.info(series)?.rows).toBe(1_000);

    pagesAsked.length = 0;
    const rest = await downloadCandles(library, request, quietControl(), world);
    expect(rest.bars).toBe(1_001);
    expect(pagesAsked).toEqual([1_500, 2_500]);
    const whole = library.candles.read(series);
    expect([whole.openTimeMs[0], whole.openTimeMs.at(-1)]).toEqual([
      startMs + 500 * hourMs,
      startMs + 2_500 * hourMs,
    ]);
    expect(library.candles.info(series)?.lastIsProvisional).toBe(true);
    expect(library.loadSeries(series).columns.close.at(-1)).toBe(42_500);

    nowMs += hourMs;
    const earlier = await downloadCandles(library, { ...request, fromMs: startMs }, quietControl(), world);
    expect(earlier.bars).toBe(501);
    const { openTimeMs, close } = library.candles.read(series);
    expect([openTimeMs.length, close[0], close[499], close[500], close.at(-1)]).toEqual([
      2_502, 40_001, 40_500, 40_501, 42_502,
    ]);
    await library.close();
  });

  it('fills gaps from the venue when repairing', async () => {
    const library = new DataLibrary(loadNative(), mkdtempSync(join(root, 'library-')));
    for (const hour of [510, 511]) holes.add(hour);
    const short = { ...request, toMs: startMs + 520 * hourMs };
    await downloadCandles(library, short, quietControl(), world);
    expect(library.candles.info(series)?.rows).toBe(18);
    holes.clear();
    const control = quietControl();
    const context = { control, nowMs, fetchRange: rangeFetcher(control, world) };
    const result = await repairSeries(library, series, { gaps: 'download', outliers: 'keep' }, context);
    expect([result.downloadedBars, result.missing, result.bars]).toEqual([2, 0, 20]);
    expect(library.candles.read(series).close[10]).toBe(40_511);
    await library.close();
  });

  it('names an instrument and a timeframe that the venue does not have', async () => {
    const library = new DataLibrary(loadNative(), mkdtempSync(join(root, 'library-')));
    const none = downloadCandles(library, { ...request, symbols: ['BTC/NONE'] }, quietControl(), world);
    await expect(none).rejects.toMatchObject({ code: 'not-found', field: 'instrument' });
    const odd = downloadCandles(library, { ...request, timeframesMs: [7 * 60_000] }, quietControl(), world);
    await expect(odd).rejects.toMatchObject({ code: 'not-found', field: 'timeframe' });
    expect(library.list()).toEqual([]);
    await library.close();
  });
});
