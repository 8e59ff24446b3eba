/**
 * What survives a restart. The kernel hands out checkpoints (what changed since the last one) and starts from a
 * snapshot (everything). A checkpoint is written whole or not at all.
 */

import type { BotId, ClientOrderId, EpochMs, InstrumentId, VenueId } from '../../shared/domain/nominal.ts';
import type { Order } from '../../shared/domain/order.ts';
import type { RiskLimits, RiskScope, RiskState } from '../../shared/domain/risk.ts';
import type { AuditRecord, BotState } from '../../shared/events/audit.ts';
import type { BotDefinition, StopPolicy } from '../../shared/events/control.ts';
import type { Why } from '../strategy/api.ts';

/** Position of a bot in its instrument: signed lots and their exact cost in quote currency (decimal text). */
export interface PositionSnapshot {
  readonly instrument: InstrumentId;
  readonly lots: number;
  /** Exact quantity in base currency; more than whole lots where fees are taken in base. Absent in older journals. */
  readonly held?: string | undefined;
  readonly cost: string;
  /** Exact sums since the bot was made, decimal texts in quote or settle currency. */
  readonly realised: string;
  readonly fees: string;
  readonly funding: string;
}

/** Orders sent to close a position since it last became smaller, its lots then, and when the next may be sent. */
export interface ClosingProgress {
  readonly attempts: number;
  /** Null before the first order. */
  readonly lots: number | null;
  readonly notBeforeMs: number;
}

/** Orders of `send` in a row that the venue ended without a fill, and what it said of the last. */
export interface UnfilledSends {
  readonly times: number;
  readonly message: string;
  readonly atMs: number;
}

export interface BotSnapshot {
  readonly definition: BotDefinition;
  readonly state: BotState;
  readonly stateReason: string;
  /** How it leaves the market while STOPPING. */
  readonly stopPolicy: StopPolicy | null;
  /** True when a person asked for the stop. Absent in older journals: false. */
  readonly stopByHand?: boolean | undefined;
  /** How far closing its position has come while STOPPING. Absent in older journals: not begun. */
  readonly closing?: ClosingProgress | undefined;
  /** Absent in older journals: none. */
  readonly unfilledSends?: UnfilledSends | undefined;
  readonly strategyState: unknown;
  /** Cumulative fills in lots of the legs in use. */
  readonly legs: Readonly<Record<string, number>>;
  readonly timers: readonly { readonly name: string; readonly atMs: EpochMs }[];
  readonly why: (Why & { readonly atMs: EpochMs }) | null;
  readonly position: PositionSnapshot;
  /** What the bot was given: money, and the value of base currency at the time, decimal texts. */
  readonly stake: { readonly money: string; readonly baseCost: string };
  readonly fillCount: number;
  readonly createdAtMs: EpochMs;
  readonly startedAtMs: EpochMs | null;
}

export interface RiskStateEntry {
  readonly scope: RiskScope;
  readonly state: RiskState;
  readonly reason: string;
}

/** The small part of the kernel that belongs to no bot. */
export interface KernelCore {
  readonly timeMs: EpochMs;
  readonly nextOrderNumber: number;
  readonly nextReportNumber: number;
  readonly riskStates: readonly RiskStateEntry[];
  readonly riskLimits: RiskLimits;
  /** Positions made by hand: they belong to no bot and live in the venues' main accounts. */
  readonly manualPositions: readonly PositionSnapshot[];
  readonly identitiesChecked: number;
  readonly identitiesFailed: number;
}

/** Changes since the last checkpoint. The store writes them in one durable transaction. */
export interface Checkpoint {
  readonly records: readonly AuditRecord[];
  readonly bots: readonly BotSnapshot[];
  readonly removedBots: readonly BotId[];
  readonly core: KernelCore;
}

export interface LedgerBalance {
  readonly account: string;
  readonly venue: VenueId;
  readonly currency: string;
  /** Exact decimal text. */
  readonly amount: string;
}

/** Everything the kernel needs to go on where it was. Absent parts mean a first start. */
export interface KernelSnapshot {
  readonly lastSequence: number;
  readonly lastHash: string;
  readonly core: KernelCore | null;
  readonly bots: readonly BotSnapshot[];
  /** Orders that may still fill, and those closed recently enough to receive a late fill. */
  readonly orders: readonly Order[];
  /** Keys of booked fills, newest last: `venue|instrument|tradeId|clientOrderId`. */
  readonly fillKeys: readonly string[];
  readonly ledger: readonly LedgerBalance[];
  /** Time of the newest booked fill of each venue. */
  readonly lastFillMs: Readonly<Record<string, EpochMs>>;
  /** Ids of funding payments already booked. */
  readonly fundingPayments: readonly string[];
}

/** Gives the key a fill is unique by: a venue may report two legs under one trade id. */
export function fillKey(
  venue: VenueId,
  instrument: InstrumentId,
  tradeId: string,
  order: ClientOrderId,
): string {
  return `${venue}|${instrument}|${tradeId}|${order}`;
}

/** Writes checkpoints durably. `commit` returns only when the data would survive a power cut. */
export interface JournalPort {
  commit(checkpoint: Checkpoint): void;
  /** Number of the newest record that is durable. */
  readonly durableSequence: number;
  load(): KernelSnapshot;
}
