/** What the parts of the kernel share: time, audit, markets, orders, money, limits, and the way out to the venues. */

import type { Instrument } from '../../shared/domain/instrument.ts';
import type { EpochMs, InstrumentId, VenueId } from '../../shared/domain/nominal.ts';
import type { RiskLimits } from '../../shared/domain/risk.ts';
import type { AuditBody } from '../../shared/events/audit.ts';
import type { VenueCommand } from '../../shared/events/venue.ts';
import type { OrderStore } from '../execution/order-store.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { Portfolio } from '../portfolio/portfolio.ts';
import type { IndicatorPort } from '../ports.ts';
import type { RiskStates } from '../risk/risk-states.ts';
import type { TradingTerms } from '../strategy/api.ts';
import type { TimerQueue } from './timer-queue.ts';

/** Omit that keeps the members of a union apart. */
type WithoutSequence<Command> = Command extends unknown ? Omit<Command, 'auditSequence'> : never;

/** The link to one venue as the kernel sees it. */
export interface VenueLink {
  readonly venue: VenueId;
  connected: boolean;
  /** True once orders and balances were compared since the link came up. */
  reconciled: boolean;
  state: 'connecting' | 'connected' | 'stale' | 'disconnected';
  message: string;
}

export interface KernelServices {
  /** Kernel time of the event in hand. */
  nowMs: EpochMs;
  riskLimits: RiskLimits;
  readonly terms: TradingTerms;
  readonly indicators: IndicatorPort | undefined;
  readonly markets: Map<InstrumentId, InstrumentMarket>;
  readonly venues: Map<VenueId, VenueLink>;
  readonly orders: OrderStore;
  readonly portfolio: Portfolio;
  readonly riskStates: RiskStates;
  readonly timers: TimerQueue;
  /** Records what happened; gives the number of the record. */
  audit(body: AuditBody): number;
  /** Hands a command to the venue side; it leaves once everything recorded so far is durable. */
  send(command: WithoutSequence<VenueCommand>): void;
  instrument(id: InstrumentId): Instrument | undefined;
}
