import { describe, expect, it } from 'vitest';
import {
  type MarketFields,
  precisionModes,
  readInstrument,
  readInstruments,
  step,
} from '../../../../src/adapters/venues/ccxt/instruments.ts';
import { Refusal } from '../../../../src/adapters/venues/normalise/refusal.ts';
import { venueId } from '../../../../src/shared/domain/nominal.ts';

const venue = venueId('v');
const rules = { precisionMode: precisionModes.tickSize };
const spot: MarketFields = {
  symbol: 'BTC/USDT',
  base: 'BTC',
  quote: 'USDT',
  spot: true,
  swap: false,
  active: true,
  maker: 0.0016,
  taker: 0.0026,
  precision: { price: 0.01, amount: 0.00001 },
  limits: { amount: { min: 0.0001, max: 9_000 }, cost: { min: 5 } },
};
const perpetual: MarketFields = {
  ...spot,
  symbol: 'DOGE/USDT:USDT',
  base: 'DOGE',
  settle: 'USDT',
  spot: false,
  swap: true,
  linear: true,
  contractSize: 1_000,
  precision: { price: 0.00001, amount: 1 },
  limits: { amount: { min: 1 }, leverage: { max: 75 } },
  info: { maintMarginPercent: '2.5000' },
};

function codeOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('spot market', () => {
  it('gives exact steps, limits in lots, fees', () => {
    const { instrument, unified } = readInstrument(venue, spot, rules);
    expect({
      ...instrument,
      tickSize: String(instrument.tickSize),
      lotSize: String(instrument.lotSize),
      minimumNotional: String(instrument.minimumNotional),
      makerFeeRate: String(instrument.makerFeeRate),
      takerFeeRate: String(instrument.takerFeeRate),
      maintenanceMarginRate: String(instrument.maintenanceMarginRate),
    }).toEqual({
      id: 'v:BTC/USDT',
      venue: 'v',
      symbol: 'BTC/USDT',
      kind: 'spot',
      base: 'BTC',
      quote: 'USDT',
      settle: 'USDT',
      tickSize: '0.01',
      lotSize: '0.00001',
      minimumLots: 10,
      maximumLots: 900_000_000,
      minimumNotional: '5',
      makerFeeRate: '0.0016',
      takerFeeRate: '0.0026',
      feeCurrencyRule: 'quote',
      leverageMax: 1,
      maintenanceMarginRate: '0',
      fundingIntervalHours: 0,
    });
    expect([unified.priceGrid, unified.lotGrid]).toEqual([
      { scale: 2, units: 1 },
      { scale: 5, units: 1 },
    ]);
  });

  it('reads 1e-8 as the exact step', () => {
    const { instrument } = readInstrument(
      venue,
      { ...spot, precision: { price: 1e-8, amount: 1e-8 } },
      rules,
    );
    expect([String(instrument.tickSize), String(instrument.lotSize)]).toEqual(['0.00000001', '0.00000001']);
  });

  it('rounds a least amount between two lots up and a largest down', () => {
    const { instrument } = readInstrument(
      venue,
      { ...spot, precision: { price: 0.01, amount: 0.3 }, limits: { amount: { min: 0.4, max: 1 } } },
      rules,
    );
    expect([instrument.minimumLots, instrument.maximumLots]).toEqual([2, 3]);
  });

  it('says what it assumed', () => {
    const { instrument, notes } = readInstrument(
      venue,
      { ...spot, maker: undefined, taker: undefined, precision: { price: 0.01 } },
      rules,
    );
    expect([String(instrument.makerFeeRate), String(instrument.lotSize)]).toEqual(['0.001', '0.00000001']);
    expect(notes.length).toBe(3);
  });

  it('takes the fee in what was bought where the venue says so', () => {
    expect(readInstrument(venue, { ...spot, feeSide: 'get' }, rules).instrument.feeCurrencyRule).toBe(
      'received',
    );
  });
});

describe('perpetual', () => {
  it('folds the contract size into the lot, and counts stream sizes in contracts', () => {
    const { instrument, unified } = readInstrument(venue, perpetual, rules);
    expect([
      String(instrument.lotSize),
      instrument.kind,
      instrument.leverageMax,
      String(instrument.maintenanceMarginRate),
      instrument.fundingIntervalHours,
    ]).toEqual(['1000', 'perpetual', 75, '0.025', 8]);
    expect(unified.lotGrid).toEqual({ scale: 0, units: 1 });
  });
});

describe('precision', () => {
  it.each([
    ['tick size', precisionModes.tickSize, 0.5, undefined, '0.5'],
    ['tick size as text', precisionModes.tickSize, '0.05', undefined, '0.05'],
    ['decimal places', precisionModes.decimalPlaces, 2, undefined, '0.01'],
    ['negative decimal places', precisionModes.decimalPlaces, -2, undefined, '100'],
    // Five digits at 61,837 are steps of 1; the step stays right down to a tenth of the price.
    ['significant digits', precisionModes.significantDigits, 5, 61_837, '0.1'],
    ['significant digits of a small price', precisionModes.significantDigits, 5, 0.00012, '0.000000001'],
  ] as const)('%s', (_name, mode, value, price, size) => {
    expect(String(step(value, mode, 'precision.price', 'X/Y', price))).toBe(size);
  });

  it.each([
    ['zero tick', { precision: { price: 0, amount: 1 } }, 'not-positive'],
    ['negative tick', { precision: { price: -0.01, amount: 1 } }, 'not-positive'],
    ['NaN tick', { precision: { price: Number.NaN, amount: 1 } }, 'bad-number'],
    ['infinite lot', { precision: { price: 1, amount: Number.POSITIVE_INFINITY } }, 'bad-number'],
    ['no tick', { precision: {} }, 'missing-field'],
    ['no precision', { precision: undefined }, 'missing-field'],
    ['negative least amount', { limits: { amount: { min: -1 } } }, 'not-positive'],
    ['fee of 50', { maker: 50 }, 'bad-number'],
    ['fee NaN', { taker: Number.NaN }, 'bad-number'],
    ['not trading', { active: false }, 'unsupported'],
    ['dated future', { spot: false, swap: false, future: true }, 'unsupported'],
    ['inverse perpetual', { spot: false, swap: true, linear: false }, 'unsupported'],
    ['no base', { base: undefined }, 'missing-field'],
  ])('refuses %s', (_name, fields, code) => {
    expect(codeOf(() => readInstrument(venue, { ...spot, ...fields }, rules))).toBe(code);
  });

  it('leaves out the bad ones and keeps the others', () => {
    const table = readInstruments(
      venue,
      [spot, { ...spot, symbol: 'BAD/USDT', precision: { price: 'x' } }, { symbol: 5 }, perpetual],
      rules,
    );
    expect([...table.bySymbol.keys()]).toEqual(['BTC/USDT', 'DOGE/USDT:USDT']);
    expect(table.refused.map((entry) => entry.symbol)).toEqual(['BAD/USDT', '(no symbol)']);
  });

  it('refuses significant digits without a price', () => {
    expect(codeOf(() => step(5, precisionModes.significantDigits, 'p', 'X/Y', undefined))).toBe(
      'missing-field',
    );
  });
});
