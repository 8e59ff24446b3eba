/** Shares a venue's liquidation out to the bots whose positions it closed: the venue only knows their sum. */

import { Decimal } from '../../shared/domain/decimal.ts';
import type { BotId, ClientOrderId, QuantityLots } from '../../shared/domain/nominal.ts';
import type { Fill, Order } from '../../shared/domain/order.ts';
import type { KernelServices } from '../kernel/services.ts';

const feeScale = 18;
/** Stands between the venue's order id and the number of the second and further owners. */
export const partMark = '+';

/** One owner's part: the order it stands for, taken over from the venue, and its fill. */
export interface LiquidationPart {
  readonly order: Order;
  readonly fill: Fill;
}

/** Gives the parts of a liquidation's fill; nothing when nobody holds a position on its other side. */
export function liquidationParts(services: KernelServices, fill: Fill): LiquidationPart[] {
  const sign = fill.side === 'sell' ? 1 : -1;
  const parts: LiquidationPart[] = [];
  let left: number = fill.lots;
  for (const { bot, position } of services.portfolio.allPositions()) {
    const lots = Math.min(left, position.lots * sign);
    if (position.instrument.id !== fill.instrument || lots <= 0) continue;
    left -= lots;
    const taken = new Set(parts.map((part) => part.order.clientOrderId));
    const id = idOf(services, fill, bot, taken);
    const order = orderFor(services, fill, bot, id, Math.abs(position.lots));
    parts.push({ order, fill: fillFor(fill, order.clientOrderId, lots as QuantityLots) });
  }
  return parts;
}

/** Gives the ids the parts of a fill may have: the fill's own, then numbered ones. */
export function partId(fill: Fill, number: number): ClientOrderId {
  return number === 1 ? fill.clientOrderId : (`${fill.clientOrderId}${partMark}${number}` as ClientOrderId);
}

/** An owner keeps its order over all fills of a liquidation, also when the owners before it are closed already. */
function idOf(
  services: KernelServices,
  fill: Fill,
  bot: BotId,
  taken: ReadonlySet<ClientOrderId>,
): ClientOrderId {
  for (let number = 1; ; number += 1) {
    const id = partId(fill, number);
    const known = services.orders.get(id);
    if (!taken.has(id) && (known === undefined || known.bot === bot)) return id;
  }
}

/** Further fills of the same liquidation belong to the same order, which is for all that was held. */
function orderFor(services: KernelServices, fill: Fill, bot: BotId, id: ClientOrderId, lots: number): Order {
  const { nowMs, orders } = services;
  return (
    orders.get(id) ?? {
      instrument: fill.instrument,
      side: fill.side,
      type: 'market',
      lots: lots as QuantityLots,
      timeInForce: 'ioc',
      postOnly: false,
      reduceOnly: true,
      clientOrderId: id,
      bot,
      leg: id,
      origin: 'close',
      state: 'OPEN',
      venueOrderId: fill.venueOrderId,
      filledLots: 0 as QuantityLots,
      filledNotional: '0',
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
      reason: 'liquidated by the venue',
    }
  );
}

function fillFor(fill: Fill, clientOrderId: ClientOrderId, lots: QuantityLots): Fill {
  if (lots === fill.lots) return { ...fill, clientOrderId };
  const share = Decimal.parse(fill.fee).timesInteger(lots);
  const fee = share.dividedBy(Decimal.fromInteger(fill.lots), feeScale).toString();
  return { ...fill, clientOrderId, lots, fee };
}
