/** An order book recording as the venue of a backtest matches on it, and what a run on one cannot be asked for. */

import { inFinerSteps } from '../../adapters/tick-files/book-rows.ts';
import type { BookRows } from '../../engine/simulation/books/book-rows.ts';
import { ApiError } from '../../shared/api/result.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import type { Instrument } from '../../shared/domain/instrument.ts';
import type { BacktestSpec, SeriesSpec } from '../../shared/lab/spec.ts';
import type { SourceBook } from './load-series.ts';

/** Gives the rows in ticks and lots of the instrument. Throws `ApiError` `bad-input` naming the field that does not fit. */
export function loadBook(
  spec: BacktestSpec,
  series: SeriesSpec,
  book: SourceBook,
  instrument: Instrument,
  field: string,
): BookRows {
  refuseConventions(spec, series, field);
  const factor = (name: 'tickSize' | 'lotSize'): number => {
    const found = wholeFactor(book[name], instrument[name]);
    if (found !== undefined) return found;
    throw new ApiError(
      'bad-input',
      `${field}.rules.${name}: the recording has steps of ${book[name]}, which are no multiple of ${instrument[name]}`,
      { field: `${field}.rules.${name}`, hint: 'Leave it out: the steps of the recording are used then.' },
    );
  };
  return inFinerSteps(book.rows, factor('tickSize'), factor('lotSize'));
}

/** What says how orders meet candles says nothing where they meet a book. */
function refuseConventions(spec: BacktestSpec, series: SeriesSpec, field: string): void {
  const refuse = (name: string, message: string, hint: string): never => {
    throw new ApiError('bad-input', `${name}: ${message}`, { field: name, hint });
  };
  if (series.detail !== undefined)
    refuse(`${field}.detail`, 'an order book tells what happens inside candles', 'Leave it out.');
  if (spec.fill === 'close')
    refuse('fill', 'on an order book an order fills when it has arrived', 'Leave it out, or use candles.');
  if (spec.impact.kind !== 'none')
    refuse(
      'impact',
      'on an order book a large order pays what the levels ask',
      'Leave it out, or use candles.',
    );
}

/** How many times `fine` goes into `coarse`, if that is a whole number. */
function wholeFactor(coarse: Decimal, fine: Decimal): number | undefined {
  const factor = Math.round(coarse.toNumber() / fine.toNumber());
  return factor >= 1 && fine.times(Decimal.fromInteger(factor)).equals(coarse) ? factor : undefined;
}
