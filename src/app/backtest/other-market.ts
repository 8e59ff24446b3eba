/** Refuses finer prices and mark prices that cannot be of the market of the candles. */

import type { CandleColumns } from '../../engine/simulation/candles/candle-track.ts';
import { ApiError } from '../../shared/api/result.ts';
import type { Instrument } from '../../shared/domain/instrument.ts';

/** Venues and marks differ by a few percent even on a bad day; markets by more than this share of the price. */
const deviationMax = 0.25;
/** Prices compared at most, spread over all: enough to tell markets apart. */
const comparedMax = 10_000;

/** Prices in ticks, oldest first. */
export interface TimedTicks {
  readonly timesMs: Float64Array;
  readonly ticks: Float64Array;
}

/**
 * Throws `ApiError` `bad-input` where more than half of the prices lie far outside of the candles they fall into. Prices outside of
 * all candles are not looked at.
 */
export function refuseOtherMarket(
  { ticks, timesMs }: TimedTicks,
  candles: { readonly columns: CandleColumns; readonly timeframeMs: number },
  { symbol, tickSize }: Instrument,
  field: string,
): void {
  const { high, low, openTimeMs } = candles.columns;
  const tick = tickSize.toNumber();
  const stride = Math.max(1, Math.ceil(timesMs.length / comparedMax));
  let compared = 0;
  let strange = 0;
  let example = '';
  let row = 0;
  for (let index = 0; index < timesMs.length; index += stride) {
    const timeMs = timesMs[index] as number;
    while (row < openTimeMs.length && (openTimeMs[row] as number) + candles.timeframeMs <= timeMs) row += 1;
    if (row === openTimeMs.length) break;
    if (timeMs < (openTimeMs[row] as number)) continue;
    compared += 1;
    const price = (ticks[index] as number) * tick;
    const [lowest, highest] = [low[row] as number, high[row] as number];
    if (price >= lowest * (1 - deviationMax) && price <= highest * (1 + deviationMax)) continue;
    strange += 1;
    if (example === '') {
      const time = new Date(timeMs).toISOString().slice(0, 16).replace('T', ' ');
      example = `at ${time} UTC they say ${shown(price)}, where the candle went from ${shown(lowest)} to ${shown(highest)}`;
    }
  }
  if (strange * 2 <= compared) return;
  throw new ApiError('bad-input', `${field}: these are not prices of ${symbol}: ${example}`, {
    field,
    hint: `Name data of the same market (${strange} of ${compared} prices lie more than ${deviationMax * 100} % outside of their candle).`,
  });
}

/** Without the noise of a product of doubles. */
function shown(price: number): string {
  return String(Number(price.toPrecision(10)));
}
