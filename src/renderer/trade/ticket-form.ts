/** What the ticket's text fields mean: local checks, the request to the host, sizes from a share of the balance. */

import { z } from 'zod';
import type { RequestOf } from '../../shared/api/contract.ts';
import type { InstrumentView } from '../../shared/api/views.ts';
import { Decimal } from '../../shared/domain/decimal.ts';
import { parseDecimalInput } from '../format/parse-input.ts';

export const orderTypes = ['limit', 'market', 'stop', 'stop-limit'] as const;
export type TicketType = (typeof orderTypes)[number];

const positive = z.string().superRefine((text, issue) => {
  const parsed = parseDecimalInput(text, { positive: true });
  if (!parsed.ok) issue.addIssue({ code: 'custom', message: parsed.message });
});

export const needsPrice = (type: TicketType): boolean => type === 'limit' || type === 'stop-limit';
export const needsTrigger = (type: TicketType): boolean => type === 'stop' || type === 'stop-limit';

/** The ticket's fields: texts as typed. Only the fields of the chosen type are checked. */
export const ticketSchema = z
  .object({
    side: z.enum(['buy', 'sell']),
    type: z.enum(orderTypes),
    quantity: positive,
    price: z.string(),
    triggerPrice: z.string(),
    timeInForce: z.enum(['gtc', 'ioc', 'fok']),
    postOnly: z.boolean(),
    reduceOnly: z.boolean(),
  })
  .superRefine((ticket, issue) => {
    const check = (field: 'price' | 'triggerPrice'): void => {
      const parsed = parseDecimalInput(ticket[field], { positive: true });
      if (!parsed.ok) issue.addIssue({ code: 'custom', path: [field], message: parsed.message });
    };
    if (needsPrice(ticket.type)) check('price');
    if (needsTrigger(ticket.type)) check('triggerPrice');
  });
export type Ticket = z.infer<typeof ticketSchema>;

export const emptyTicket: Ticket = {
  side: 'buy',
  type: 'limit',
  quantity: '',
  price: '',
  triggerPrice: '',
  timeInForce: 'gtc',
  postOnly: false,
  reduceOnly: false,
};

/** Gives the request for a ticket that passed its checks, or null for one that does not. */
export function requestOf(ticket: Ticket, instrument: string): RequestOf<'orders/preview'> | null {
  if (!ticketSchema.safeParse(ticket).success) return null;
  const plain = (text: string): string => Decimal.parse(text.trim()).toString();
  return {
    instrument,
    side: ticket.side,
    type: ticket.type,
    quantity: plain(ticket.quantity),
    ...(needsPrice(ticket.type) ? { price: plain(ticket.price) } : {}),
    ...(needsTrigger(ticket.type) ? { triggerPrice: plain(ticket.triggerPrice) } : {}),
    timeInForce: ticket.timeInForce,
    postOnly: ticket.type === 'limit' && ticket.postOnly,
    reduceOnly: ticket.reduceOnly,
  };
}

/**
 * Gives the quantity that a share (in whole percent) of what is available makes, in whole lots, rounded down. A buy
 * leaves room for the taker fee. Null when nothing can be said.
 */
export function quantityOfShare(
  sharePercent: number,
  side: 'buy' | 'sell',
  instrument: InstrumentView,
  available: string,
  price: string,
): string | null {
  const lot = Decimal.parse(instrument.lotSize);
  const share = Decimal.parse(available)
    .timesInteger(sharePercent)
    .dividedBy(Decimal.fromInteger(100), 20, 'down');
  const at = Decimal.parse(price);
  if (!share.isPositive || !at.isPositive) return null;
  const isFromBase = instrument.kind === 'spot' && side === 'sell';
  const cost = at.times(Decimal.one.plus(Decimal.parse(instrument.takerFeeRate)));
  const quantity = isFromBase ? share : share.dividedBy(cost, 20, 'down');
  const lots = quantity.dividedBy(lot, 0, 'down');
  return lots.isPositive ? lots.times(lot).toString() : null;
}
