/**
 * The one table of legal order states. Whoever changes the state of an order asks it first; the journal is verified
 * against the same table.
 *
 * Reading rules:
 * - UNKNOWN means that the venue may or may not have the order. It is entered from every live state (a lost reply to
 *   a create or a cancel, an open order the venue suddenly does not list) and left only by proof: the order or a fill
 *   was found, or its absence was proven (REJECTED).
 * - A fill may overtake the acknowledgement, and a cancel may be asked before it: both leave PENDING_CREATE directly.
 * - A refused cancel leads back from PENDING_CANCEL to OPEN or PARTIALLY_FILLED. A partial fill while a cancel is
 *   under way does not change the state.
 * - OPEN to REJECTED is a stop order that the venue refuses when it triggers.
 * - Terminal states accept late fills and nothing else: a CANCELED order that turns out to be filled stays CANCELED
 *   with `filledLots` above zero.
 */

import { liveOrderStates, type OrderState } from '../../shared/domain/order.ts';

/** The states that may follow each state. */
export const legalTransitions: Readonly<Record<OrderState, readonly OrderState[]>> = {
  PENDING_CREATE: [
    'OPEN',
    'PARTIALLY_FILLED',
    'FILLED',
    'PENDING_CANCEL',
    'CANCELED',
    'REJECTED',
    'EXPIRED',
    'UNKNOWN',
  ],
  OPEN: ['PARTIALLY_FILLED', 'FILLED', 'PENDING_CANCEL', 'CANCELED', 'REJECTED', 'EXPIRED', 'UNKNOWN'],
  PARTIALLY_FILLED: ['FILLED', 'PENDING_CANCEL', 'CANCELED', 'EXPIRED', 'UNKNOWN'],
  PENDING_CANCEL: ['OPEN', 'PARTIALLY_FILLED', 'FILLED', 'CANCELED', 'REJECTED', 'EXPIRED', 'UNKNOWN'],
  UNKNOWN: ['OPEN', 'PARTIALLY_FILLED', 'FILLED', 'PENDING_CANCEL', 'CANCELED', 'REJECTED', 'EXPIRED'],
  FILLED: [],
  CANCELED: [],
  REJECTED: [],
  EXPIRED: [],
};

/**
 * Tells whether an order may go from one state to another. Staying in a state is not a transition: this gives false
 * for it.
 */
export function isLegalTransition(from: OrderState, to: OrderState): boolean {
  return legalTransitions[from].includes(to);
}

/** Tells whether nothing but late fills can happen to an order in this state. */
export function isTerminal(state: OrderState): boolean {
  return !liveOrderStates.has(state);
}
