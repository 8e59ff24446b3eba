/** The demo world: two spot venues and one for perpetuals, with rules and fees like those of real venues. */

import { Decimal } from '../../../shared/domain/decimal.ts';
import type { FeeCurrencyRule, Instrument, InstrumentKind } from '../../../shared/domain/instrument.ts';
import { instrumentId, type VenueId, venueId } from '../../../shared/domain/nominal.ts';
import type { LatencyModel } from '../matching/venue-link.ts';
import type { InstrumentGeneratorConfig } from './instrument-generator.ts';
import type { UnderlyingConfig } from './latent-market.ts';
import type { VenuePriceConfig } from './venue-price.ts';

/** One venue of a simulated world. */
export interface SimulatedVenueConfig {
  readonly venue: VenueId;
  readonly balances: Readonly<Record<string, string>>;
  readonly leverage: number;
  readonly toVenueLatency: LatencyModel;
  readonly toClientLatency: LatencyModel;
  /** Share of answers to orders that get lost, 0 to 1; the client then learns that the outcome is unknown. */
  readonly lostAnswerProbability?: number | undefined;
  readonly instruments: readonly InstrumentGeneratorConfig[];
}

export const demoUnderlyings: readonly UnderlyingConfig[] = [
  { name: 'BTC', typicalPrice: 64_000, calmMinuteDeviation: 0.00032, marketCorrelation: 0.85 },
  { name: 'ETH', typicalPrice: 3_200, calmMinuteDeviation: 0.00042, marketCorrelation: 0.8 },
  { name: 'SOL', typicalPrice: 150, calmMinuteDeviation: 0.00055, marketCorrelation: 0.7 },
];

interface DemoRules {
  readonly tickSize: string;
  readonly lotSize: string;
  readonly minimumLots: number;
  readonly maximumLots: number;
  readonly minimumNotional: string;
  readonly spreadBps: number;
  readonly levelNotional: number;
}

const spotRules: Readonly<Record<string, DemoRules>> = {
  BTC: {
    tickSize: '0.1',
    lotSize: '0.00001',
    minimumLots: 1,
    maximumLots: 9_000_000,
    minimumNotional: '5',
    spreadBps: 0.35,
    levelNotional: 22_000,
  },
  ETH: {
    tickSize: '0.01',
    lotSize: '0.0001',
    minimumLots: 1,
    maximumLots: 90_000_000,
    minimumNotional: '5',
    spreadBps: 0.6,
    levelNotional: 15_000,
  },
  SOL: {
    tickSize: '0.01',
    lotSize: '0.001',
    minimumLots: 1,
    maximumLots: 90_000_000,
    minimumNotional: '5',
    spreadBps: 1.2,
    levelNotional: 8_000,
  },
};

const perpetualRules: Readonly<Record<string, DemoRules>> = {
  BTC: {
    tickSize: '0.1',
    lotSize: '0.001',
    minimumLots: 1,
    maximumLots: 1_000_000,
    minimumNotional: '50',
    spreadBps: 0.25,
    levelNotional: 40_000,
  },
  ETH: {
    tickSize: '0.01',
    lotSize: '0.01',
    minimumLots: 1,
    maximumLots: 1_000_000,
    minimumNotional: '20',
    spreadBps: 0.45,
    levelNotional: 25_000,
  },
};

interface DemoVenue {
  readonly venue: string;
  readonly kind: InstrumentKind;
  readonly makerFeeRate: string;
  readonly takerFeeRate: string;
  readonly feeCurrencyRule: FeeCurrencyRule;
  readonly price: VenuePriceConfig;
  readonly eventsPerSecond: number;
  readonly balances: Readonly<Record<string, string>>;
  readonly medianLatencyMs: number;
}

const minuteMs = 60_000;

const demoVenues: readonly DemoVenue[] = [
  {
    venue: 'sim-a',
    kind: 'spot',
    makerFeeRate: '0.0008',
    takerFeeRate: '0.001',
    feeCurrencyRule: 'received',
    price: {
      lagMs: 400,
      basisDeviationBps: 0.6,
      basisHalfLifeMs: 20_000,
      dislocationMeanMs: 120 * minuteMs,
      dislocationBps: 10,
      dislocationHalfLifeMs: 30_000,
      premiumDeviationBps: 0,
    },
    eventsPerSecond: 10,
    balances: { USDT: '100000', BTC: '0.5', ETH: '5' },
    medianLatencyMs: 18,
  },
  {
    venue: 'sim-b',
    kind: 'spot',
    makerFeeRate: '0.0006',
    takerFeeRate: '0.0008',
    feeCurrencyRule: 'quote',
    price: {
      lagMs: 2200,
      basisDeviationBps: 1.2,
      basisHalfLifeMs: 45_000,
      dislocationMeanMs: 70 * minuteMs,
      dislocationBps: 24,
      dislocationHalfLifeMs: 40_000,
      premiumDeviationBps: 0,
    },
    eventsPerSecond: 9,
    balances: { USDT: '100000', BTC: '0.5', ETH: '5' },
    medianLatencyMs: 28,
  },
  {
    venue: 'sim-perp',
    kind: 'perpetual',
    makerFeeRate: '0.0002',
    takerFeeRate: '0.0005',
    feeCurrencyRule: 'quote',
    price: {
      lagMs: 150,
      basisDeviationBps: 0.8,
      basisHalfLifeMs: 30_000,
      dislocationMeanMs: 100 * minuteMs,
      dislocationBps: 12,
      dislocationHalfLifeMs: 40_000,
      premiumDeviationBps: 3,
    },
    eventsPerSecond: 11,
    balances: { USDT: '100000' },
    medianLatencyMs: 14,
  },
];

/** Gives the venues of the demo world; `balances` replaces the first balances of the venues it names. */
export function demoVenueConfigs(
  balances: Readonly<Record<string, Readonly<Record<string, string>>>> = {},
): SimulatedVenueConfig[] {
  return demoVenues.map((demo) => {
    const rules = demo.kind === 'spot' ? spotRules : perpetualRules;
    return {
      venue: venueId(demo.venue),
      balances: balances[demo.venue] ?? demo.balances,
      leverage: 1,
      toVenueLatency: latency(demo.medianLatencyMs),
      toClientLatency: latency(demo.medianLatencyMs),
      instruments: Object.entries(rules).map(([base, rule]) => ({
        instrument: demoInstrument(demo, base, rule),
        underlying: base,
        eventsPerSecond: demo.eventsPerSecond,
        price: demo.price,
        flow: {
          spreadBps: rule.spreadBps,
          levelGapBps: rule.spreadBps * 0.7,
          levelNotional: rule.levelNotional,
          levelsMin: 24,
          levelsMax: 40,
        },
      })),
    };
  });
}

function latency(medianMs: number): LatencyModel {
  return { kind: 'log-normal', medianMs, sigma: 0.35, maxMs: medianMs * 20 };
}

function demoInstrument(demo: DemoVenue, base: string, rules: DemoRules): Instrument {
  const perpetual = demo.kind === 'perpetual';
  const symbol = perpetual ? `${base}/USDT:USDT` : `${base}/USDT`;
  return {
    id: instrumentId(demo.venue, symbol),
    venue: venueId(demo.venue),
    symbol,
    kind: demo.kind,
    base,
    quote: 'USDT',
    settle: 'USDT',
    tickSize: Decimal.parse(rules.tickSize),
    lotSize: Decimal.parse(rules.lotSize),
    minimumLots: rules.minimumLots,
    maximumLots: rules.maximumLots,
    minimumNotional: Decimal.parse(rules.minimumNotional),
    makerFeeRate: Decimal.parse(demo.makerFeeRate),
    takerFeeRate: Decimal.parse(demo.takerFeeRate),
    feeCurrencyRule: demo.feeCurrencyRule,
    leverageMax: perpetual ? 20 : 1,
    maintenanceMarginRate: perpetual ? Decimal.parse('0.005') : Decimal.zero,
    fundingIntervalHours: perpetual ? 8 : 0,
  };
}
