/** Intervals as a person types them on the chart. */

import { type Timeframe, timeframeMs, timeframes } from '../../shared/domain/candle.ts';

/** Gives the interval of typed text: `15` is 15 minutes, `4h`, `1d`; `60` is an hour. Null when there is none. */
export function timeframeOfText(text: string): Timeframe | null {
  const match = /^(\d{1,4})\s*([mhd]?)$/i.exec(text.trim());
  if (match === null) return null;
  const unit = (match[2] ?? '').toLowerCase();
  const minutes = Number(match[1]) * (unit === 'h' ? 60 : unit === 'd' ? 1440 : 1);
  return timeframes.find((known) => timeframeMs(known) === minutes * 60_000) ?? null;
}
