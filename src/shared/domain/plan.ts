/** The plan: what a strategy will do before it does it. Shown in the form, on the chart and by the command line. */

import type { Side } from './order.ts';

/** One order the strategy intends to place. Prices and amounts are exact decimal texts. */
export interface PlanLevel {
  /** Stable name: the leg the running bot uses, so that planned and actual orders can be compared. */
  readonly key: string;
  readonly side: Side;
  readonly type: 'market' | 'limit' | 'stop' | 'stop-limit';
  /** Entry, exit, stop, take-profit … in words a trader uses. */
  readonly role: string;
  readonly price: string;
  readonly quantity: string;
  /** Price times quantity in quote currency. */
  readonly notional: string;
  /** Money this level binds while it rests. */
  readonly funds: string;
  readonly fundsCurrency: string;
  /** Net profit of this level's round trip after both fees, as a fraction of the money used, where it has one. */
  readonly netProfitRate?: string | undefined;
  /** True when the order rests at once; false when it waits for something. */
  readonly restsNow: boolean;
}

/** A rule of the venue, of risk or of the strategy that the plan breaks. */
export interface PlanViolation {
  readonly code: string;
  /** The parameter to change, when one is to blame. */
  readonly field?: string | undefined;
  readonly message: string;
  /** `error` blocks the start, `warning` does not. */
  readonly severity: 'error' | 'warning';
}

/** Code of the warning that the money does not pay for an entry, and that the strategy makes do with all there is. */
export const entryTakesAll = 'ENTRY_TAKES_ALL';

/** One named figure of the plan, for the side panel: label, text and unit. */
export interface PlanFigure {
  readonly key: string;
  readonly label: string;
  readonly value: string;
  readonly unit: string;
  readonly help: string;
}

export interface PlanAmount {
  readonly currency: string;
  readonly amount: string;
}

export interface PlanLine {
  readonly price: string;
  readonly label: string;
  readonly role: 'trigger' | 'stop' | 'take-profit' | 'average' | 'break-even' | 'range' | 'liquidation';
}

/** What happens in the worst case the strategy is built for. */
export interface PlanLoss {
  readonly amount: string;
  readonly currency: string;
  /** The situation in words, with the price it is computed at. */
  readonly scenario: string;
}

/** Everything a trader should know before pressing Start. Empty `violations` of severity error = may start. */
export interface Plan {
  readonly summary: string;
  /** The price the plan was made at. */
  readonly referencePrice: string;
  readonly levels: readonly PlanLevel[];
  /** Money needed by currency, all levels filled in the worst order. */
  readonly funds: readonly PlanAmount[];
  readonly worstLoss: PlanLoss | null;
  /** Price at which a full exit loses nothing after fees, when the strategy has one. */
  readonly breakEven: string | null;
  readonly liquidationPrice: string | null;
  readonly lines: readonly PlanLine[];
  readonly figures: readonly PlanFigure[];
  readonly violations: readonly PlanViolation[];
}
