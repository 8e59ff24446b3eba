/**
 * Numbers of a result as files have them: at the places the market's own steps give them, so that no 0.30000000000000004 of
 * binary arithmetic stands where 0.3 was traded. Calculations go on with the numbers as they are.
 */

import { metricOf } from '../../shared/lab/metrics.ts';
import type { BacktestInstrument, tradeColumns } from '../../shared/lab/result.ts';

type TradeColumn = (typeof tradeColumns)[number];
type Steps = Pick<BacktestInstrument, 'tickSize' | 'lotSize'>;

/** Decimal digits every double surely holds. */
const digitsHeld = 15;
/** Digits that are told of ratios, which are no sums of steps. */
const ratioDigits = 12;
/** Places of an average of several fills beyond those of a tick. */
const averagePlaces = 4;
/** Places of a trade's money in a market whose prices and quantities have many: then sums of them stay those of the report. */
const tradePlacesMaximum = 13;
/** Places of money: finer than the smallest unit of a quote currency (a hundred millionth of a bitcoin). */
const moneyPlaces = 10;
/** As many as `toFixed` takes are more than any double has. */
const placesMaximum = 20;

/** Digits after the point of a decimal text such as `0.01`. */
function placesOf(step: string): number {
  const point = step.indexOf('.');
  return point < 0 ? 0 : step.length - point - 1;
}

/** A value has the places of its price and its quantity together. */
function moneyPlacesOf({ tickSize, lotSize }: Steps): number {
  return Math.min(tradePlacesMaximum, Math.max(moneyPlaces, placesOf(tickSize) + placesOf(lotSize)));
}

function rounded(value: number, places: number): number {
  if (!Number.isFinite(value)) return value;
  return Number(Number(value.toPrecision(digitsHeld)).toFixed(Math.min(places, placesMaximum)));
}

/** A ratio at twelve digits. */
export function exactRatio(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(ratioDigits)) : value;
}

/** Money at ten places. */
export function exactMoney(value: number): number {
  return rounded(value, moneyPlaces);
}

/** A value of a trade table. Times, bars and indexes are whole and stay. */
export function exactOfTrade(column: TradeColumn, value: number, instrument: Steps | undefined): number {
  if (instrument === undefined) return value;
  switch (column) {
    case 'quantity':
      return rounded(value, placesOf(instrument.lotSize));
    case 'entryPrice':
    case 'exitPrice':
      return rounded(value, placesOf(instrument.tickSize) + averagePlaces);
    case 'fees':
    case 'funding':
    case 'slippage':
    case 'profit':
      return rounded(value, moneyPlacesOf(instrument));
    case 'profitRatio':
    case 'mae':
    case 'mfe':
      return exactRatio(value);
    default:
      return value;
  }
}

/** The figures of a report: money at its places, everything else at twelve digits. */
export function exactMetrics(values: Readonly<Record<string, number | null>>): Record<string, number | null> {
  return Object.fromEntries(
    Object.entries(values).map(([id, value]) => {
      if (value === null) return [id, null];
      return [id, metricOf(id)?.unit === 'quote' ? exactMoney(value) : exactRatio(value)];
    }),
  );
}
