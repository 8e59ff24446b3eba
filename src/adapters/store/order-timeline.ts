/** The life of one order, step by step, from its audit records. */

import type { OrderStepView } from '../../shared/api/views.ts';
import type { Instrument } from '../../shared/domain/instrument.ts';
import type { OrderState } from '../../shared/domain/order.ts';
import type { AuditRecord } from '../../shared/events/audit.ts';
import { orderStateWords } from './describe-audit.ts';
import { fillWords, quantityWords, requestWords } from './order-words.ts';

const stepNames: Record<OrderState, string> = {
  PENDING_CREATE: 'Sent',
  OPEN: 'Acknowledged',
  PARTIALLY_FILLED: 'Partly filled',
  FILLED: 'Filled',
  PENDING_CANCEL: 'Cancel sent',
  CANCELED: 'Cancelled',
  REJECTED: 'Rejected',
  EXPIRED: 'Expired',
  UNKNOWN: 'Outcome unknown',
};

/** Gives the step a record stands for in its order's life, or undefined when it is not about an order. */
export function orderStepOf(record: AuditRecord, rules: Instrument): OrderStepView | undefined {
  const { body, sequence, timeMs } = record;
  const place = { sequence, timeMs };
  switch (body.kind) {
    case 'order-intent':
      return {
        ...place,
        step: 'Intent',
        state: body.order.state,
        detail: `passed risk, durable before sending: ${requestWords(body.order, rules)}`,
      };
    case 'order-state': {
      const backToOpen = body.from === 'PENDING_CANCEL' && body.to === 'OPEN';
      const step = backToOpen ? 'Cancel refused' : stepNames[body.to];
      const venueId = body.venueOrderId === undefined ? '' : ` (venue id ${body.venueOrderId})`;
      const detail = body.reason === '' ? `The order ${orderStateWords(body.to)}` : body.reason;
      return { ...place, step, state: body.to, detail: `${detail}${venueId}` };
    }
    case 'cancel-requested':
      return { ...place, step: 'Cancel asked', state: null, detail: body.reason };
    case 'fill': {
      const sum = `${quantityWords(body.filledLots, rules)} in all`;
      const found = body.reconciled ? ', found by reconciling' : '';
      return {
        ...place,
        step: 'Fill',
        state: null,
        detail: `${fillWords(body.fill, rules)}; ${sum}${found}`,
      };
    }
    default:
      return undefined;
  }
}
