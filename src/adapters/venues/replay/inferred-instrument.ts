/** An instrument made up from a recording that brings no exchange rules along; every assumption is said aloud. */

import { Decimal } from '../../../shared/domain/decimal.ts';
import type { Instrument } from '../../../shared/domain/instrument.ts';
import { instrumentId, type VenueId } from '../../../shared/domain/nominal.ts';
import { type BinanceMarket, unifyBinanceSymbol } from '../normalise/binance-symbols.ts';
import type { ScannedSymbol } from './frame-scan.ts';

/** An instrument with what was assumed about it. */
export interface InferredInstrument {
  readonly instrument: Instrument;
  readonly notes: readonly string[];
}

const dollarQuotes = new Set(['USDT', 'USDC', 'FDUSD', 'BUSD', 'TUSD', 'USD', 'DAI', 'USDP', 'USD1']);

/** Makes the rules from the observed decimals and Binance's usual fees. Undefined when the symbol is not understood. */
export function inferInstrument(
  venue: VenueId,
  scanned: ScannedSymbol,
  market: BinanceMarket,
): InferredInstrument | undefined {
  const unified = unifyBinanceSymbol(scanned.venueSymbol, market);
  if (unified === undefined) return undefined;
  const spot = market === 'spot';
  const tickSize = Decimal.of(1n, scanned.priceDecimals);
  const lotSize = Decimal.of(1n, scanned.lotDecimals);
  const minimumNotional = dollarQuotes.has(unified.quote) ? Decimal.fromInteger(5) : Decimal.zero;
  const makerFeeRate = Decimal.parse(spot ? '0.001' : '0.0002');
  const takerFeeRate = Decimal.parse(spot ? '0.001' : '0.0005');
  const notes = [
    `Tick ${tickSize} and lot ${lotSize} of ${unified.symbol} are inferred from the decimals in the recording, not from exchange rules.`,
    `Fees (maker ${makerFeeRate}, taker ${takerFeeRate}) and the least order value (${minimumNotional} ${unified.quote}) are Binance's usual ones, not the account's.`,
  ];
  if (market === 'cm') {
    notes.push(
      `${unified.symbol} is an inverse contract: its sizes are contracts, not ${unified.base}. Book and tape are right; money amounts of a strategy run on it are not.`,
    );
  }
  return {
    notes,
    instrument: {
      id: instrumentId(venue, unified.symbol),
      venue,
      symbol: unified.symbol,
      kind: spot ? 'spot' : 'perpetual',
      base: unified.base,
      quote: unified.quote,
      settle: unified.settle,
      tickSize,
      lotSize,
      minimumLots: 1,
      maximumLots: Number.MAX_SAFE_INTEGER,
      minimumNotional,
      makerFeeRate,
      takerFeeRate,
      feeCurrencyRule: spot ? 'received' : 'quote',
      leverageMax: spot ? 1 : 20,
      maintenanceMarginRate: spot ? Decimal.zero : Decimal.parse('0.004'),
      fundingIntervalHours: spot ? 0 : 8,
    },
  };
}
