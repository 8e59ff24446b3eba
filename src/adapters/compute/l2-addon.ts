/** Order book recordings as the native addon exports them: import, facts, replay. */

import type { AddonTaskControl } from './addon.ts';

export interface AddonL2ImportOptions {
  readonly format: string;
  readonly sequence: string;
  readonly symbol?: string;
  readonly tick?: string;
  readonly lot?: string;
}

/** Facts about a recording. Times are epoch milliseconds UTC with a fraction. */
export interface L2Info {
  /** The venue's symbol. */
  readonly symbol: string;
  /** Events. */
  readonly rows: number;
  readonly bytes: number;
  /** Distance of prices, an exact decimal. */
  readonly tick: string;
  /** Distance of sizes, an exact decimal. */
  readonly lot: string;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly lowestPrice: number;
  readonly highestPrice: number;
  /** Lines (elements of a list) the import read. */
  readonly lines: number;
  /** Lines without order book or trade. */
  readonly skipped: number;
  /** Changes that a snapshot contained already or that came while the book was not known. */
  readonly dropped: number;
  readonly snapshots: number;
  /** Holes in the sequence. */
  readonly gaps: number;
  readonly trades: number;
  /** By how much all receive times were moved so that nothing arrives before it happens. */
  readonly clockShiftMs: number;
}

export interface AddonL2LoadOptions {
  readonly lowestPrice?: number;
  readonly highestPrice?: number;
  readonly repeats: number;
  readonly alignMs: number;
}

export interface AddonL2Latency {
  readonly kind: string;
  readonly entryMs?: number;
  readonly responseMs?: number;
  readonly minimumMs?: number;
  readonly medianMs?: number;
  readonly sigma?: number;
  readonly seed?: number;
  readonly entryFactor?: number;
  readonly responseFactor?: number;
}

export interface AddonL2RunOptions {
  readonly stepMs: number;
  readonly latency: AddonL2Latency;
  readonly queue: string;
  readonly queueExponent?: number;
  readonly matching: string;
  readonly positionSum: string;
  readonly makerFee: number;
  readonly takerFee: number;
  readonly samples: number;
  readonly keepsFills: boolean;
  readonly threads: number;
}

export interface AddonL2ParameterSet {
  readonly strategy: string;
  readonly lots?: number;
  readonly maxPositionLots?: number;
  readonly levels?: number;
  readonly intervalTicks?: number;
  readonly relativeInterval?: number;
  readonly halfSpreadIntervals?: number;
  readonly postOnly?: boolean;
  readonly riskAversion?: number;
  readonly arrivalDecay?: number;
  readonly horizonS?: number;
  readonly halfLifeS?: number;
  readonly requoteTicks?: number;
}

/** One fill of an own order. */
export interface L2Fill {
  /** When it happened at the exchange, epoch milliseconds with a fraction. */
  readonly timeMs: number;
  /** When the trader heard of it. */
  readonly arrivalMs: number;
  readonly side: 'buy' | 'sell';
  readonly price: number;
  readonly size: number;
  /** Whether the order rested. */
  readonly maker: boolean;
}

/** The outcome of one parameter set, as the trader knows it at the end. */
export interface L2RunResult {
  /** Decisions taken. */
  readonly steps: number;
  /** Sum over all steps of best bid and best ask in ticks: tells whether two programs saw the same book. */
  readonly bestTicksSum: number;
  /** Orders, cancels and modifications sent. */
  readonly requests: number;
  readonly fills: number;
  /** Units of the base asset held. */
  readonly position: number;
  /** Money received minus paid, fees left out. */
  readonly balance: number;
  /** Fees paid, below zero for rebates. */
  readonly fee: number;
  /** Units of the base asset traded. */
  readonly volume: number;
  /** Money traded. */
  readonly value: number;
  /** Balance and position at the last mid price, less fees. */
  readonly equity: number;
  /** Largest fall of the equity from a peak, looked at every step. */
  readonly maxDrawdown: number;
  readonly bestBid?: number;
  readonly bestAsk?: number;
  readonly sampleTimesMs: readonly number[];
  readonly sampleEquity: readonly number[];
  readonly samplePositions: readonly number[];
  /** Every fill; empty unless asked for. */
  readonly fillList: readonly L2Fill[];
}

/** A recording in memory. */
export interface AddonL2Tape {
  /** Events, each of which exchange and trader see. */
  readonly events: number;
  readonly tick: number;
  readonly lot: number;
  run(
    options: AddonL2RunOptions,
    sets: readonly AddonL2ParameterSet[],
    control: AddonTaskControl,
  ): Promise<L2RunResult[]>;
}

export interface L2Addon {
  importL2(
    source: string,
    target: string,
    options: AddonL2ImportOptions,
    control: AddonTaskControl,
  ): Promise<L2Info>;
  readL2Info(path: string): L2Info;
  loadL2(path: string, options: AddonL2LoadOptions, control: AddonTaskControl): Promise<AddonL2Tape>;
}
