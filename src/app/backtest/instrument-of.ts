/** The instrument a series of a backtest stands for: its symbol, the rules that were given, and what had to be assumed. */

import { ApiError } from '../../shared/api/result.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import type { Instrument } from '../../shared/domain/instrument.ts';
import { instrumentId, venueId } from '../../shared/domain/nominal.ts';
import { nearestSymbol, parseSymbol, spotSymbolOf } from '../../shared/domain/symbol.ts';
import type { BacktestSpec, SeriesSpec } from '../../shared/lab/spec.ts';

const leverageAssumed = 125;
const marginLeverageAssumed = 10;
/** Lots finer than this are never assumed: amounts stay whole numbers a double can count. */
const lotDecimalsMax = 8;

/** The instrument and what was assumed about it, in sentences. */
export interface SeriesInstrument {
  readonly instrument: Instrument;
  readonly notes: readonly string[];
}

/** Reads a symbol off a file's name, such as `binance_usdm_BTCUSDT_perp_5m.csv.gz`; undefined where there is none. */
export function symbolInName(path: string): string | undefined {
  const name = path.split(/[\\/]/).at(-1) ?? '';
  const perpetual = /perp|futures|swap|usdm/i.test(name);
  for (const part of name.split(/[^A-Za-z0-9]+/)) {
    if (part !== part.toUpperCase()) continue;
    const symbol = spotSymbolOf(part);
    if (symbol === undefined) continue;
    return perpetual ? `${symbol}:${symbol.split('/')[1]}` : symbol;
  }
  return undefined;
}

/** What the numbers of a series look like: digits after the point, and whole steps where they are known. */
export interface FoundSteps {
  readonly price: number;
  readonly volume: number;
  readonly tickSize?: Decimal | undefined;
  readonly lotSize?: Decimal | undefined;
}

/** Makes the instrument of a series; `found` is what its prices and volumes look like. */
export function instrumentOf(
  series: SeriesSpec,
  spec: Pick<BacktestSpec, 'makerFee' | 'takerFee'>,
  found: FoundSteps,
  field: string,
): SeriesInstrument {
  const { source, rules } = series;
  const notes: string[] = [];
  const named = series.instrument ?? (source.kind === 'store' ? source.instrument : undefined);
  const symbol = named ?? symbolInName(source.kind === 'file' ? source.path : '');
  const parts = parseSymbol(symbol ?? '');
  if (symbol === undefined || parts === undefined) {
    const near = nearestSymbol(symbol ?? '');
    throw new ApiError('bad-input', `${field}.instrument: ${symbol ?? 'the file'} does not name a market`, {
      field: `${field}.instrument`,
      hint:
        near === undefined
          ? 'Say which (--instrument): BTC/USDT (spot) or BTC/USDT:USDT (perpetual).'
          : `Did you mean ${near}? A perpetual has its settle currency behind it, as BTC/USDT:USDT.`,
    });
  }
  if (parts.expiry !== undefined) {
    throw new ApiError('bad-input', `${field}.instrument: ${symbol} is a dated contract`, {
      field: `${field}.instrument`,
      hint: 'Backtests know spot markets and perpetuals: expiry and delivery are not simulated.',
    });
  }
  if (named === undefined) notes.push(`The market is taken to be ${symbol}, after the name of the file.`);
  const { base, quote, settle } = parts;
  const spot = settle === undefined;
  const margin = series.borrow !== undefined;
  if (margin && !spot) {
    throw new ApiError(
      'bad-input',
      `${field}.borrow: ${symbol} is a perpetual and pays funding, no interest`,
      {
        field: `${field}.borrow`,
        hint: 'Name a spot market, for example BTC/USDT.',
      },
    );
  }
  const tickSize = given(rules?.tickSize) ?? found.tickSize ?? Decimal.of(1n, found.price);
  const lotSize =
    given(rules?.lotSize) ?? found.lotSize ?? Decimal.of(1n, Math.min(lotDecimalsMax, found.volume));
  if (rules?.tickSize === undefined || rules.lotSize === undefined) {
    notes.push(
      `Tick ${tickSize} and lot ${lotSize} of ${symbol} are read off the decimals in the data where they were not given.`,
    );
  }
  const makerFeeRate = Decimal.fromNumber(spec.makerFee ?? (spot ? 0.001 : 0.0002));
  const takerFeeRate = Decimal.fromNumber(spec.takerFee ?? (spot ? 0.001 : 0.0005));
  const tiers = rules?.maintenanceTiers;
  // What is lent on is goods: a loan on margin is called in earlier than a perpetual's.
  const maintenance = margin ? '0.05' : '0.005';
  const hasMargin = margin || !spot;
  if (hasMargin && tiers === undefined)
    notes.push(`Maintenance margin of ${symbol} is taken to be ${margin ? '5' : '0.5'} %.`);
  return {
    notes,
    instrument: {
      id: instrumentId(series.venue, symbol),
      venue: venueId(series.venue),
      symbol,
      // A margin position is a claim settled in quote currency, as one in a perpetual is.
      kind: hasMargin ? 'perpetual' : 'spot',
      base,
      quote,
      settle: settle ?? quote,
      tickSize,
      lotSize,
      minimumLots: 1,
      maximumLots: Number.MAX_SAFE_INTEGER,
      minimumNotional: given(rules?.minimumNotional) ?? Decimal.zero,
      makerFeeRate,
      takerFeeRate,
      feeCurrencyRule: 'quote',
      leverageMax: hasMargin ? (rules?.leverageMax ?? (margin ? marginLeverageAssumed : leverageAssumed)) : 1,
      maintenanceMarginRate: hasMargin ? Decimal.parse(maintenance) : Decimal.zero,
      ...(tiers === undefined || !hasMargin
        ? {}
        : {
            maintenanceTiers: tiers.map(({ notionalMax, maintenanceRate }) => ({
              notionalMax: notionalMax ?? Number.POSITIVE_INFINITY,
              rate: Decimal.fromNumber(maintenanceRate),
            })),
          }),
      fundingIntervalHours: spot ? 0 : 8,
    },
  };
}

function given(text: string | undefined): Decimal | undefined {
  return text === undefined ? undefined : Decimal.parse(text);
}
