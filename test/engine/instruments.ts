/** Instruments with easy numbers for tests of the engine. */

import { Decimal } from '../../src/shared/domain/decimal.ts';
import type { Instrument } from '../../src/shared/domain/instrument.ts';
import { instrumentId, venueId } from '../../src/shared/domain/nominal.ts';

/** BTC/USDT with ticks of 0.1 and lots of 0.001; maker 0.1 %, taker 0.2 %. */
export function spotInstrument(change: Partial<Instrument> = {}): Instrument {
  return {
    id: instrumentId('test', 'BTC/USDT'),
    venue: venueId('test'),
    symbol: 'BTC/USDT',
    kind: 'spot',
    base: 'BTC',
    quote: 'USDT',
    settle: 'USDT',
    tickSize: Decimal.parse('0.1'),
    lotSize: Decimal.parse('0.001'),
    minimumLots: 1,
    maximumLots: 1_000_000,
    minimumNotional: Decimal.parse('5'),
    makerFeeRate: Decimal.parse('0.001'),
    takerFeeRate: Decimal.parse('0.002'),
    feeCurrencyRule: 'quote',
    leverageMax: 1,
    maintenanceMarginRate: Decimal.zero,
    fundingIntervalHours: 0,
    ...change,
  };
}

/** BTC/USDT:USDT with the same ticks and lots. */
export function perpetualInstrument(): Instrument {
  return spotInstrument({
    id: instrumentId('test', 'BTC/USDT:USDT'),
    symbol: 'BTC/USDT:USDT',
    kind: 'perpetual',
    leverageMax: 20,
    maintenanceMarginRate: Decimal.parse('0.004'),
    fundingIntervalHours: 8,
  });
}
