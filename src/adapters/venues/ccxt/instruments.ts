/** CCXT markets to instruments: exact steps, limits, fees; whatever cannot be believed is left out with a reason. */

import { Decimal, DecimalSyntaxError } from '../../../shared/domain/decimal.ts';
import type { Instrument } from '../../../shared/domain/instrument.ts';
import { instrumentId, type VenueId } from '../../../shared/domain/nominal.ts';
import { Refusal } from '../normalise/refusal.ts';
import { stepGrid } from '../normalise/scaled.ts';
import type { UnifiedInstrument } from '../normalise/unified.ts';

/** How a venue states precision, as CCXT numbers it. */
export const precisionModes = { decimalPlaces: 2, significantDigits: 3, tickSize: 4 } as const;

/** A CCXT market, read field by field: its types promise more than exchanges keep. */
export type MarketFields = Readonly<Record<string, unknown>>;

/** An instrument with what turns CCXT's numbers into its ticks and lots. */
export interface CcxtInstrument {
  readonly instrument: Instrument;
  readonly unified: UnifiedInstrument;
  /** Values that were assumed because the venue does not state them. */
  readonly notes: readonly string[];
}

/** Rules of the exchange that a market falls back on. */
export interface ExchangeRules {
  readonly precisionMode: number;
  readonly makerFeeRate?: unknown;
  readonly takerFeeRate?: unknown;
  /** A recent price by symbol: needed only where precision is in significant digits. */
  readonly referencePrice?: (symbol: string) => number | undefined;
}

/** The usable instruments of a venue, and why the others are not. */
export interface InstrumentTable {
  readonly bySymbol: ReadonlyMap<string, CcxtInstrument>;
  readonly refused: readonly { readonly symbol: string; readonly reason: string }[];
}

/** Reads every active spot and linear perpetual market. */
export function readInstruments(
  venue: VenueId,
  markets: Iterable<MarketFields>,
  rules: ExchangeRules,
): InstrumentTable {
  const bySymbol = new Map<string, CcxtInstrument>();
  const refused: { symbol: string; reason: string }[] = [];
  for (const market of markets) {
    const symbol = typeof market['symbol'] === 'string' ? market['symbol'] : '(no symbol)';
    try {
      const read = readInstrument(venue, market, rules);
      bySymbol.set(read.instrument.symbol, read);
    } catch (error) {
      if (!(error instanceof Refusal) && !(error instanceof DecimalSyntaxError)) throw error;
      refused.push({ symbol, reason: error.message });
    }
  }
  return { bySymbol, refused };
}

/** Reads one market. Throws `Refusal` when it is not tradable here or a rule is missing, NaN, zero or negative. */
export function readInstrument(venue: VenueId, market: MarketFields, rules: ExchangeRules): CcxtInstrument {
  const symbol = text(market['symbol'], 'symbol');
  if (market['active'] === false) throw new Refusal('unsupported', 'active', `${symbol} is not trading`);
  const spot = market['spot'] === true;
  if (!spot && market['swap'] !== true)
    throw new Refusal('unsupported', 'type', `${symbol} is neither spot nor a perpetual`);
  if (!spot && market['linear'] !== true) {
    throw new Refusal(
      'unsupported',
      'linear',
      `${symbol} is an inverse contract, settled in its base currency`,
    );
  }
  const notes: string[] = [];
  const base = text(market['base'], 'base');
  const quote = text(market['quote'], 'quote');
  const precision = fields(market['precision']);
  const referencePrice = rules.referencePrice?.(symbol);
  const tickSize = step(precision['price'], rules.precisionMode, 'precision.price', symbol, referencePrice);
  let amountStep: Decimal;
  if (precision['amount'] === undefined || precision['amount'] === null) {
    amountStep = Decimal.parse(spot ? '0.00000001' : '1');
    notes.push(`the lot size of ${symbol} is not stated; ${amountStep} is assumed`);
  } else {
    amountStep = step(
      precision['amount'],
      rules.precisionMode === precisionModes.significantDigits
        ? precisionModes.decimalPlaces
        : rules.precisionMode,
      'precision.amount',
      symbol,
      undefined,
    );
  }
  const contractSize = spot ? Decimal.one : (positive(market['contractSize'], 'contractSize') ?? Decimal.one);
  const limits = fields(market['limits']);
  const amountLimits = fields(limits['amount']);
  const minimumAmount = positive(amountLimits['min'], 'limits.amount.min');
  const maximumAmount = positive(amountLimits['max'], 'limits.amount.max');
  const makerFeeRate = feeRate(market['maker'] ?? rules.makerFeeRate, 'maker', symbol, notes);
  const takerFeeRate = feeRate(market['taker'] ?? rules.takerFeeRate, 'taker', symbol, notes);
  const leverageMax = spot ? 1 : leverage(fields(limits['leverage'])['max'], symbol, notes);
  const maintenance = fields(market['info'])['maintMarginPercent'];
  const instrument: Instrument = {
    id: instrumentId(venue, symbol),
    venue,
    symbol,
    kind: spot ? 'spot' : 'perpetual',
    base,
    quote,
    settle: spot ? quote : text(market['settle'], 'settle'),
    tickSize,
    lotSize: amountStep.times(contractSize),
    minimumLots: minimumAmount === undefined ? 1 : Math.max(1, lots(minimumAmount, amountStep, 'up')),
    maximumLots:
      maximumAmount === undefined
        ? Number.MAX_SAFE_INTEGER
        : Math.max(1, lots(maximumAmount, amountStep, 'down')),
    minimumNotional: positive(fields(limits['cost'])['min'], 'limits.cost.min') ?? Decimal.zero,
    makerFeeRate,
    takerFeeRate,
    // CCXT's `get`: a buyer pays in what was bought. Where it says nothing, fees are in the quote currency.
    feeCurrencyRule: spot && market['feeSide'] === 'get' ? 'received' : 'quote',
    leverageMax,
    maintenanceMarginRate: spot ? Decimal.zero : maintenanceRate(maintenance, symbol, notes),
    fundingIntervalHours: spot ? 0 : 8,
  };
  return {
    instrument,
    notes,
    unified: { instrument: instrument.id, priceGrid: stepGrid(tickSize), lotGrid: stepGrid(amountStep) },
  };
}

/** Gives a precision as an exact step. Significant digits need a price: the step is for a tenth of it, to stay fine enough. */
export function step(
  value: unknown,
  mode: number,
  field: string,
  symbol: string,
  referencePrice: number | undefined,
): Decimal {
  if (typeof value !== 'number' && typeof value !== 'string')
    throw new Refusal('missing-field', field, `${field} of ${symbol} is not stated`);
  if (mode === precisionModes.tickSize) {
    const size = positive(value, field);
    if (size === undefined) throw new Refusal('missing-field', field, `${field} of ${symbol} is not stated`);
    return size;
  }
  const places = Number(value);
  if (!Number.isInteger(places) || places < -10 || places > 15) {
    throw new Refusal(
      'bad-number',
      field,
      `${field} of ${symbol} is no number of digits: ${String(value).slice(0, 30)}`,
    );
  }
  if (mode === precisionModes.decimalPlaces) return tenToMinus(places);
  if (referencePrice === undefined || !(referencePrice > 0) || !Number.isFinite(referencePrice)) {
    throw new Refusal(
      'missing-field',
      field,
      `${symbol} has ${places} significant digits, and no price to tell what that means`,
    );
  }
  const exponent = Math.floor(Math.log10(referencePrice / 10));
  return tenToMinus(Math.min(15, Math.max(0, places - 1 - exponent)));
}

function tenToMinus(places: number): Decimal {
  return places >= 0 ? Decimal.of(1n, places) : Decimal.fromInteger(10n ** BigInt(-places));
}

function lots(amount: Decimal, amountStep: Decimal, rounding: 'up' | 'down'): number {
  const count = Number(amount.dividedBy(amountStep, 0, rounding).coefficient);
  return Math.min(count, Number.MAX_SAFE_INTEGER);
}

function decimal(value: unknown, field: string): Decimal | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new Refusal('bad-number', field, `${field} is ${value}`);
    return Decimal.fromNumber(value);
  }
  if (typeof value === 'string') return Decimal.parse(value);
  throw new Refusal('bad-number', field, `${field} is not a number`);
}

/** Gives a decimal above zero, undefined when it is not stated; zero in a limit means no limit. */
function positive(value: unknown, field: string): Decimal | undefined {
  const parsed = decimal(value, field);
  if (parsed === undefined) return undefined;
  if (parsed.isNegative) throw new Refusal('not-positive', field, `${field} is negative: ${parsed}`);
  if (parsed.isZero) {
    if (field.startsWith('limits.')) return undefined;
    throw new Refusal('not-positive', field, `${field} is zero`);
  }
  return parsed;
}

const feeRateMaximum = Decimal.parse('0.1');

function feeRate(value: unknown, side: 'maker' | 'taker', symbol: string, notes: string[]): Decimal {
  const parsed = decimal(value, side);
  if (parsed === undefined) {
    notes.push(`the ${side} fee of ${symbol} is not stated; 0.1 % is assumed`);
    return Decimal.parse('0.001');
  }
  if (parsed.absolute().compare(feeRateMaximum) > 0)
    throw new Refusal('bad-number', side, `the ${side} fee of ${symbol} is ${parsed}, which is no rate`);
  return parsed;
}

function leverage(value: unknown, symbol: string, notes: string[]): number {
  const parsed = decimal(value, 'limits.leverage.max')?.toNumber();
  if (parsed !== undefined && parsed >= 1 && parsed <= 1_000) return parsed;
  notes.push(`the highest leverage of ${symbol} is not stated; 20 is assumed`);
  return 20;
}

function maintenanceRate(percent: unknown, symbol: string, notes: string[]): Decimal {
  const parsed =
    typeof percent === 'string' || typeof percent === 'number'
      ? decimal(percent, 'maintMarginPercent')
      : undefined;
  if (parsed?.isPositive === true) return parsed.times(Decimal.parse('0.01'));
  notes.push(`the maintenance margin of ${symbol} is not stated; 1 % is assumed`);
  return Decimal.parse('0.01');
}

function text(value: unknown, field: string): string {
  if (typeof value !== 'string' || value === '' || value.length > 60)
    throw new Refusal('missing-field', field, `${field} is not stated`);
  return value;
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
