/** An order's state as a small coloured word. */

import type { OrderView } from '../../shared/api/views.ts';
import { classes } from '../ui/classes.ts';

const texts: Record<OrderView['state'], { label: string; tone: string; meaning: string }> = {
  PENDING_CREATE: {
    label: 'sending',
    tone: 'text-muted',
    meaning: 'Journaled and on its way; not yet acknowledged',
  },
  OPEN: { label: 'open', tone: 'text-accent', meaning: 'Resting at the venue' },
  PARTIALLY_FILLED: { label: 'partial', tone: 'text-accent', meaning: 'Resting, partly filled' },
  FILLED: { label: 'filled', tone: 'text-up', meaning: 'Completely filled' },
  PENDING_CANCEL: { label: 'cancelling', tone: 'text-muted', meaning: 'Cancel sent; may still fill' },
  CANCELED: { label: 'cancelled', tone: 'text-muted', meaning: 'Taken from the book' },
  REJECTED: {
    label: 'rejected',
    tone: 'text-danger',
    meaning: 'Proven refusal: the venue did not and will not execute it',
  },
  EXPIRED: { label: 'expired', tone: 'text-muted', meaning: 'Ended by the venue' },
  UNKNOWN: {
    label: 'unknown',
    tone: 'text-warn font-semibold',
    meaning: 'The reply was lost: counts at full exposure until proven',
  },
};

export function OrderState({
  state,
  reason,
}: {
  readonly state: OrderView['state'];
  readonly reason: string;
}) {
  const text = texts[state];
  return (
    <span className={classes(text.tone)} title={reason === '' ? text.meaning : `${text.meaning}\n${reason}`}>
      {text.label}
    </span>
  );
}

export function Side({ side }: { readonly side: 'buy' | 'sell' }) {
  return <span className={side === 'buy' ? 'text-up' : 'text-down'}>{side === 'buy' ? 'Buy' : 'Sell'}</span>;
}
