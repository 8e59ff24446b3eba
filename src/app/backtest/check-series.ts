/** What all series of a run together must be. */

import { ApiError } from '../../shared/api/result.ts';
import type { LoadedSeries } from './load-series.ts';

/** Throws `ApiError` `bad-input` for series that cannot be run together. */
export function checkSeries(series: readonly LoadedSeries[]): void {
  checkCurrencies(series);
  checkBooks(series);
  checkTicks(series);
}

/** A price below one tick would be none at all. */
function checkTicks(series: readonly LoadedSeries[]): void {
  for (const [index, { columns, endRow, firstRow, instrument }] of series.entries()) {
    const tick = instrument.tickSize.toNumber();
    for (let row = firstRow; row < endRow; row += 1) {
      const low = columns.low[row] as number;
      if (low >= tick) continue;
      const field = `series.${index}.rules.tickSize`;
      throw new ApiError(
        'bad-input',
        `${field}: prices of ${instrument.symbol} as low as ${low} cannot be told in ticks of ${instrument.tickSize}`,
        { field, hint: 'Give the tick of the market, or none to read it off the data.' },
      );
    }
  }
}

/** Sums of money must have one currency. */
function checkCurrencies(series: readonly LoadedSeries[]): void {
  const settles = new Set(series.map(({ instrument }) => instrument.settle));
  if (settles.size > 1) {
    throw new ApiError(
      'bad-input',
      `series: all must be traded in one currency, not in ${[...settles].join(', ')}`,
      {
        field: 'series',
      },
    );
  }
  const ids = new Set(series.map(({ instrument }) => instrument.id));
  if (ids.size < series.length) {
    throw new ApiError('bad-input', 'series: a market may be named once for each venue', {
      field: 'series',
      hint: 'Give the second one another venue.',
    });
  }
}

/** One account is matched in one way: a venue has books or candles. */
function checkBooks(series: readonly LoadedSeries[]): void {
  for (const [index, { book, instrument }] of series.entries()) {
    const other = series.find((loaded) => loaded.instrument.venue === instrument.venue);
    if ((other?.book === undefined) === (book === undefined)) continue;
    throw new ApiError(
      'bad-input',
      `series.${index}.venue: at ${instrument.venue} some markets have an order book and some have candles`,
      { field: `series.${index}.venue`, hint: 'Give those with candles another venue.' },
    );
  }
}
