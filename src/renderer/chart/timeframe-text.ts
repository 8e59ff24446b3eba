/** Intervals as a person types them on the chart. */

import { type Timeframe, timeframeMs, timeframes } from '../../shared/domain/candle.ts';

const unitMinutes: Readonly<Record<string, number>> = { h: 60, d: 1440, w: 10_080 };

/** Gives the interval of typed text: `15` is 15 minutes, `4h`, `1d`; `60` is an hour. Null when there is none. */
export function timeframeOfText(text: string): Timeframe | null {
  const match = /^(\d{1,4})\s*([mhdw]?)$/i.exec(text.trim());
  if (match === null) return null;
  const unit = (match[2] ?? '').toLowerCase();
  const minutes = Number(match[1]) * (unitMinutes[unit] ?? 1);
  return timeframes.find((known) => timeframeMs(known) === minutes * 60_000) ?? null;
}
