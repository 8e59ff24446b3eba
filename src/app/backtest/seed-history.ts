/** Candles before the first traded one: they warm up series of every timeframe and tell no strategy. */

import type { CandleTrack } from '../../engine/simulation/candles/candle-track.ts';
import type { Candle } from '../../shared/domain/candle.ts';
import type { EpochMs } from '../../shared/domain/nominal.ts';
import type { EngineHost } from '../session/engine-host.ts';

/** Candles a series keeps; older ones would be dropped again. */
const historyMax = 4_000;

export function seedHistory(host: EngineHost, track: CandleTrack, nowMs: EpochMs): void {
  if (track.firstRow === 0) return;
  const give = (timeframeMs: number, candles: readonly Candle[]): void =>
    host.feed({
      kind: 'history',
      instrument: track.instrument.id,
      timeframeMs,
      candles: candles.slice(-historyMax),
      timeMs: nowMs,
    });
  const { openTimeMs } = track.columns;
  const from = Math.max(0, track.firstRow - historyMax);
  const own: Candle[] = [];
  for (let row = from; row < track.firstRow; row += 1) own.push(track.candleAt(row));
  give(track.timeframeMs, own);
  for (const bucket of track.buckets) {
    const longer: Candle[] = [];
    for (let row = 0; row < track.firstRow; row += 1) {
      const closeMs = (openTimeMs[row] as number) + track.timeframeMs;
      const candle = bucket.add(track.candleAt(row), closeMs, openTimeMs[row + 1] as number);
      if (candle !== undefined) longer.push(candle);
    }
    give(bucket.timeframeMs, longer);
  }
}
