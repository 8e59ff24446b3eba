/** Which flag of the command line a field of a run's specification is given by, for errors that name it. */

import { ApiError } from '../../shared/api/result.ts';

/** Flags that are called otherwise than their field. */
const flagOfField: Readonly<Record<string, string>> = {
  makerFee: 'fee-maker',
  takerFee: 'fee-taker',
  warmupBars: 'warmup',
  fromMs: 'from',
  toMs: 'to',
  timeLimitMs: 'time-limit',
  objectives: 'objective',
  series: 'candles',
  'series.0.source': 'instrument',
  'series.0.source.path': 'candles',
  'series.0.marks': 'mark',
};
/** Fields of the first series whose flag has their own name; parts of them belong to the same flag. */
const ofSeries =
  /^series\.0\.(?:rules\.|source\.)?(borrow|detail|funding|instrument|lotSize|minimumNotional|tickSize|timeframe|venue)\b/;

/** Gives the flag of a field such as `study.backtest.series.0.marks`; the field itself where no flag gives it. */
export function flagOf(field: string): string {
  const own = field.replace(/^(?:(?:spec|study|backtest)\.)+/, '');
  const named = flagOfField[own] ?? flagOfField[own.replace(/^series\.0\.marks\..*/, 'series.0.marks')];
  const plain = ofSeries.exec(own)?.[1] ?? (/^[a-zA-Z]+$/.test(own) ? own : undefined);
  return named ?? plain?.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`) ?? own;
}

/** Gives the error with the flag in its field and words instead of the field; what is no `ApiError` comes back as it is. */
export function withFlagNames(error: unknown): unknown {
  if (!(error instanceof ApiError) || error.field === undefined) return error;
  const flag = flagOf(error.field);
  if (flag === error.field) return error;
  const start = `${error.field}: `;
  const own = error.message.startsWith(start) ? error.message.slice(start.length) : error.message;
  // The series of the only --candles needs no number.
  const words = own.replace(/^series\.0: /, '');
  return new ApiError(error.code, `${flag}: ${words}`, { field: flag, hint: error.hint });
}
