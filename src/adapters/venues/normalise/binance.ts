/**
 * Raw Binance WebSocket frames (spot, USD-margined, coin-margined) to market events. The same code serves live
 * frames and recordings. A frame is taken whole or refused whole: half a book update would be a wrong book.
 */

import type { Candle } from '../../../shared/domain/candle.ts';
import {
  type EpochMs,
  epochMs,
  type InstrumentId,
  type PriceTicks,
  type QuantityLots,
} from '../../../shared/domain/nominal.ts';
import type { MarketEvent } from '../../../shared/events/market.ts';
import { Refusal } from './refusal.ts';
import { positiveStepsOfText, type StepGrid, stepsOfText } from './scaled.ts';

/** What is needed to turn texts into ticks and lots. */
export interface FrameInstrument {
  readonly instrument: InstrumentId;
  readonly priceGrid: StepGrid;
  readonly lotGrid: StepGrid;
}

/**
 * Gives the instrument of a venue symbol such as `BTCUSDT` (`undefined` when the frame names none): `not-wanted` skips
 * the frame, undefined makes it refused.
 */
export type FrameInstrumentLookup = (
  symbol: string | undefined,
) => FrameInstrument | 'not-wanted' | undefined;

/** Takes the events of one frame, in order. */
export type FrameEmit = (event: MarketEvent) => void;

type Fields = Readonly<Record<string, unknown>>;

const levelsMaximum = 20_000;
const timeMinimumMs = 1_200_000_000_000;
const timeMaximumMs = 4_102_444_800_000;
const intervalMs: Readonly<Record<string, number>> = {
  '1s': 1_000,
  '1m': 60_000,
  '3m': 180_000,
  '5m': 300_000,
  '15m': 900_000,
  '30m': 1_800_000,
  '1h': 3_600_000,
  '2h': 7_200_000,
  '4h': 14_400_000,
  '6h': 21_600_000,
  '8h': 28_800_000,
  '12h': 43_200_000,
  '1d': 86_400_000,
};

/**
 * Turns one parsed frame into market events. `raw` is the frame's text, from which ids beyond 2^53 keep their
 * digits. Gives the kind of frame it was. Throws `Refusal`; then nothing was emitted.
 */
export function normaliseBinanceFrame(
  frame: unknown,
  raw: string,
  receiveTimeMs: EpochMs,
  lookup: FrameInstrumentLookup,
  emit: FrameEmit,
): BinanceFrameKind {
  const outer = fieldsOf(frame, 'frame');
  const stream = typeof outer['stream'] === 'string' ? outer['stream'] : undefined;
  const data = stream === undefined ? outer : fieldsOf(outer['data'], 'data');
  const kind = kindOf(data, stream);
  if (kind === 'other') return kind;
  const symbol = symbolOf(data, stream);
  const found = lookup(symbol);
  if (found === undefined)
    throw new Refusal('unknown-symbol', 's', `no instrument for the symbol ${symbol ?? '(none)'}`);
  if (found === 'not-wanted') return 'other';
  const context: FrameContext = { data, raw, receiveTimeMs, ...found };
  switch (kind) {
    case 'depth':
      emit(depthDelta(context));
      break;
    case 'snapshot':
      emit(depthSnapshot(context));
      break;
    case 'trade':
    case 'agg-trade':
      emit(trade(context, kind));
      break;
    case 'quote':
      emit(quote(context));
      break;
    case 'candle':
      emit(candle(context));
      break;
    case 'mark-price':
      emit(fundingRate(context));
      break;
  }
  return kind;
}

/** The kinds of frame known; `other` (acknowledgements, tickers) carries nothing the engine wants. */
export type BinanceFrameKind =
  | 'depth'
  | 'snapshot'
  | 'trade'
  | 'agg-trade'
  | 'quote'
  | 'candle'
  | 'mark-price'
  | 'other';

interface FrameContext extends FrameInstrument {
  readonly data: Fields;
  readonly raw: string;
  readonly receiveTimeMs: EpochMs;
}

/** Gives the kind of the inner part of a frame. */
export function kindOf(data: Fields, stream: string | undefined): BinanceFrameKind {
  switch (data['e']) {
    case 'depthUpdate':
      return 'depth';
    case 'trade':
      return 'trade';
    case 'aggTrade':
      return 'agg-trade';
    case 'bookTicker':
      return 'quote';
    case 'kline':
      return 'candle';
    case 'markPriceUpdate':
      return 'mark-price';
    default:
      break;
  }
  if (data['e'] !== undefined) return 'other';
  if (data['lastUpdateId'] !== undefined) return 'snapshot';
  // The spot bookTicker names no event type.
  return stream?.endsWith('@bookTicker') === true || (data['B'] !== undefined && data['A'] !== undefined)
    ? 'quote'
    : 'other';
}

/** Gives the venue's symbol of the inner part of a frame, in capitals. */
export function symbolOf(data: Fields, stream: string | undefined): string | undefined {
  const named = data['s'] ?? data['symbol'];
  if (typeof named === 'string') return named.toUpperCase();
  const at = stream?.indexOf('@') ?? -1;
  return at > 0 ? stream?.slice(0, at).toUpperCase() : undefined;
}

function depthDelta(context: FrameContext): MarketEvent {
  const { data } = context;
  const first = sequenceOf(data['U'], 'U');
  const last = sequenceOf(data['u'], 'u');
  if (last < first)
    throw new Refusal('bad-number', 'u', `the last update ${last} lies before the first ${first}`);
  return {
    kind: 'book-delta',
    instrument: context.instrument,
    venueTimeMs: timeOf(data['T'] ?? data['E'], 'E'),
    receiveTimeMs: context.receiveTimeMs,
    // Futures number updates over all symbols and link one symbol's frames by `pu`, the `u` of the frame before.
    firstSequence: data['pu'] === undefined ? first : sequenceOf(data['pu'], 'pu') + 1,
    lastSequence: last,
    bids: levelsOf(data['b'], 'b', context),
    asks: levelsOf(data['a'], 'a', context),
  };
}

function depthSnapshot(context: FrameContext): MarketEvent {
  const { data } = context;
  const time = data['T'] ?? data['E'];
  return {
    kind: 'book-snapshot',
    instrument: context.instrument,
    venueTimeMs: time === undefined ? context.receiveTimeMs : timeOf(time, 'E'),
    receiveTimeMs: context.receiveTimeMs,
    sequence: sequenceOf(data['lastUpdateId'], 'lastUpdateId'),
    bids: levelsOf(data['bids'], 'bids', context),
    asks: levelsOf(data['asks'], 'asks', context),
  };
}

function trade(context: FrameContext, kind: 'trade' | 'agg-trade'): MarketEvent {
  const { data } = context;
  const idField = kind === 'trade' ? 't' : 'a';
  // Futures also print insurance-fund and auto-deleveraging transfers, some with a price of zero.
  if (data['X'] !== undefined && data['X'] !== 'MARKET') {
    throw new Refusal(
      'not-a-market-trade',
      'X',
      `a trade of type ${String(data['X']).slice(0, 20)} is no market trade`,
    );
  }
  if (typeof data['m'] !== 'boolean')
    throw new Refusal('missing-field', 'm', 'a trade does not say which side was the maker');
  return {
    kind: 'trade',
    instrument: context.instrument,
    venueTimeMs: timeOf(data['T'] ?? data['E'], 'T'),
    receiveTimeMs: context.receiveTimeMs,
    tradeId: (kind === 'agg-trade' ? 'a' : '') + idText(data[idField], idField, context.raw),
    priceTicks: positiveStepsOfText(data['p'], context.priceGrid, 'p') as PriceTicks,
    lots: positiveStepsOfText(data['q'], context.lotGrid, 'q') as QuantityLots,
    aggressor: data['m'] ? 'sell' : 'buy',
  };
}

function quote(context: FrameContext): MarketEvent {
  const { data } = context;
  const time = data['T'] ?? data['E'];
  return {
    kind: 'quote',
    instrument: context.instrument,
    venueTimeMs: time === undefined ? context.receiveTimeMs : timeOf(time, 'E'),
    receiveTimeMs: context.receiveTimeMs,
    bidTicks: positiveStepsOfText(data['b'], context.priceGrid, 'b') as PriceTicks,
    bidLots: stepsOfText(data['B'], context.lotGrid, 'B', 'down') as QuantityLots,
    askTicks: positiveStepsOfText(data['a'], context.priceGrid, 'a') as PriceTicks,
    askLots: stepsOfText(data['A'], context.lotGrid, 'A', 'down') as QuantityLots,
  };
}

function candle(context: FrameContext): MarketEvent {
  const kline = fieldsOf(context.data['k'], 'k');
  const timeframeMs = intervalMs[String(kline['i'])];
  if (timeframeMs === undefined)
    throw new Refusal('unsupported', 'i', `no candles of ${String(kline['i']).slice(0, 10)}`);
  const parsed: Candle = {
    openTimeMs: timeOf(kline['t'], 't'),
    open: doubleOf(kline['o'], 'o', false),
    high: doubleOf(kline['h'], 'h', false),
    low: doubleOf(kline['l'], 'l', false),
    close: doubleOf(kline['c'], 'c', false),
    volume: doubleOf(kline['v'], 'v', true),
  };
  if (parsed.low > Math.min(parsed.open, parsed.close) || parsed.high < Math.max(parsed.open, parsed.close)) {
    throw new Refusal('bad-number', 'k', 'a candle opens or closes outside of its low and high');
  }
  return {
    kind: 'candle',
    instrument: context.instrument,
    venueTimeMs: timeOf(context.data['E'], 'E'),
    receiveTimeMs: context.receiveTimeMs,
    timeframeMs,
    candle: parsed,
    final: kline['x'] === true,
  };
}

function fundingRate(context: FrameContext): MarketEvent {
  const { data } = context;
  const rate = data['r'];
  if (typeof rate !== 'string' || !/^-?\d{1,3}(\.\d{1,12})?$/.test(rate)) {
    throw new Refusal('bad-number', 'r', `not a funding rate: ${JSON.stringify(rate)?.slice(0, 30)}`);
  }
  return {
    kind: 'funding-rate',
    instrument: context.instrument,
    venueTimeMs: timeOf(data['E'], 'E'),
    receiveTimeMs: context.receiveTimeMs,
    markTicks: markTicks(data['p'], context.priceGrid),
    rate,
    nextFundingMs: timeOf(data['T'], 'T'),
  };
}

/** Mark prices are indices with more decimals than the tick: the nearest tick stands for them. */
function markTicks(text: unknown, grid: StepGrid): PriceTicks {
  const value = doubleOf(text, 'p', false);
  const ticks = Math.round((value * 10 ** grid.scale) / grid.units);
  if (ticks <= 0 || !Number.isSafeInteger(ticks))
    throw new Refusal('bad-number', 'p', `no mark price: ${value}`);
  return ticks as PriceTicks;
}

function levelsOf(value: unknown, field: string, context: FrameContext): number[] {
  if (!Array.isArray(value)) throw new Refusal('missing-field', field, `${field} is not a list of levels`);
  if (value.length > levelsMaximum)
    throw new Refusal('too-large', field, `${field} has ${value.length} levels`);
  const flat: number[] = [];
  for (let index = 0; index < value.length; index += 1) {
    const level: unknown = value[index];
    if (!Array.isArray(level) || level.length < 2)
      throw new Refusal('missing-field', field, `${field}[${index}] is not a level`);
    // Orders from before a change of the tick or lot size still rest at their old prices and sizes. A price between
    // two ticks is left out, always, so that it never overwrites its neighbour; of a size only whole lots count.
    const ticks = ticksBetween(level[0], context.priceGrid, field);
    const lots = stepsOfText(level[1], context.lotGrid, field, 'down');
    if (ticks !== undefined) flat.push(ticks, lots);
  }
  return flat;
}

/** Gives the ticks of a price, undefined when it lies between two. */
function ticksBetween(text: unknown, grid: StepGrid, field: string): number | undefined {
  try {
    return positiveStepsOfText(text, grid, field);
  } catch (error) {
    if (error instanceof Refusal && error.code === 'off-grid') return undefined;
    throw error;
  }
}

function fieldsOf(value: unknown, field: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Refusal('missing-field', field, `${field} is not an object`);
  }
  return value as Fields;
}

function sequenceOf(value: unknown, field: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new Refusal('bad-number', field, `${field} is not an update number: ${String(value).slice(0, 30)}`);
  }
  return value;
}

function timeOf(value: unknown, field: string): EpochMs {
  if (typeof value === 'number' && Number.isSafeInteger(value)) {
    // Streams may be asked for microseconds.
    const timeMs = value > timeMaximumMs ? Math.floor(value / 1_000) : value;
    if (timeMs >= timeMinimumMs && timeMs <= timeMaximumMs) return epochMs(timeMs);
  }
  throw new Refusal(
    'bad-time',
    field,
    `${field} is not a time of this century: ${String(value).slice(0, 30)}`,
  );
}

/** Gives an id with all its digits: a JSON number beyond 2^53 has lost some, the raw text has not. */
function idText(value: unknown, field: string, raw: string): string {
  if (typeof value === 'string' && /^[\w-]{1,64}$/.test(value)) return value;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) {
    if (Number.isSafeInteger(value)) return String(value);
    const digits = new RegExp(`"${field}":\\s*(\\d{16,30})\\b`).exec(raw)?.[1];
    if (digits !== undefined) return digits;
  }
  throw new Refusal('bad-number', field, `${field} is not an id: ${String(value).slice(0, 30)}`);
}

function doubleOf(value: unknown, field: string, zeroAllowed: boolean): number {
  if (typeof value === 'string' && /^\d{1,30}(\.\d{1,20})?$/.test(value)) {
    const parsed = Number(value);
    if (parsed > 0 || (zeroAllowed && parsed === 0)) return parsed;
    throw new Refusal('not-positive', field, `${field} must be above zero`);
  }
  throw new Refusal(
    'bad-number',
    field,
    `${field} is not a plain decimal number: ${String(value).slice(0, 30)}`,
  );
}
