/** One indicator over stored candles, for a chart: computed over the whole series, given for its newest part. */

import { type createCatalogue, IndicatorParamError } from '../../adapters/compute/catalogue.ts';
import { ComputeError } from '../../adapters/compute/compute-error.ts';
import type { ParsedRequestOf, ResponseOf } from '../../shared/api/contract.ts';
import { ApiError } from '../../shared/api/result.ts';
import { lowerBound, type SourceCandles } from '../backtest/load-series.ts';

const columnOf = {
  time: 'openTimeMs',
  open: 'open',
  high: 'high',
  low: 'low',
  close: 'close',
  volume: 'volume',
} as const;

/** Runs it. Throws `ApiError` (`not-found`, `bad-input`) naming the field. */
export function runIndicatorOver(
  catalogue: ReturnType<typeof createCatalogue>,
  { columns }: SourceCandles,
  request: Pick<ParsedRequestOf<'indicators/run'>, 'indicator' | 'params' | 'toMs' | 'limit'>,
): ResponseOf<'indicators/run'> {
  const info = catalogue.find(request.indicator);
  if (info === undefined) {
    throw new ApiError('not-found', `there is no indicator "${request.indicator}"`, { field: 'indicator' });
  }
  const end =
    request.toMs === undefined ? columns.openTimeMs.length : lowerBound(columns.openTimeMs, request.toMs);
  const inputs = Object.fromEntries(
    info.inputs.map((name) => {
      const column = columnOf[name as keyof typeof columnOf];
      if (column === undefined) {
        throw new ApiError('bad-input', `${info.id} reads "${name}", which candles do not have`, {
          field: 'indicator',
          hint: 'The command line takes columns for it: bin/sextant indicators run --columns.',
        });
      }
      return [name, columns[column].subarray(0, end)];
    }),
  );
  const { outputs, warmUpBars } = running(() => catalogue.run(info.id, request.params, inputs));
  const first = Math.max(0, end - request.limit);
  const rows = Array.from({ length: end - first }, (_none, index) => first + index);
  return {
    candles: rows.map((row) => [
      columns.openTimeMs[row] as number,
      columns.open[row] as number,
      columns.high[row] as number,
      columns.low[row] as number,
      columns.close[row] as number,
      columns.volume[row] as number,
    ]),
    outputs: Object.fromEntries(
      info.outputs.map((name) => [
        name,
        rows.map((row) => {
          const value = outputs[name]?.[row];
          return value !== undefined && Number.isFinite(value) ? value : null;
        }),
      ]),
    ),
    rows: end,
    warmUpBars,
  };
}

function running<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof IndicatorParamError) {
      throw new ApiError('bad-input', error.message, { field: `params.${error.param}` });
    }
    if (error instanceof ComputeError && error.code === 'BAD_ARGUMENT') {
      throw new ApiError('bad-input', error.message, { field: 'indicator' });
    }
    throw error;
  }
}
