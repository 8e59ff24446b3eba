/**
 * Orders as a fold of audit records: pure functions, used when records are written and again when the journal is
 * verified or replayed.
 */

import { Decimal } from '../../shared/domain/decimal.ts';
import type { BotId, ClientOrderId, InstrumentId, VenueId } from '../../shared/domain/nominal.ts';
import { liveOrderStates, type Order } from '../../shared/domain/order.ts';
import type { AuditBody, AuditRecord } from '../../shared/events/audit.ts';
import { StoreError } from './store-error.ts';

type BodyOf<Kind extends AuditBody['kind']> = Extract<AuditBody, { kind: Kind }>;

/** The columns of a record that filters use. */
export interface AuditColumns {
  readonly bot: BotId | null;
  readonly clientOrderId: ClientOrderId | null;
}

/** Gives the bot and the order a record is about. */
export function auditColumnsOf(body: AuditBody): AuditColumns {
  switch (body.kind) {
    case 'bot-created':
    case 'bot-edited':
      return { bot: body.definition.id, clientOrderId: null };
    case 'bot-removed':
    case 'bot-state':
    case 'bot-why':
    case 'order-denied':
    case 'funding':
      return { bot: body.bot, clientOrderId: null };
    case 'order-intent':
      return { bot: body.order.bot, clientOrderId: body.order.clientOrderId };
    case 'order-state':
    case 'cancel-requested':
      return { bot: body.bot, clientOrderId: body.clientOrderId };
    case 'fill':
      return { bot: body.bot, clientOrderId: body.fill.clientOrderId };
    case 'risk-state':
      return { bot: body.scope.kind === 'bot' ? body.scope.bot : null, clientOrderId: null };
    default:
      return { bot: null, clientOrderId: null };
  }
}

/** Gives the venue an instrument id names. */
export function venueOf(instrument: InstrumentId): VenueId {
  const colon = instrument.indexOf(':');
  if (colon < 1) throw new StoreError('inconsistent', `"${instrument}" names no venue`);
  return instrument.slice(0, colon) as VenueId;
}

/** True while the venue may still fill the order. */
export function isLive(order: Order): boolean {
  return liveOrderStates.has(order.state);
}

/** Gives the order after a change of state. An empty reason removes the one before: it told of another state. */
export function orderAfterState(order: Order, body: BodyOf<'order-state'>, record: AuditRecord): Order {
  const { reason: _before, ...rest } = order;
  return {
    ...rest,
    state: body.to,
    updatedAtMs: record.timeMs,
    ...(body.venueOrderId === undefined ? {} : { venueOrderId: body.venueOrderId }),
    ...(body.reason === '' ? {} : { reason: body.reason }),
  };
}

/** Gives the order after a unique fill. */
export function orderAfterFill(order: Order, body: BodyOf<'fill'>, record: AuditRecord): Order {
  return {
    ...order,
    filledLots: body.filledLots,
    filledNotional: Decimal.parse(body.filledNotional).toString(),
    venueOrderId: order.venueOrderId ?? body.fill.venueOrderId,
    updatedAtMs: record.timeMs,
  };
}
