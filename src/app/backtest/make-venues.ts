/** The simulated venues of a backtest: one account each, with the money and the matching of the specification. */

import { readTimedValues } from '../../adapters/candle-files/timed-values.ts';
import type { CandleTrack } from '../../engine/simulation/candles/candle-track.ts';
import type { InstrumentMarket } from '../../engine/simulation/matching/instrument-market.ts';
import { PaperVenue, type PaperVenueConfig } from '../../engine/simulation/matching/paper-venue.ts';
import type { LatencyModel } from '../../engine/simulation/matching/venue-link.ts';
import type { InstrumentId } from '../../shared/domain/nominal.ts';
import type { BacktestSpec, LatencySpec } from '../../shared/lab/spec.ts';
import { readingFile } from '../data/file-error.ts';
import type { LoadedSeries } from './load-series.ts';

/** Who is told of fills and payments as they are booked. */
export type VenueObservers = Pick<PaperVenueConfig, 'onFill' | 'onFunding'>;

/** Makes the venues, by id. `trackOf` finds the series of an instrument once tracks exist. */
export async function makeVenues(
  spec: BacktestSpec,
  series: readonly LoadedSeries[],
  observers: VenueObservers,
  trackOf: (instrument: InstrumentId) => CandleTrack,
): Promise<Map<string, PaperVenue>> {
  const latency = await latencyModel(spec.latency);
  const venues = new Map<string, PaperVenue>();
  for (const venue of new Set(series.map(({ instrument }) => instrument.venue))) {
    const own = series.filter(({ instrument }) => instrument.venue === venue);
    const settles = new Set(own.map(({ instrument }) => instrument.settle));
    venues.set(
      venue,
      new PaperVenue(
        {
          venue,
          seed: spec.seed,
          balances: {
            ...spec.holdings,
            ...Object.fromEntries([...settles].map((currency) => [currency, spec.capital])),
          },
          leverage: spec.leverage,
          toVenueLatency: latency,
          toClientLatency: latency,
          // Where books were recorded they are matched, as in paper trading.
          priceMatching: own.every(({ book }) => book !== undefined)
            ? undefined
            : {
                betweenCandles: spec.fill === 'close' ? 'fill-at-close' : 'wait-for-open',
                slippage: spec.slippage,
                throughTicks: spec.limitFill === 'through' ? 1 : 0,
                impact: impactOf(spec, trackOf),
              },
          ...observers,
        },
        own.map(({ instrument }) => instrument),
      ),
    );
  }
  return venues;
}

/** The share of its price a taking order of this size loses, from the candle it meets. */
function impactOf(
  spec: BacktestSpec,
  trackOf: (instrument: InstrumentId) => CandleTrack,
): ((market: InstrumentMarket, lots: number) => number) | undefined {
  const { impact } = spec;
  if (impact.kind === 'none') return undefined;
  return (market, lots) => {
    const track = trackOf(market.instrument.id);
    const row = Math.min(track.row, track.endRow - 1);
    const volume = track.columns.volume[row] as number;
    const range = (track.highTicks[row] as number) - (track.lowTicks[row] as number);
    const quantity = lots * market.instrument.lotSize.toNumber();
    // A candle without volume says nothing of what it could have borne: the order counts as all of it.
    const share = volume > 0 ? quantity / volume : 1;
    return (impact.coefficient * range * share ** impact.exponent) / Math.max(1, market.lastTradeTicks);
  };
}

async function latencyModel(latency: LatencySpec): Promise<LatencyModel> {
  switch (latency.kind) {
    case 'none':
      return { kind: 'constant', ms: 0 };
    case 'recorded': {
      const { timesMs, texts } = await readingFile('latency', () =>
        readTimedValues(latency.path, [
          { title: 'latency', names: ['latency', 'latency_ms', 'ms', 'delay'], sign: 'not-negative' },
        ]),
      );
      return { kind: 'recorded', timesMs, delaysMs: Float64Array.from(texts[0] ?? [], Number) };
    }
    default:
      return latency;
  }
}
