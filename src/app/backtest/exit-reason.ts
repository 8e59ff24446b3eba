/** Why a fill ended a round trip: the same words for a backtest and for a run of the journal. */

import type { Fill, Order } from '../../shared/domain/order.ts';
import { type ExitReason, exitReasons } from '../../shared/lab/result.ts';

/** Gives the reason by the order's purpose, else by who asked for it, else by its type; without an order it was by hand. */
export function exitReasonOf(
  fill: Pick<Fill, 'clientOrderId' | 'liquidation'>,
  order: Pick<Order, 'origin' | 'purpose' | 'type'> | undefined,
): ExitReason {
  if (fill.liquidation === true || fill.clientOrderId.startsWith('liq-')) return 'liquidation';
  if (order === undefined) return 'manual';
  const { origin, purpose, type } = order;
  if (purpose !== undefined && (exitReasons as readonly string[]).includes(purpose)) return purpose;
  if (origin === 'close' || origin === 'manual') return 'manual';
  if (type === 'stop' || type === 'stop-limit') return 'stop';
  return type === 'limit' ? 'target' : 'signal';
}
