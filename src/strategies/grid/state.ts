/** What a running grid remembers over a restart: one plain JSON object. */

import type { PriceTicks, QuantityLots } from '../../shared/domain/nominal.ts';
import type { Side } from '../../shared/domain/order.ts';
import type { Inventory } from '../common/inventory.ts';

/** One interval of the running grid. Amounts are exact decimal texts. */
export interface IntervalState extends Inventory {
  /** Level number of its lower price; negative below the first range. */
  readonly index: number;
  readonly opens: Side;
  /** The side of its order now. */
  readonly side: Side;
  readonly cycle: number;
  /** Whole size of the leg that rests now; 0 when its money does not pay for the smallest order. */
  readonly lots: QuantityLots;
  /** Lots a sell order trades when nothing is missing. */
  readonly size: QuantityLots;
  /** Quote money the interval still has. */
  readonly cash: string;
  /** `initial` until what it got at the start has been sold. */
  readonly origin: 'initial' | 'grid';
  /** It should have begun with a sell but had no base: it buys once the price has risen above its middle. */
  readonly waiting: boolean;
}

export interface InitialPurchase extends Inventory {
  /** Lots to buy in all; 0 when there is no purchase. */
  readonly lots: QuantityLots;
  /** Lots bought so far, over all attempts. */
  readonly filledLots: QuantityLots;
  /** Number of the order being tried, from 1; 0 before the first. */
  readonly attempt: number;
}

export interface GridState {
  readonly version: 1;
  readonly phase: 'waiting' | 'buying' | 'running' | 'stopping';
  /** Price when the bot was started; tells from which side the trigger has to be reached. */
  readonly firstTicks: PriceTicks | null;
  readonly startTicks: PriceTicks | null;
  /** Price the nearest orders were chosen at. */
  readonly anchorTicks: PriceTicks | null;
  readonly initial: InitialPurchase | null;
  /** From the lowest to the highest price, without holes. */
  readonly intervals: readonly IntervalState[];
  /** The interval whose order is being cancelled before it moves to the other end of the range. */
  readonly moving: 'up' | 'down' | null;
  /** Highest cycle number any interval has reached, so that no leg name is used twice. */
  readonly lastCycle: number;
  readonly completedCycles: number;
  /** Realised profit of cycles opened by the grid, fees included, in quote currency. */
  readonly gridProfit: string;
  /** Realised profit of what was bought or brought at the start, fees included, in quote currency. */
  readonly initialProfit: string;
  /** All fees at their value in quote currency, fees in a third currency not included. */
  readonly feesPaid: string;
  /** Net base and money of fills that belong to no interval any more (a cancel that lost its race). */
  readonly stray: { readonly base: string; readonly money: string };
  readonly stopReason: string | null;
}

export const initialGridState: GridState = {
  version: 1,
  phase: 'waiting',
  firstTicks: null,
  startTicks: null,
  anchorTicks: null,
  initial: null,
  intervals: [],
  moving: null,
  lastCycle: 1,
  completedCycles: 0,
  gridProfit: '0',
  initialProfit: '0',
  feesPaid: '0',
  stray: { base: '0', money: '0' },
  stopReason: null,
};
