/** What a running rule bot remembers over a restart: one plain JSON object. */

import type { PriceTicks, QuantityLots } from '../../shared/domain/nominal.ts';
import { emptyInventory, type Inventory } from '../common/inventory.ts';
import type { PositionSide } from '../common/position-levels.ts';

export type RuleExit = 'signal' | 'stop' | 'trailing' | 'target' | 'roi' | 'time';

export interface RulesState {
  readonly version: 1;
  readonly phase: 'flat' | 'entering' | 'open' | 'closing';
  /** Number of the trade that is open, or of the last one; 0 before the first. */
  readonly trade: number;
  readonly side: PositionSide | null;
  readonly inventory: Inventory;
  /** Value and lots of the entry's fills, without fees: their quotient is the average entry price. */
  readonly entryNotional: string;
  readonly entryLots: QuantityLots;
  /** Open time of the newest candle whose close has been looked at. */
  readonly decidedMs: number | null;
  /** Candles that have closed since the decision to enter. */
  readonly barsHeld: number;
  /** Best price of those candles; null before the first that was better than the entry. */
  readonly bestTicks: PriceTicks | null;
  /** Trigger of the stop order, when there is one, and whether it has trailed. */
  readonly stopTicks: PriceTicks | null;
  readonly stopTrails: boolean;
  readonly exitReason: RuleExit | null;
  readonly exitAttempt: number;
  /** The entry on the other side that is made as soon as the position is closed. */
  readonly turn: { readonly side: PositionSide; readonly lots: QuantityLots } | null;
  /** Closes at which no entry is made yet. */
  readonly cooldownBars: number;
  readonly trades: number;
  readonly tradesWon: number;
  readonly profit: string;
  readonly profitBefore: string;
  readonly lastTrade: { readonly trade: number; readonly reason: RuleExit; readonly profit: string } | null;
  readonly feesPaid: string;
}

export const initialRulesState: RulesState = {
  version: 1,
  phase: 'flat',
  trade: 0,
  side: null,
  inventory: emptyInventory,
  entryNotional: '0',
  entryLots: 0 as QuantityLots,
  decidedMs: null,
  barsHeld: 0,
  bestTicks: null,
  stopTicks: null,
  stopTrails: false,
  exitReason: null,
  exitAttempt: 0,
  turn: null,
  cooldownBars: 0,
  trades: 0,
  tradesWon: 0,
  profit: '0',
  profitBefore: '0',
  lastTrade: null,
  feesPaid: '0',
};
