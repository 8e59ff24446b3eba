/** CCXT's unified books, trades, tickers and candles to market events. CCXT hands out doubles: they become steps at once. */

import type { Candle } from '../../../shared/domain/candle.ts';
import {
  type EpochMs,
  epochMs,
  type InstrumentId,
  type PriceTicks,
  type QuantityLots,
} from '../../../shared/domain/nominal.ts';
import type { BookSnapshotEvent, QuoteEvent, TradeEvent } from '../../../shared/events/market.ts';
import { Refusal } from './refusal.ts';
import { type StepGrid, type StepRounding, stepsOfNumber } from './scaled.ts';

/** What turns unified numbers into ticks and lots. The lot grid is in CCXT's unit: contracts for a perpetual. */
export interface UnifiedInstrument {
  readonly instrument: InstrumentId;
  readonly priceGrid: StepGrid;
  readonly lotGrid: StepGrid;
}

const timeMinimumMs = 1_200_000_000_000;
const timeMaximumMs = 4_102_444_800_000;

/** Gives a snapshot of the best `depth` levels of each side. Throws `Refusal` when a level cannot be believed. */
export function unifiedBook(
  book: unknown,
  target: UnifiedInstrument,
  depth: number,
  sequence: number,
  receiveTimeMs: EpochMs,
): BookSnapshotEvent {
  const fields = fieldsOf(book, 'book');
  return {
    kind: 'book-snapshot',
    instrument: target.instrument,
    venueTimeMs: timeOr(fields['timestamp'], receiveTimeMs),
    receiveTimeMs,
    sequence,
    // Between two steps a level is put where it is worse for whoever takes it: a bid lower, an ask higher.
    bids: levelsOf(fields['bids'], 'bids', target, depth, 'down'),
    asks: levelsOf(fields['asks'], 'asks', target, depth, 'up'),
  };
}

/** Gives a trade. `fallbackId` names it where the venue does not. Throws `Refusal`. */
export function unifiedTrade(
  trade: unknown,
  target: UnifiedInstrument,
  receiveTimeMs: EpochMs,
  fallbackId: () => string,
): TradeEvent {
  const fields = fieldsOf(trade, 'trade');
  const side = fields['side'];
  if (side !== 'buy' && side !== 'sell')
    throw new Refusal('missing-field', 'side', 'a trade does not say which side took it');
  const lots = stepsOfNumber(fields['amount'], target.lotGrid, 'nearest', 'amount');
  if (lots === 0) throw new Refusal('not-positive', 'amount', 'a trade is smaller than half a lot');
  return {
    kind: 'trade',
    instrument: target.instrument,
    venueTimeMs: timeOr(fields['timestamp'], receiveTimeMs),
    receiveTimeMs,
    tradeId: idOf(fields['id']) ?? fallbackId(),
    priceTicks: priceTicksOf(fields['price'], target.priceGrid, 'nearest', 'price'),
    lots: lots as QuantityLots,
    aggressor: side,
  };
}

/** Gives the best bid and ask of a ticker. Throws `Refusal` when it lacks one of them. */
export function unifiedQuote(ticker: unknown, target: UnifiedInstrument, receiveTimeMs: EpochMs): QuoteEvent {
  const fields = fieldsOf(ticker, 'ticker');
  return {
    kind: 'quote',
    instrument: target.instrument,
    venueTimeMs: timeOr(fields['timestamp'], receiveTimeMs),
    receiveTimeMs,
    bidTicks: priceTicksOf(fields['bid'], target.priceGrid, 'down', 'bid'),
    bidLots: sizeOf(fields['bidVolume'], target.lotGrid, 'bidVolume'),
    askTicks: priceTicksOf(fields['ask'], target.priceGrid, 'up', 'ask'),
    askLots: sizeOf(fields['askVolume'], target.lotGrid, 'askVolume'),
  };
}

/** Gives the candle of a CCXT row `[openTime, open, high, low, close, volume]`. Throws `Refusal`. */
export function unifiedCandle(row: unknown): Candle {
  if (!Array.isArray(row)) throw new Refusal('missing-field', 'candle', 'a candle is not a list');
  const [openTimeMs, open, high, low, close, volume] = row as readonly unknown[];
  if (
    typeof openTimeMs !== 'number' ||
    openTimeMs < timeMinimumMs ||
    openTimeMs > timeMaximumMs ||
    !Number.isSafeInteger(openTimeMs)
  ) {
    throw new Refusal(
      'bad-time',
      'candle',
      `a candle opens at no time of this century: ${String(openTimeMs).slice(0, 30)}`,
    );
  }
  const candle: Candle = {
    openTimeMs: epochMs(openTimeMs),
    open: doubleOf(open, 'open'),
    high: doubleOf(high, 'high'),
    low: doubleOf(low, 'low'),
    close: doubleOf(close, 'close'),
    volume: volume === undefined || volume === null || volume === 0 ? 0 : doubleOf(volume, 'volume'),
  };
  if (candle.low > Math.min(candle.open, candle.close) || candle.high < Math.max(candle.open, candle.close)) {
    throw new Refusal('bad-number', 'candle', 'a candle opens or closes outside of its low and high');
  }
  return candle;
}

function levelsOf(
  value: unknown,
  field: string,
  target: UnifiedInstrument,
  depth: number,
  rounding: StepRounding,
): number[] {
  if (!Array.isArray(value)) throw new Refusal('missing-field', field, `${field} is not a list of levels`);
  const flat: number[] = [];
  const count = Math.min(value.length, depth);
  for (let index = 0; index < count; index += 1) {
    const level: unknown = value[index];
    if (!Array.isArray(level)) throw new Refusal('missing-field', field, `${field}[${index}] is not a level`);
    const ticks = priceTicksOf(level[0], target.priceGrid, rounding, field);
    // A level without size is no level.
    if (level[1] === 0) continue;
    const lots = stepsOfNumber(level[1], target.lotGrid, 'down', field);
    if (lots === 0) continue;
    const last = flat.length - 2;
    if (last >= 0 && flat[last] === ticks) flat[last + 1] = (flat[last + 1] as number) + lots;
    else flat.push(ticks, lots);
  }
  return flat;
}

function priceTicksOf(value: unknown, grid: StepGrid, rounding: StepRounding, field: string): PriceTicks {
  const ticks = stepsOfNumber(value, grid, rounding, field);
  if (ticks === 0) throw new Refusal('not-positive', field, `${field} is below one tick`);
  return ticks as PriceTicks;
}

function sizeOf(value: unknown, grid: StepGrid, field: string): QuantityLots {
  return (
    value === undefined || value === null || value === 0 ? 0 : stepsOfNumber(value, grid, 'down', field)
  ) as QuantityLots;
}

function doubleOf(value: unknown, field: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw new Refusal('bad-number', field, `${field} is not a number: ${String(value).slice(0, 30)}`);
  if (value <= 0) throw new Refusal('not-positive', field, `${field} must be above zero, not ${value}`);
  return value;
}

function timeOr(value: unknown, fallbackMs: EpochMs): EpochMs {
  if (value === undefined || value === null) return fallbackMs;
  if (typeof value === 'number' && value >= timeMinimumMs && value <= timeMaximumMs)
    return epochMs(Math.floor(value));
  throw new Refusal('bad-time', 'timestamp', `not a time of this century: ${String(value).slice(0, 30)}`);
}

function idOf(value: unknown): string | undefined {
  if (typeof value === 'string' && value.length > 0 && value.length <= 128) return value;
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : undefined;
}

function fieldsOf(value: unknown, field: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null)
    throw new Refusal('missing-field', field, `${field} is not an object`);
  return value as Readonly<Record<string, unknown>>;
}
