import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CandleReplay } from '../../../../src/adapters/venues/replay/candle-replay.ts';
import { venueId } from '../../../../src/shared/domain/nominal.ts';
import type { CandleEvent } from '../../../../src/shared/events/market.ts';

const venue = venueId('binance');
const hourMs = 3_600_000;
const startMs = 1_704_067_200_000;
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'candle-replay-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function candles(name: string, times: readonly number[]): string {
  const path = join(folder, name);
  writeFileSync(
    path,
    `timestamp,open,high,low,close,volume\n${times.map((time) => `${time},10.5,12,9.25,11,3.5`).join('\n')}`,
  );
  return path;
}

describe('candle replay', () => {
  it('tells every candle when it closes, two series on one clock', async () => {
    const replay = await CandleReplay.open([
      { path: candles('h', [startMs, startMs + hourMs]), venue, symbol: 'BTC/USDT' },
      {
        path: candles('m', [startMs, startMs + hourMs / 2, startMs + hourMs]),
        venue,
        symbol: 'ETH/USDT:USDT',
      },
    ]);
    const seen: [number, string, number][] = [];
    while (replay.nextTimeMs() !== Number.POSITIVE_INFINITY) {
      const nowMs = replay.nextTimeMs();
      replay.step((event) => {
        const candle = event as CandleEvent;
        expect(candle).toMatchObject({ kind: 'candle', final: true, receiveTimeMs: nowMs });
        seen.push([nowMs - startMs, candle.instrument, candle.candle.openTimeMs - startMs]);
      });
    }
    expect(seen).toEqual([
      [hourMs / 2, 'binance:ETH/USDT:USDT', 0],
      [hourMs, 'binance:BTC/USDT', 0],
      [hourMs, 'binance:ETH/USDT:USDT', hourMs / 2],
      [1.5 * hourMs, 'binance:ETH/USDT:USDT', hourMs],
      [2 * hourMs, 'binance:BTC/USDT', hourMs],
    ]);
    expect(replay.emitted).toBe(5);
  });

  it('infers rules from the decimals and kind from the symbol', async () => {
    const replay = await CandleReplay.open([
      { path: candles('p', [startMs, startMs + hourMs]), venue, symbol: 'ETH/USDT:USDT' },
    ]);
    const series = replay.series[0];
    expect([
      String(series?.instrument.tickSize),
      String(series?.instrument.lotSize),
      series?.instrument.kind,
    ]).toEqual(['0.01', '0.1', 'perpetual']);
    expect(series?.notes[0]).toMatch(/inferred/);
  });

  it.each([
    ['one candle and no timeframe', { symbol: 'BTC/USDT' }, [startMs], 'empty'],
    [
      'a timeframe longer than the distances',
      { symbol: 'BTC/USDT', timeframeMs: 4 * hourMs },
      [startMs, startMs + hourMs],
      'inconsistent-candle',
    ],
    ['a symbol that is none', { symbol: 'BTCUSDT' }, [startMs, startMs + hourMs], 'no-instrument'],
  ] as const)('refuses %s', async (name, options, times, code) => {
    await expect(
      CandleReplay.open([{ path: candles(name, times), venue, ...options }]),
    ).rejects.toMatchObject({ code });
  });
});
