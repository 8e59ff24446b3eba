/** Goal: a strategy hears every minute that was lived exactly once, and none that was invented. */

import { describe, expect, it } from 'vitest';
import type { Candle } from '../../../src/shared/domain/candle.ts';
import { epochMs } from '../../../src/shared/domain/nominal.ts';
import { Stage, type StageOptions } from './stage.ts';

const minute = 60_000;

function listening(options: StageOptions): { stage: Stage; bars: Candle[] } {
  const bars: Candle[] = [];
  const stage = new Stage({
    startMs: 100 * minute,
    handlers: () => ({ onBar: (_timeframeMs, candle) => void bars.push(candle) }),
    ...options,
  });
  stage.connect({ USDT: '1000' });
  stage.quote(999, 1001);
  stage.start('b1', { USDT: '100' });
  return { stage, bars };
}

describe('minutes of a live market', () => {
  it('keep the trades that arrive within the grace, on both sides of the full minute', () => {
    const { stage, bars } = listening({ candleGraceMs: 1_500 });
    stage.timeMs += 100;
    stage.tape(1000, 1);
    stage.timeMs = 101 * minute + 200;
    stage.tape(1010, 2);
    stage.tape(1005, 4, 101 * minute - 50);
    stage.later(1_400);
    expect(bars).toMatchObject([
      { openTimeMs: 100 * minute, open: 100, high: 100.5, close: 100.5, volume: 0.005 },
    ]);
    stage.timeMs = 102 * minute + 2_000;
    stage.quote(999, 1001);
    expect(bars[1]).toMatchObject({ openTimeMs: 101 * minute, open: 101, volume: 0.002 });
  });

  it('are not invented for the time a machine slept', () => {
    const { stage, bars } = listening({});
    stage.timeMs += 1_000;
    stage.tape(1000, 1);
    stage.timeMs += 8 * 60 * minute;
    stage.quote(1099, 1101);
    stage.tape(1100, 1);
    stage.later(minute);
    const heard = bars.map((bar) => bar.openTimeMs / minute);
    expect(heard).toEqual([100, 100 + 8 * 60]);
  });

  it('are not invented between the end of the history and now', () => {
    const old = { openTimeMs: epochMs(40 * minute), open: 1, high: 1, low: 1, close: 1, volume: 1 };
    const fresh = new Stage({ startMs: 100 * minute + 5_000 });
    fresh.feed({
      kind: 'history',
      instrument: fresh.instrument.id,
      timeframeMs: minute,
      candles: [old],
      timeMs: epochMs(fresh.timeMs),
    });
    fresh.tape(1000, 1);
    fresh.later(minute);
    const { closed } = fresh.kernel.services.markets.get(fresh.instrument.id)?.seriesFor(minute) ?? {
      closed: [],
    };
    expect(closed.map((bar) => bar.openTimeMs / minute)).toEqual([40, 100]);
  });

  it('without a trade are flat as long as the market is heard', () => {
    const { stage, bars } = listening({});
    stage.timeMs += 1_000;
    stage.tape(1000, 1);
    for (let count = 0; count < 6; count += 1) {
      stage.timeMs += 30_000;
      stage.quote(999, 1001);
    }
    expect(bars.map((bar) => [bar.openTimeMs / minute, bar.close, bar.volume])).toEqual([
      [100, 100, 0.001],
      [101, 100, 0],
      [102, 100, 0],
    ]);
  });
});

describe('a price that is old', () => {
  it('is not made fresh by the news of a funding rate', () => {
    const { stage } = listening({});
    stage.later(6_000);
    stage.feed({
      kind: 'funding-rate',
      instrument: stage.instrument.id,
      venueTimeMs: epochMs(stage.timeMs),
      receiveTimeMs: epochMs(stage.timeMs),
      rate: '0.0001',
      markTicks: 1000 as never,
      nextFundingMs: epochMs(stage.timeMs + minute),
    } as never);
    const result = stage.context('b1').send({ leg: 'x', side: 'buy', type: 'market', lots: 100 as never });
    expect(result).toMatchObject({ ok: false, code: 'DATA_STALE' });
  });
});
