/** A loaded series and its assumptions as the sweep path takes them. */

import type { SweepAssumptions, SweepSeries } from '../../adapters/compute/sweep.ts';
import type { FundingTimes } from '../../engine/simulation/candles/candle-track.ts';
import { type BacktestSpec, reserveOf } from '../../shared/lab/spec.ts';
import { type LoadedSeries, lowerBound } from './load-series.ts';

/**
 * Gives the rows at whose open payments are due, and their rates: half a row more where the time lies inside the candle,
 * because its open has been traded then.
 */
function fundingRows(
  funding: FundingTimes | undefined,
  openTimeMs: Float64Array,
  timeframeMs: number,
  firstRow: number,
): SweepSeries['funding'] {
  if (funding === undefined) return undefined;
  const rows: number[] = [];
  const rates: number[] = [];
  for (const [index, dueMs] of funding.timesMs.entries()) {
    if (dueMs < (openTimeMs[firstRow] as number)) continue;
    const next = lowerBound(openTimeMs, dueMs);
    const isInside = openTimeMs[next] !== dueMs && dueMs < (openTimeMs[next - 1] as number) + timeframeMs;
    const row = isInside ? next - 0.5 : next;
    if (row >= openTimeMs.length) continue;
    rows.push(row);
    rates.push(Number(funding.rates[index]));
  }
  return { rows: Float64Array.from(rows), rates: Float64Array.from(rates) };
}

/** Gives a loaded series as the sweep path takes it. */
export function sweepSeriesOf(spec: BacktestSpec, loaded: LoadedSeries): SweepSeries {
  const { columns, endRow, firstRow, instrument, timeframeMs } = loaded;
  const cut = (column: Float64Array): Float64Array => column.subarray(0, endRow);
  const openTimeMs = cut(columns.openTimeMs);
  const tier = loaded.spec.rules?.maintenanceTiers?.[0];
  const perpetual = instrument.kind === 'perpetual';
  return {
    columns: {
      openTimeMs,
      open: cut(columns.open),
      high: cut(columns.high),
      low: cut(columns.low),
      close: cut(columns.close),
      volume: cut(columns.volume),
    },
    timeframeMs,
    tickSize: instrument.tickSize.toNumber(),
    lotSize: instrument.lotSize.toNumber(),
    minimumLots: instrument.minimumLots,
    maximumLots: instrument.maximumLots,
    minimumNotional: instrument.minimumNotional.toNumber(),
    takerFee: instrument.takerFeeRate.toNumber(),
    perpetual,
    leverage: perpetual ? Math.min(spec.leverage, instrument.leverageMax) : 1,
    maintenanceRate: tier?.maintenanceRate ?? instrument.maintenanceMarginRate.toNumber(),
    funding: fundingRows(loaded.funding, openTimeMs, timeframeMs, firstRow),
  };
}

/** Gives the assumptions of a specification as the sweep path takes them. */
export function sweepAssumptionsOf(spec: BacktestSpec, loaded: LoadedSeries): SweepAssumptions {
  const { fill, intrabar, slippage } = spec;
  const firstRow = loaded.firstRow;
  return { capital: Number(spec.capital), slippage, fill, intrabar, firstRow, reserve: reserveOf(spec) };
}
