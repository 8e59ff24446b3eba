/** What a result keeps of a market it traded. */

import type { BacktestInstrument } from '../../shared/lab/result.ts';
import type { LoadedSeries } from './load-series.ts';

export function resultInstrumentOf({
  instrument,
  timeframeMs,
}: Pick<LoadedSeries, 'instrument' | 'timeframeMs'>): BacktestInstrument {
  const { kind, lotSize, quote, symbol, tickSize, venue } = instrument;
  return {
    venue,
    symbol,
    kind,
    quote,
    timeframeMs,
    tickSize: tickSize.toString(),
    lotSize: lotSize.toString(),
  };
}
