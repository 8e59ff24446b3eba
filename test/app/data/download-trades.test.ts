/** Downloads of single trades from a venue on the loopback that answers as Binance does. */

import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadNative } from '../../../src/adapters/compute/native.ts';
import { kindAt, lotsAt, msAt } from '../../../src/adapters/tick-files/tick-columns.ts';
import { DataLibrary } from '../../../src/app/data/data-library.ts';
import { downloadTrades } from '../../../src/app/data/download-trades.ts';
import { JobCancelled, type JobControl } from '../../../src/app/jobs/job-runner.ts';
import { tickKinds } from '../../../src/shared/domain/tick-kinds.ts';
import { BinanceVenue, spotApi } from '../../adapters/venues/support/binance-venue.ts';
import type { LoopbackVenue } from '../../adapters/venues/support/loopback-venue.ts';

const startMs = Date.UTC(2024, 0, 1);
const root = mkdtempSync(join(tmpdir(), 'download-trades-'));
const market = { venue: 'binance', symbol: 'BTC/USDT' };
/** Three trades each second, the first of them at the start; a pause of three hours after the first thousand seconds. */
const venueTrades = Array.from({ length: 4_500 }, (_, index) => {
  const second = Math.floor(index / 3);
  const timeMs = startMs + (second < 1_000 ? second : second + 10_800) * 1_000;
  return {
    a: index,
    p: `${40_000 + index}.5`,
    q: '0.002',
    f: index,
    l: index,
    T: timeMs,
    m: index % 2 === 1,
  };
});
const endMs = (venueTrades.at(-1)?.T ?? 0) + 1;
const world = { nowMs: () => endMs + 5_000, rewriteUrl: (url: string) => venue.rewriteUrl(url) };
let venue: LoopbackVenue;
let pagesAsked: number[] = [];
/** Whether the venue tells its newest trades whatever is asked for. */
let isForgetful = false;

beforeAll(async () => {
  venue = (await BinanceVenue.listen()).server;
  venue.routes.set(`${spotApi}/aggTrades`, (query: URLSearchParams) => {
    const [fromMs, toMs] = [Number(query.get('startTime')), Number(query.get('endTime'))];
    pagesAsked.push((fromMs - startMs) / 1_000);
    const found = isForgetful
      ? venueTrades.slice(-500)
      : venueTrades.filter(({ T }) => T >= fromMs && T <= toMs).slice(0, Number(query.get('limit')));
    return { body: found };
  });
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

function newLibrary(): DataLibrary {
  return new DataLibrary(loadNative(), mkdtempSync(join(root, 'library-')));
}

function download(library: DataLibrary, fromMs: number, toMs = endMs, control: JobControl = quietControl()) {
  return downloadTrades(library, { venue: 'binance', symbols: ['BTC/USDT'], fromMs, toMs }, control, world);
}

/** Which trades of the venue's are stored, by the digits of their price. */
async function stored(library: DataLibrary): Promise<number[]> {
  const columns = await library.trades.read(market);
  if (columns === undefined) return [];
  return Array.from(columns.priceTicks, (ticks, row) => {
    const index = (ticks * columns.tick.mantissa) / 10 ** columns.tick.decimals - 40_000.5;
    const trade = venueTrades[index];
    expect([msAt(columns.receiveNs, row), kindAt(columns, row), lotsAt(columns, row)]).toEqual([
      trade?.T,
      index % 2 === 1 ? tickKinds.sellTrade : tickKinds.buyTrade,
      1,
    ]);
    return index;
  });
}

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, at) => from + at);

describe('downloading trades', () => {
  it('takes page after page without losing or repeating one of a split second, over a pause', async () => {
    const library = newLibrary();
    pagesAsked = [];
    const result = await download(library, startMs);
    expect(result.bars).toBe(4_500);
    expect(result.series).toMatchObject([{ dataKind: 'trades', bars: 4_500, from: startMs, added: 4_500 }]);
    expect(await stored(library)).toEqual(numbers(0, 4_500));
    // A page ends in the second of its 1,000th trade (333), which is asked for again.
    expect(pagesAsked.slice(0, 4)).toEqual([0, 333, 666, 999]);
    expect((await download(library, startMs)).bars).toBe(0);
  });

  it('goes on after a cancel, and extends what is stored at both ends without a hole', async () => {
    const library = newLibrary();
    const control = quietControl(() => control.cancel());
    await expect(download(library, startMs + 100_000, endMs, control)).rejects.toBeInstanceOf(JobCancelled);
    expect(await stored(library)).toEqual(numbers(300, 1_300));
    pagesAsked = [];
    expect((await download(library, startMs + 100_000, startMs + 900_000)).bars).toBe(1_400);
    // The 1,300th trade is of second 433.
    expect(pagesAsked[0]).toBe(433);
    expect((await download(library, startMs, startMs + 900_000)).bars).toBe(300);
    expect(await stored(library)).toEqual(numbers(0, 2_700));
  });

  it('what a program that was killed had gathered is stored first; a cut line is asked for again', async () => {
    const library = newLibrary();
    await download(library, startMs, startMs + 100_000);
    const part = join(library.folder, 'parts', 'binance', 'BTC%2FUSDT.behind.trades');
    expect(existsSync(part)).toBe(false);
    mkdirSync(dirname(part), { recursive: true });
    const line = ({ T, p, q, m }: (typeof venueTrades)[0]): string =>
      JSON.stringify([T, Number(p), Number(q), m ? 'sell' : 'buy']);
    const gathered = venueTrades.slice(300, 305).map(line).join('\n');
    appendFileSync(part, gathered.slice(0, -4));
    pagesAsked = [];
    expect((await download(library, startMs, startMs + 200_000)).bars).toBe(300);
    expect(await stored(library)).toEqual(numbers(0, 600));
    expect(pagesAsked[0]).toBe(101);
    expect(existsSync(part)).toBe(false);
  });

  it('a venue that leaves trades out is refused, and what was stored stays as it was', async () => {
    const library = newLibrary();
    await download(library, startMs, startMs + 100_000);
    isForgetful = true;
    await expect(download(library, startMs)).rejects.toMatchObject({
      code: 'venue',
      message: expect.stringContaining('does not give the trades since 2024-01-01T00:01:39.000Z again'),
    });
    isForgetful = false;
    expect(await stored(library)).toEqual(numbers(0, 300));
  });

  it('names an instrument that the venue does not have', async () => {
    const request = { venue: 'binance', symbols: ['BTC/NONE'], fromMs: startMs };
    await expect(downloadTrades(newLibrary(), request, quietControl(), world)).rejects.toMatchObject({
      code: 'not-found',
      field: 'instrument',
    });
  });
});
