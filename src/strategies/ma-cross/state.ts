/** What a running crossover bot remembers over a restart: one plain JSON object. */

import type { PriceTicks, QuantityLots } from '../../shared/domain/nominal.ts';
import { emptyInventory, type Inventory } from '../common/inventory.ts';
import type { PositionSide } from '../common/position-levels.ts';
import { emptySignal, type SignalSnapshot } from './signal.ts';

export type ExitReason = 'signal' | 'stop' | 'take-profit';

export interface MaCrossState {
  readonly version: 1;
  readonly phase: 'flat' | 'entering' | 'open' | 'closing';
  /** Number of the trade that is open, or of the last one; 0 before the first. */
  readonly trade: number;
  readonly side: PositionSide | null;
  readonly inventory: Inventory;
  /** Value and lots of the entry's fills, without fees: their quotient is the average entry price. */
  readonly entryNotional: string;
  readonly entryLots: QuantityLots;
  /** Best bid (short: ask) since the entry. */
  readonly bestTicks: PriceTicks | null;
  /** Trigger of the stop order, when there is one. */
  readonly stopTicks: PriceTicks | null;
  readonly exitReason: ExitReason | null;
  readonly exitAttempt: number;
  /** An entry that a crossing asked for and that has not been made yet. */
  readonly wanted: { readonly side: PositionSide; readonly untilMs: number } | null;
  readonly signal: SignalSnapshot;
  readonly trades: number;
  readonly tradesWon: number;
  readonly profit: string;
  readonly profitBefore: string;
  readonly lastTrade: { readonly trade: number; readonly reason: ExitReason; readonly profit: string } | null;
  readonly feesPaid: string;
}

export const initialMaCrossState: MaCrossState = {
  version: 1,
  phase: 'flat',
  trade: 0,
  side: null,
  inventory: emptyInventory,
  entryNotional: '0',
  entryLots: 0 as QuantityLots,
  bestTicks: null,
  stopTicks: null,
  exitReason: null,
  exitAttempt: 0,
  wanted: null,
  signal: emptySignal,
  trades: 0,
  tradesWon: 0,
  profit: '0',
  profitBefore: '0',
  lastTrade: null,
  feesPaid: '0',
};
