/** What a running DCA bot remembers over a restart: one plain JSON object. */

import type { RsiSnapshot } from '../../engine/indicators/rsi.ts';
import type { PriceTicks, QuantityLots } from '../../shared/domain/nominal.ts';
import { emptyInventory, type Inventory } from '../common/inventory.ts';

export type CloseReason = 'take-profit' | 'trailing take-profit' | 'stop-loss';

export interface DcaState {
  readonly version: 1;
  /**
   * idle: waits for the start condition. entry: the base order works. open: safety orders and exit. closing: closes
   * at market. cooldown: waits for the next deal. finished: all deals done.
   */
  readonly phase: 'idle' | 'entry' | 'open' | 'closing' | 'cooldown' | 'finished';
  /** Number of the deal that is open, or of the last one; 0 before the first. */
  readonly deal: number;
  /** What the deal holds and its cost; a rest below one lot is carried into the next deal. */
  readonly inventory: Inventory;
  /** Attempts at the base order, from 1; and the order that works. */
  readonly entryAttempt: number;
  readonly entryLots: QuantityLots;
  readonly entryTicks: PriceTicks | null;
  /** Value and lots of the base order's fills, without fees. */
  readonly baseNotional: string;
  readonly baseLots: QuantityLots;
  /** Money of the base order with fees. */
  readonly baseMoney: string;
  /** Value and lots of all entries of the deal, without fees: their quotient is the average entry price. */
  readonly entryNotional: string;
  readonly entryFilledLots: QuantityLots;
  /** Money in and out with fees, as exits.ts needs it. */
  readonly entered: string;
  readonly exited: string;
  /** The take-profit and what it was computed from: it stays while only the exit itself fills. */
  readonly target: { readonly basis: string; readonly ticks: PriceTicks } | null;
  /** Best price since the take-profit was reached; null while it was not. */
  readonly bestTicks: PriceTicks | null;
  readonly closeReason: CloseReason | null;
  readonly closeAttempt: number;
  readonly cooldownUntilMs: number | null;
  readonly dealsCompleted: number;
  readonly dealsLost: number;
  /** Realised profit of all fills, fees included, in quote currency. */
  readonly profit: string;
  /** `profit` when the deal was opened. */
  readonly profitBefore: string;
  readonly lastDeal: { readonly deal: number; readonly reason: CloseReason; readonly profit: string } | null;
  readonly feesPaid: string;
  readonly rsi: RsiSnapshot | null;
  readonly rsiOpenTimeMs: number | null;
}

export const initialDcaState: DcaState = {
  version: 1,
  phase: 'idle',
  deal: 0,
  inventory: emptyInventory,
  entryAttempt: 0,
  entryLots: 0 as QuantityLots,
  entryTicks: null,
  baseNotional: '0',
  baseLots: 0 as QuantityLots,
  baseMoney: '0',
  entryNotional: '0',
  entryFilledLots: 0 as QuantityLots,
  entered: '0',
  exited: '0',
  target: null,
  bestTicks: null,
  closeReason: null,
  closeAttempt: 0,
  cooldownUntilMs: null,
  dealsCompleted: 0,
  dealsLost: 0,
  profit: '0',
  profitBefore: '0',
  lastDeal: null,
  feesPaid: '0',
  rsi: null,
  rsiOpenTimeMs: null,
};
