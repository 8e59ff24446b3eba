/** Candles from before the world began, and how they join those it lived. */

import { describe, expect, it } from 'vitest';
import { joinMinutes, MinuteColumns } from '../../../../src/engine/simulation/generator/history.ts';
import { demoWorldConfig, SimulatedWorld } from '../../../../src/engine/simulation/world.ts';
import type { Candle } from '../../../../src/shared/domain/candle.ts';
import { epochMs, instrumentId } from '../../../../src/shared/domain/nominal.ts';

const minute = 60_000;
const startMs = epochMs(1_760_000_012_345);
const endMs = Math.floor(startMs / minute) * minute;
const bitcoin = instrumentId('sim-a', 'BTC/USDT');

const fresh = () => new SimulatedWorld(demoWorldConfig('history', startMs));

function expectSound(candles: readonly Candle[], timeframeMs: number): void {
  candles.forEach((candle, index) => {
    const { open, high, low, close, volume, openTimeMs } = candle;
    if (low > Math.min(open, close) || high < Math.max(open, close) || !(low > 0) || !(volume >= 0)) {
      throw new Error(`candle ${index} is not sound: ${JSON.stringify(candle)}`);
    }
    expect(openTimeMs % timeframeMs).toBe(0);
    const before = candles[index - 1];
    if (before !== undefined) expect(openTimeMs - before.openTimeMs).toBe(timeframeMs);
  });
}

describe('history', () => {
  it('gives sound minutes that end exactly at the start price', () => {
    const world = fresh();
    const candles = world.history(bitcoin, minute, 3000);
    expect(candles).toHaveLength(3000);
    expectSound(candles, minute);
    expect(candles.at(-1)?.openTimeMs).toBe(endMs - minute);
    let first: number | undefined;
    world.step((event) => {
      if (event.kind === 'quote' && event.instrument === bitcoin)
        first ??= (event.bidTicks + event.askTicks) / 2;
    });
    const startTicks = Math.round((candles.at(-1)?.close ?? 0) * 10);
    expect(Math.abs((first ?? 0) - startTicks)).toBeLessThan(startTicks * 1e-4);
    world.fastForward(epochMs(startMs + 2 * minute));
    const later = world.history(bitcoin, minute, 3);
    expect(later.map((candle) => candle.openTimeMs)).toEqual([endMs - minute, endMs, endMs + minute]);
    expect(later[1]?.open).toBe(later[0]?.close);
  });

  it('is the same every time, and asking for more only adds older bars', () => {
    const few = fresh().history(bitcoin, minute, 500);
    const world = fresh();
    const many = world.history(bitcoin, minute, 2500);
    expect(many.slice(-500)).toEqual(few);
    expect(world.history(bitcoin, minute, 500)).toEqual(few);
  });

  it.each([5, 15, 60, 240, 1440])('joins minutes to %i minutes, aligned and closed', (minutes) => {
    const world = fresh();
    const candles = world.history(bitcoin, minutes * minute, 50);
    expect(candles).toHaveLength(50);
    expectSound(candles, minutes * minute);
    const last = candles.at(-1) as Candle;
    expect(last.openTimeMs + minutes * minute).toBeLessThanOrEqual(startMs);
    const parts = world
      .history(bitcoin, minute, 3000)
      .filter(
        (candle) =>
          candle.openTimeMs >= last.openTimeMs && candle.openTimeMs < last.openTimeMs + minutes * minute,
      );
    expect(parts).toHaveLength(minutes);
    expect(last.high).toBe(Math.max(...parts.map((candle) => candle.high)));
    expect(last.low).toBe(Math.min(...parts.map((candle) => candle.low)));
    expect([last.open, last.close]).toEqual([parts[0]?.open, parts.at(-1)?.close]);
  });

  it('venues share their past: closes of sim-a and sim-b move together', () => {
    const world = fresh();
    const left = world.history(bitcoin, minute, 1000);
    const right = world.history(instrumentId('sim-b', 'BTC/USDT'), minute, 1000);
    left.forEach((candle, index) => {
      expect(Math.abs(candle.close / (right[index]?.close ?? 0) - 1)).toBeLessThan(0.003);
    });
  });

  it('gives a year of days and no more', () => {
    const candles = fresh().history(bitcoin, 1440 * minute, 1000);
    expect(candles.length).toBeGreaterThanOrEqual(363);
    expect(candles.length).toBeLessThanOrEqual(365);
  });

  it('keeps what was lived over a restart', () => {
    const world = fresh();
    world.fastForward(epochMs(startMs + 30 * minute));
    const again = new SimulatedWorld(
      demoWorldConfig('history', startMs),
      JSON.parse(JSON.stringify(world.save())),
    );
    expect(again.history(bitcoin, minute, 100)).toEqual(world.history(bitcoin, minute, 100));
  });

  it('a small save keeps the last eight hours and invents nothing before them', () => {
    const world = fresh();
    world.fastForward(epochMs(startMs + 600 * minute), 20);
    const small = world.save(false);
    const venues = small.venues.map(({ account, market }) => ({
      account: world.venueState(account.venue),
      market,
    }));
    const again = new SimulatedWorld(demoWorldConfig('history', startMs), { ...small, venues });
    const kept = again.history(bitcoin, minute, 3000);
    // 480 rows, the last of them still open.
    expect(kept).toHaveLength(479);
    expect(kept).toEqual(world.history(bitcoin, minute, 479));
    expect(JSON.stringify(small).length).toBeLessThan(200_000);
  });

  it.each([0, 59_999, 90_000, Number.NaN])('refuses a timeframe of %d ms', (timeframeMs) => {
    expect(() => fresh().history(bitcoin, timeframeMs, 10)).toThrow(RangeError);
  });
});

describe('joinMinutes', () => {
  it('joins by hand: leaves out a first candle that is cut and a last one that is not over', () => {
    const minutes = new MinuteColumns(4 * minute, 7);
    const rows = [
      [9, 9, 9, 9],
      [10, 12, 9, 11],
      [11, 11, 8, 9],
      [9, 10, 9, 10],
      [10, 15, 10, 14],
      [14, 14, 13, 13],
      [1, 1, 1, 1],
    ] as const;
    rows.forEach(([open, high, low, close], index) => {
      minutes.set(index, open, high, low, close, 1);
    });
    const joined = [{ openTimeMs: 5 * minute, open: 10, high: 15, low: 8, close: 13, volume: 5 }];
    expect(joinMinutes(minutes, 5 * minute, 10)).toEqual(joined);
    expect(joinMinutes(minutes, 5 * minute, 0)).toEqual([]);
    expect(joinMinutes(minutes, minute, 2).map((candle) => candle.close)).toEqual([13, 1]);
  });
});
